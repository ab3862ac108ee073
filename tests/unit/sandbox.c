/* SPDX-License-Identifier: MIT */
#include "layer/sandbox/sandbox.h"
#include "layer/sandbox/sandbox_host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "layer/sandbox/sandbox_gate.h"
#include "says.h"

static char *area, *lower, *upper, *work;

static char *below(const char *name)
{
	return mem_printf("%s/%s", area, name);
}

static void folder(const char *path)
{
	struct err *e = file_make_folder(path, 0755);

	ok(!e);
	err_free(e);
}

/* A root whose /usr is the host's, bound. */
static void make_root(void)
{
	static const char *const folders[] = { "proc", "dev", "run", "tmp", "sys", "etc", "usr", "home" };
	static const char *const links[] = { "bin", "sbin", "lib", "lib64" };

	lower = below("lower");
	upper = below("upper");
	work = below("work");
	folder(upper);
	folder(work);
	for (size_t i = 0; i < COUNT(folders); i++) {
		AUTO_FREE char *path = mem_printf("%s/%s", lower, folders[i]);
		folder(path);
	}
	for (size_t i = 0; i < COUNT(links); i++) {
		AUTO_FREE char *path = mem_printf("%s/%s", lower, links[i]);
		AUTO_FREE char *target = mem_printf("usr/%s", links[i]);
		ok(!symlink(target, path));
	}
	AUTO_FREE char *hosts = mem_printf("%s/etc/hosts", lower);
	AUTO_FREE char *resolv = mem_printf("%s/etc/resolv.conf", lower);
	struct err *e = file_write(hosts, "127.0.0.1 localhost\n", 20, 0644);
	ok(!e);
	e = file_write(resolv, "", 0, 0644);
	ok(!e);
	AUTO_FREE char *gone = mem_printf("%s/etc/gone", lower);
	e = file_write(gone, "", 0, 0644);
	ok(!e);
}

static struct sandbox room(void)
{
	static const char *lowers[2];
	static const struct bind usr = { "/usr", "/usr", false };

	lowers[0] = lower;
	return (struct sandbox){
		.lowers = lowers, .upper = upper, .work = work, .binds = &usr, .bind_count = 1
	};
}

/* overlay wants an empty work folder, and volatile leaves a mark in it */
static void empty_work(void)
{
	ok(fine(file_remove_tree(work)));
	folder(work);
}

static void runs(struct sandbox s, const char *script)
{
	const char *const argv[] = { "sh", "-ec", script, NULL };

	ok(fine(sandbox_run(&s, argv)));
	empty_work();
}

static void fails(struct sandbox s, const char *const *argv, enum err_kind kind, const char *holds)
{
	ok(says(sandbox_run(&s, argv), kind, holds));
	empty_work();
}

static void looks_inside(void)
{
	struct sandbox s = room();

	runs(s, "test $$ = 3; test $(hostname) = localhost; test $(id -u) = 0; test \"$HOME\" = /root");
	runs(s, "echo x >/dev/null; test -c /dev/urandom; head -c 1 /dev/zero | wc -c | grep -q 1; test -w "
		"/dev/shm");
	runs(s,
	     "test -w /tmp; test -w /run; touch /tmp/x /run/x; test -e /proc/self/status; ls /dev/pts/ptmx");
	runs(s, "! cat /dev/tty 2>/dev/null; ! touch /usr/x 2>/dev/null; ! echo 1 2>/dev/null "
		">/proc/sys/kernel/panic");
	runs(s, "bound=$(sed -n 's/^CapBnd:[[:space:]]*//p' /proc/self/status); test $(( 0x$bound >> 21 & 1 "
		")) = 0");
	runs(s, "test $(grep -c : /proc/net/dev) = 1; ! grep -q 'lo:.* DOWN' /proc/net/dev");
	s.uid = 1000;
	s.gid = 1000;
	s.cwd = "/home";
	runs(s, "test $(id -u):$(id -g) = 1000:1000; test $PWD = /home; test \"$(id -G)\" = 1000");
}

