/* SPDX-License-Identifier: MIT */
/* What a build step with network reaches, by the gate, and what it is told of the machine's settings. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/child.h"
#include "layer/sandbox/sandbox_host.h"
#include "layer/sandbox/sandbox_reach.h"
#include "sandbox_area.h"

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

/* In whatever way an address is written that leads back here. */
static void addresses(void)
{
	static const char *const public[] = { "192.0.3.1",	"8.8.8.8",	   "2606:4700::1",
					      "::ffff:8.8.8.8", "2002:808:808::1", "64:ff9b::808:808" };
	static const char *const others[] = { "127.0.0.1",
					      "10.0.0.1",
					      "169.254.169.254",
					      "100.64.0.1",
					      "0.0.0.0",
					      "224.0.0.1",
					      "::1",
					      "::",
					      "fe80::1",
					      "fd00::1",
					      "::ffff:127.0.0.1",
					      "::127.0.0.1",
					      "64:ff9b::a00:1",
					      "64:ff9b:1::1",
					      "2002:7f00:1::1",
					      "2002:a9fe:a9fe::",
					      "2001::1",
					      "ff02::1" };

	for (size_t i = 0; i < COUNT(public) + COUNT(others); i++) {
		const char *text = i < COUNT(public) ? public[i] : others[i - COUNT(public)];
		struct sockaddr_in four = { .sin_family = AF_INET };
		struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
		bool is_six = strchr(text, ':');
		ok(inet_pton(is_six ? AF_INET6 : AF_INET, text,
			     is_six ? (void *)&six.sin6_addr : (void *)&four.sin_addr) == 1);
		ok(sandbox_reach_is_public(is_six ? (struct sockaddr *)&six : (struct sockaddr *)&four) ==
		   (i < COUNT(public)));
	}
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
						">tunnel & a=$!; get GET http://127.0.0.1:%u/drip >plain & "
						"wait $! && wait $a; grep -q xxx tunnel; grep -q xxx plain",
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

/* A proxy of the machine's that is busy at first. */
static void busy(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	AUTO_CLOSE int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sandbox s = room();
	char bytes[8192];

	ok(fd >= 0 && !bind(fd, (struct sockaddr *)&at, sizeof at) && !listen(fd, 9) &&
	   !getsockname(fd, (struct sockaddr *)&at, &len));
	pid_t proxy = fork();
	while (!proxy) {
		static unsigned i;
		int client = accept(fd, NULL, NULL);
		if (read(client, bytes, sizeof bytes) > 0)
			dprintf(client, "HTTP/1.1 %s\r\n\r\n%s",
				i % 2 ? "200 Connection established" : "503 Too busy",
				i % 2 ? "hello\n" : "");
		i++;
		close(client);
	}
	AUTO_FREE char *url = mem_printf("http://127.0.0.1:%u", ntohs(at.sin_port));
	setenv("https_proxy", url, 1);
	s.network = true;
	const char *const argv[] = { "bash", "-ec", GET "get CONNECT host.example:443 | grep hello", NULL };
	ok(fine(sandbox_run(&s, argv)));
	empty_work();
	kill(proxy, SIGKILL);
	waitpid(proxy, NULL, 0);
	unsetenv("https_proxy");
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

int main(int argc, char **argv)
{
	if (!area_begin(argc, argv))
		return t_done();
	addresses();
	network();
	near();
	drips();
	busy();
	network_variables();
	settings();
	distrusts();
	ok(area_end());
	return t_done();
}
