/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/child.h"
#include "sandbox_area.h"

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

static void masks(void)
{
	struct sandbox s = room();

	s.masked = (const char *const[]){ "/usr/bin/false", "/usr/bin/no-such-program", NULL };
	runs(s, "/usr/bin/false; /usr/bin/false --with arguments");
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
	fails(s, (const char *const[]){ "sh", "-c", "exit 243", NULL }, ERR_BUILD,
	      "sh failed with status 243");
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

struct pipe_end {
	int fd;
	const char *words;
};

/* Closes the other end of a sandbox's pipe once its program runs. */
static void *close_later(void *arg)
{
	struct pipe_end *end = arg;

	await(end->words, true);
	close(end->fd);
	return NULL;
}

static void dies_with_its_pipe(void)
{
	AUTO_FREE char *seconds = mem_printf("8%d", getpid()), *words = mem_printf("sleep %s", seconds);
	struct sandbox s = room();
	pthread_t thread;
	int life[2];

	ok(!pipe2(life, O_CLOEXEC));
	struct pipe_end end = { life[1], words };
	s.life = life[0];
	runs(s, "true");
	ok(!pthread_create(&thread, NULL, close_later, &end));
	struct err *e = sandbox_run(&s, (const char *const[]){ "sleep", seconds, NULL });
	pthread_join(thread, NULL);
	ok(e && err_kind(e) == ERR_BUILD);
	err_free(e);
	await(words, false);
	close(life[0]);
	ok(!file_remove_tree(work));
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
	int status = 0;

	if (!area_begin(argc, argv))
		return t_done();
	if (argc == 3) {
		status = show_step((unsigned)atoi(argv[1]), argv[2]);
		return area_end() ? status : 1;
	}
	looks_inside();
	writes_upper();
	reads_only();
	notes_what_is_asked();
	masks();
	tells_why();
	leaves_nobody();
	dies_with_the_build(0);
	dies_with_the_build(1000);
	dies_with_its_pipe();
	calls();
	ok(area_end());
	return t_done();
}