static void writes_upper(void)
{
	struct sandbox s = room();
	struct stat st;
	AUTO_FREE char *made = mem_printf("%s/etc/new", upper);
	AUTO_FREE char *gone = mem_printf("%s/etc/gone", upper);
	AUTO_FREE char *kept = mem_printf("%s/etc/gone", lower);
	AUTO_FREE char *temporary = mem_printf("%s/tmp/y", upper);

	runs(s, "echo new >/etc/new; chown 33:42 /etc/new; chmod 4711 /etc/new; rm /etc/gone; touch /tmp/y");
	ok(!stat(made, &st) && st.st_uid == 33 && st.st_gid == 42 && (st.st_mode & 07777) == 04711);
	ok(!lstat(gone, &st) && S_ISCHR(st.st_mode));
	ok(!lstat(kept, &st));
	ok(lstat(temporary, &st) < 0);
}

static void reads_only(void)
{
	struct sandbox s = room();

	s.upper = s.work = NULL;
	runs(s, "! touch /etc/x 2>/dev/null; touch /tmp/x; test -e /etc/hosts");
}

/* Names that are there and that are not, by links, from a working folder, by another user's script; and
 * what a program does is as ever. */
static void notes_what_is_asked(void)
{
	static const char *const noted[] = { "o /etc/hosts",	"l /etc/absent", "l /home/link",
					     "o /etc/read",	"o /home",	 "l /etc/looked",
					     "o /home/script",	"l /home/shell", "o /usr/bin/dash",
					     "l /home/nowhere", "l /home/moved" };
	static const char *const not [] = { "o /etc/looked", "/etc/unasked", "/run/", "/tmp/", "/proc", "?" };
	struct sandbox s = room();
	AUTO_FREE char *file = below("lookups"), *text = NULL;
	size_t len;

	runs(s, "cd /etc; touch read looked unasked; cd /home; ln -s ../etc link; ln -s /usr/bin/dash shell; "
		"touch moving; "
		"printf '#!/home/shell\\nexit 7\\n' >script; chmod 755 script");
	s.lookups = file;
	s.cwd = "/home";
	runs(s, "cat /etc/hosts <link/read; test ! -e /etc/absent; test -e ../etc/./looked; ls >/dev/null; "
		"touch /run/x /tmp/x; mv moving moved; "
		"cat /proc/self/status >/dev/null; ! cat nowhere/else 2>/dev/null; i=0; while test $i -lt "
		"200; do /bin/true; i=$((i + 1)); done; "
		"status=0; setpriv --reuid 1000 --clear-groups ./script || status=$?; test $status = 7");
	ok(fine(file_read(file, 1 << 20, &text, &len)));
	for (size_t i = 0; i < COUNT(noted); i++) {
		AUTO_FREE char *line = mem_printf("%s\n", noted[i]);
		if (!text || !strstr(text, line))
			printf("# not noted: %s\n", noted[i]);
		ok(text && strstr(text, line));
	}
	for (size_t i = 0; i < COUNT(not ); i++)
		ok(text && !strstr(text, not [i]) ? true : (printf("# noted: %s\n%s", not [i], text), false));
	ok(!unlink(file));
	runs(s, "cat /proc/self/cwd/script");
	free(TAKE(text));
	ok(fine(file_read(file, 1 << 20, &text, &len)) &&
	   strstr(text, "? a file was asked for by way of /proc\n"));
}

/* A web server of this machine, in a process of its own: what it was asked is in a
 * file, one request a line. Its port. */
static unsigned serve(const char *asked, pid_t *ret)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char bytes[8192];

	ok(fd >= 0 && !bind(fd, (struct sockaddr *)&at, sizeof at) && !listen(fd, 9) &&
	   !getsockname(fd, (struct sockaddr *)&at, &len));
	*ret = fork();
	while (!*ret) {
		int client = accept(fd, NULL, NULL), log = open(asked, O_WRONLY | O_APPEND | O_CREAT, 0600);
		ssize_t n = read(client, bytes, sizeof bytes);
		if (n > 0 && write(log, bytes, (size_t)n) < 0)
			_exit(1);
		if (n > 0 && memmem(bytes, (size_t)n, "/drip", 5) && !fork()) {
			dprintf(client, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
			while (send(client, "x", 1, MSG_NOSIGNAL) == 1)
				usleep(100000);
			_exit(0);
		}
		dprintf(client,
			"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<a "
			"href=\"http://127.0.0.1:%u/x\">answered</a>\n",
			ntohs(at.sin_port));
		close(client);
		close(log);
	}
	close(fd);
	return ntohs(at.sin_port);
}

#define GET "get() { exec 3<>/dev/tcp/127.0.0.1/3128; printf \"$1 $2 HTTP/1.1\\r\\n\\r\\n\" >&3; cat <&3; }; "

/* A step reads what the builder named, by the gate, which logs in for it; nothing
 * else of this machine is in reach. */
static void network(void)
{
	struct sandbox s = room();
	pid_t named, other;
	AUTO_FREE char *asked = below("asked"), *none = below("none"), *words = NULL;
	unsigned port = serve(asked, &named), secret = serve(none, &other);
	AUTO_FREE char *index = mem_printf("http://some%%40body:pass%%3Aword@127.0.0.1:%u/simple", port);
	AUTO_FREE char *script = mem_printf(
		GET
		"test $PIP_INDEX_URL = http://127.0.0.1:%u/simple; get GET $PIP_INDEX_URL/flask/ | grep "
		"answered; "
		"get GET http://127.0.0.1:%u/ | grep 'HTTP/1.1 403'; get CONNECT 127.0.0.1:%u | grep "
		"'HTTP/1.1 403'; "
		"get POST $PIP_INDEX_URL | grep 'HTTP/1.1 405'; ! (exec 3<>/dev/tcp/127.0.0.1/%u) "
		"2>/dev/null; "
		"get CONNECT 169.254.169.254:80 | grep 'HTTP/1.1 50'; test $(grep -c : /proc/net/dev) = 1",
		port, secret, secret, secret);
	const char *const argv[] = { "bash", "-ec", script, NULL };
	size_t len;

	unsetenv("https_proxy");
	unsetenv("http_proxy");
	setenv("PIP_INDEX_URL", index, 1);
	s.network = true;
	ok(fine(sandbox_run(&s, argv)));
	empty_work();
	ok(fine(file_read(asked, 1 << 20, &words, &len)) && strstr(words, "GET /simple/flask/ ") &&
	   strstr(words, "Authorization: Basic c29tZUBib2R5OnBhc3M6d29yZA=="));
	ok(access(none, F_OK) < 0); /* nobody came */
	s.hosts = (const char *const[]){ "*.example.invalid", NULL };
	const char *const listed[] = {
		"bash", "-ec",
		GET "get GET $PIP_INDEX_URL/ | grep answered; get GET http://other.invalid/ | grep 'HTTP/1.1 "
		    "403'; "
		    "get CONNECT other.invalid:443 | grep 'HTTP/1.1 403'; get CONNECT a.example.invalid:443 "
		    "| grep 'HTTP/1.1 502'; "
		    "for other in '#' '\\\\' '@' ';' '%%23' '%%2f'; do get CONNECT "
		    "\"other.invalid$other.example.invalid:443\" | grep 'HTTP/1.1 403'; "
		    "get GET \"http://other.invalid$other.example.invalid/\" | grep 'HTTP/1.1 403'; done; "
		    "get CONNECT other.invalid/.example.invalid:443 | grep 'HTTP/1.1 403'; get CONNECT "
		    "'[::1]#.example.invalid' | grep 'HTTP/1.1 403'",
		NULL
	};
	ok(fine(sandbox_run(&s, listed)));
	empty_work();
	kill(named, SIGKILL);
	kill(other, SIGKILL);
	waitpid(named, NULL, 0);
	waitpid(other, NULL, 0);
	unsetenv("PIP_INDEX_URL");
}

static void command(const char *line)
{
	const char *const argv[] = { "sh", "-ec", line, NULL };
	int status = 0;

	ok(fine(child_run(&(struct child){ .argv = argv }, NULL, NULL, &status)) && !status);
}

/* A machine whose addresses are public: its own doors, and its neighbours', are out of reach all the same. */
static void near(void)
{
	struct sandbox s = room();
	struct sockaddr_in6 at = { .sin6_family = AF_INET6, .sin6_port = htons(80) };
	int before = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), fd = -1;

	if (before < 0 || geteuid() || unshare(CLONE_NEWNET) < 0)
		return;
	command("ip link set lo up; ip address add 198.51.100.7/24 dev lo; ip address add 2001:db8::7/64 dev "
		"lo");
	fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ok(fd >= 0 && !bind(fd, (struct sockaddr *)&at, sizeof at) && !listen(fd, 9));
	s.network = true;
	const char *const argv[] = { "bash", "-ec",
				     "for to in 198.51.100.7 198.51.100.9 '[2001:db8::7]' "
				     "'[::ffff:198.51.100.7]'; do exec 3<>/dev/tcp/127.0.0.1/3128; "
				     "printf \"CONNECT $to:80 HTTP/1.1\\r\\n\\r\\n\" >&3; read -r line <&3; "
				     "test \"${line%Bad*}\" = 'HTTP/1.1 502 '; done",
				     NULL };
	ok(fine(sandbox_run(&s, argv)));
	empty_work();
	ok(accept(fd, NULL, NULL) < 0 && errno == EAGAIN); /* nobody came */
	close(fd);
	ok(!setns(before, CLONE_NEWNET));
	close(before);
}

/* A host that says a byte now and then is left, whether by a tunnel or not. */
static void drips(void)
{
	struct sandbox s = room();
	AUTO_FREE char *asked = below("dripping");
	pid_t named;
	unsigned port = serve(asked, &named);
	AUTO_FREE char *index = mem_printf("http://127.0.0.1:%u/ https://127.0.0.1:%u/", port, port),
		       *script = mem_printf(GET "get CONNECT \"127.0.0.1:%u HTTP/1.1\\r\\n\\r\\nGET /drip\" "
						">tunnel & get GET http://127.0.0.1:%u/drip >plain & "
						"wait -n && wait -n; grep -q xxx tunnel; grep -q xxx plain",
					    port, port);
	const char *const argv[] = { "timeout", "60", "bash", "-ec", script, NULL };

	setenv("PIP_INDEX_URL", index, 1);
	setenv("MKBENCH_STALL_SECONDS", "1", 1);
	s.network = true;
	s.cwd = "/tmp";
	ok(fine(sandbox_run(&s, argv)));
	empty_work();
	kill(named, SIGKILL);
	waitpid(named, NULL, 0);
	unsetenv("MKBENCH_STALL_SECONDS");
	unsetenv("PIP_INDEX_URL");
}

/* What makes programs believe the gate, and see the machine's certificates. */
static void network_variables(void)
{
	struct sandbox s = room();
	AUTO_FREE char *bundle = below("bundle");

	ok(fine(file_write(bundle, "CERTS", 5, 0644)));
	setenv("SSL_CERT_FILE", bundle, 1);
	setenv("https_proxy", "http://user:secret@proxy.example:3128", 1);
	s.network = true;
	s.env = (const char *const[]){ "NODE_EXTRA_CA_CERTS=/own", "X=1", NULL };
	runs(s, "test $(cat $PIP_CERT) = CERTS; test $https_proxy = http://127.0.0.1:3128; test $X = 1; "
		"test $NODE_EXTRA_CA_CERTS = /own; test -z \"$PIP_SECRET\"; ! env | grep secret");
	s.network = false;
	runs(s, "test -z \"$PIP_CERT$https_proxy$PIP_CONFIG_FILE\"; test ! -e /run/mkbench");
	unsetenv("https_proxy");
	unsetenv("SSL_CERT_FILE");
}

/* Settings of pip and npm, for whom runs the step and nobody else, and without a word that logs in. */
static void settings(void)
{
	static const char pip[] = "[global]\nindex-url = https://me:hidden@pip.example/simple\ntimeout = 7\n";
	static const char npm[] = "registry=https://npm.example/\n//npm.example/"
				  ":_authToken=hidden\n_auth=hidden\nusername=hidden\nfund=false\n";
	struct sandbox s = room();
	AUTO_FREE char *named = below("pip.conf"), *rc = below(".npmrc");

	ok(fine(file_write(named, pip, strlen(pip), 0600)) && fine(file_write(rc, npm, strlen(npm), 0600)));
	setenv("PIP_CONFIG_FILE", named, 1);
	setenv("HOME", area, 1);
	unsetenv("npm_config_userconfig");
	s.network = true;
	s.uid = s.gid = 1000;
	runs(s, "grep -qx 'index-url = http://pip.example/simple' $PIP_CONFIG_FILE; grep -qx 'timeout = 7' "
		"$PIP_CONFIG_FILE; "
		"grep -qx registry=http://npm.example/ $npm_config_userconfig; grep -qx fund=false "
		"$npm_config_userconfig; "
		"! grep hidden $PIP_CONFIG_FILE $npm_config_userconfig; ! env | grep hidden; test "
		"$npm_config_fetch_retries = 5; test $(stat -c %a:%u $PIP_CONFIG_FILE) = 400:1000; "
		"echo $PIP_TRUSTED_HOST | grep -q 'pip.example npm.example'");
	ok(!unlink(named) && !unlink(rc));
	runs(s, "test -z \"$PIP_CONFIG_FILE\"");
	unsetenv("PIP_CONFIG_FILE");
}

static void masks(void)
{
	struct sandbox s = room();

	s.masked = (const char *const[]){ "/usr/bin/false", "/usr/bin/no-such-program", NULL };
	runs(s, "/usr/bin/false; /usr/bin/false --with arguments");
}

static void distrusts(void)
{
	static const struct {
		const char *line;
		bool want;
	} cases[] = {
		{ "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify "
		  "failed: self-signed certificate",
		  true },
		{ "fatal: unable to access 'https://h.example/': server certificate verification failed. "
		  "CAfile: none CRLfile: none",
		  true },
		{ "curl: (60) SSL certificate problem: unable to get local issuer certificate", true },
		{ "npm error code UNABLE_TO_GET_ISSUER_CERT_LOCALLY", true },
		{ "error: unable to verify the first certificate", true },
		{ "installing certificates", false },
		{ "", false },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		ok(sandbox_host_distrusts(cases[i].line) == cases[i].want);
}

static void tells_why(void)
{
	struct sandbox s = room();
	AUTO_FREE char *log = below("log");
	AUTO_FREE char *text = NULL;
	size_t len;

	s.log = log;
	fails(s,
	      (const char *const[]){
		      "sh", "-c", "for i in $(seq 40); do echo line $i; done; echo why >&2; exit 3", NULL },
	      ERR_BUILD, "sh failed with status 3; all of its output is in ");
	fails(s, (const char *const[]){ "sh", "-c", "echo start; seq 14; echo why; exit 3", NULL }, ERR_BUILD,
	      "\n  | 14\n  | why");
	struct err *e = file_read(log, 1 << 20, &text, &len);
	ok(!e && strstr(text, "line 1\n") != NULL && strstr(text, "line 40\nwhy\n") != NULL);
	fails(s,
	      (const char *const[]){ "sh", "-c",
				     "echo 'npm ERR! code SELF_SIGNED_CERT_IN_CHAIN'; seq 50; exit 1", NULL },
	      ERR_BUILD, "\n  | 50\nA certificate was not trusted. ");
	fails(s, (const char *const[]){ "no-such-program", NULL }, ERR_BUILD, "No such file");
	fails(s, (const char *const[]){ "sh", "-c", "kill -9 $$", NULL }, ERR_BUILD, "signal 9");
	s.cwd = "/no/such/folder";
	fails(s, (const char *const[]){ "true", NULL }, ERR_SYSTEM, "/no/such/folder");
	s = room();
	s.binds = &(struct bind){ "/no/such/source", "/usr", false };
	fails(s, (const char *const[]){ "true", NULL }, ERR_SYSTEM, "/no/such/source");
}

/* What a script leaves running ends with the room, and does not hold it open. */
static void leaves_nobody(void)
{
	runs(room(), "sleep 1000 & (setsid sleep 1000 &) ; true");
}

/* Whether a process with these words on its command line is there. */
static bool is_running(const char *words)
{
	AUTO_FREE char *command = mem_printf("pgrep -f -x '%s'", words);
	const char *const argv[] = { "sh", "-c", command, NULL };
	int status = 0;
	struct err *e = child_run(&(struct child){ .argv = argv }, NULL, NULL, &status);

	err_free(e);
	return !e && !status;
}

static void await(const char *words, bool running)
{
	for (int i = 0; i < 500 && is_running(words) != running; i++)
		usleep(20000);
	ok(is_running(words) == running);
}

/* Whoever it runs as: the kernel forgets who its parent is when a process changes its user. */
static void dies_with_the_build(unsigned uid)
{
	AUTO_FREE char *seconds = mem_printf("7%d", getpid());
	AUTO_FREE char *words = mem_printf("sleep %s", seconds);
	const char *const argv[] = { "sleep", seconds, NULL };
	struct sandbox s = room();
	pid_t build = fork();

	s.uid = s.gid = uid;
	if (!build) {
		struct err *e = sandbox_run(&s, argv);
		_exit(e != NULL);
	}
	await(words, true);
	kill(build, SIGKILL);
	waitpid(build, NULL, 0);
	await(words, false);
	struct err *e = file_remove_tree(work);
	ok(!e);
	folder(work);
}

static int count;

static void on_line(void *arg, const char *line)
{
	count += !strcmp(line, arg);
}

static int inside(void *arg)
{
	const char *const argv[] = { "sh", "-c", "(true &) ; echo hello; echo hello", NULL };
	const char *const env[] = { "PATH=/usr/bin", NULL };

	return sandbox_spawn(argv, env) || getpid() != 2 ? 9 : *(int *)arg;
}

static void calls(void)
{
	struct sandbox s = room();
	int status = 0;
	struct err *e = sandbox_call(&s, inside, &status, "test", on_line, (char[]){ "hello" });

	ok(!e);
	ok(count == 2);
	empty_work();
	status = 5;
	ok(says(sandbox_call(&s, inside, &status, "the test", NULL, NULL), ERR_BUILD,
		"the test failed with status 5"));
}

static void print_line(void *arg, const char *line)
{
	(void)arg;
	puts(line);
}

static int spawn(void *argv)
{
	return sandbox_spawn(argv, NULL);
}

/* For tests/e2e/sandbox.bats: a static program as a build step of that user, its output shown. */
static int show_step(unsigned uid, const char *program)
{
	const struct bind binds[] = { { "/usr", "/usr", false }, { program, "/tmp/program", false } };
	const char *const argv[] = { "/tmp/program", "inside", NULL };
	struct sandbox s = room();

	s.binds = binds;
	s.bind_count = COUNT(binds);
	s.uid = s.gid = uid;
	return !fine(sandbox_call(&s, spawn, (void *)argv, "the program", print_line, NULL));
}

int main(int argc, char **argv)
{
	char path[] = "/tmp/sandbox-test-XXXXXX";

	if (argc > 1 && !strcmp(argv[1], "--gate"))
		return sandbox_gate_main(argv);
	struct err *e = sandbox_enter_user_namespace();
	if (e) {
		AUTO_FREE char *text = err_text(e);
		t_skip(text);
		err_free(e);
		return t_done();
	}
	area = mkdtemp(path);
	make_root();
	if (argc == 3) {
		int status = show_step((unsigned)atoi(argv[1]), argv[2]);
		err_free(file_remove_tree(area));
		return status;
	}
	looks_inside();
	writes_upper();
	reads_only();
	notes_what_is_asked();
	network();
	near();
	drips();
	network_variables();
	settings();
	masks();
	distrusts();
	tells_why();
	leaves_nobody();
	dies_with_the_build(0);
	dies_with_the_build(1000);
	calls();
	e = file_remove_tree(area);
	ok(!e);
	free(lower);
	free(upper);
	free(work);
	return t_done();
}
