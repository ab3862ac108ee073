/* SPDX-License-Identifier: MIT */
/* Children: what they are given, what is kept of their words, and that a limit holds whatever they do. */
#include "base/child.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "t.h"

/* Its status and words, as "0 word". */
static char *said(const struct child *c)
{
	AUTO_FREE char *output = NULL;
	int status = -1;

	ok(!child_run(c, &output, NULL, &status));
	return mem_printf("%d %s", status, output);
}

#define SH(script, ...)                                                           \
	&(struct child)                                                           \
	{                                                                         \
		.argv = (const char *[]){ "sh", "-c", script, NULL }, __VA_ARGS__ \
	}

static void is_given(void)
{
	static const char show[] = "printf '%s,%s,%s' \"${ONE-none}\" \"${TWO-none}\" \"${THREE-none}\"";
	static const char *const set[] = { "ONE=first", "TWO", "THREE=", NULL };
	const char *const env[] = { "TWO=second", "THREE=third", "PATH=/usr/bin:/bin", NULL };

	setenv("TWO", "ours", 1);
	AUTO_FREE char *ours = said(SH(show)), *over_ours = said(SH(show, .set = set));
	AUTO_FREE char *own = said(SH(show, .env = env)), *over_own = said(SH(show, .env = env, .set = set));
	AUTO_FREE char *input = said(SH("cat; pwd", .input = "words\n", .input_len = 6, .cwd = "/"));
	is(ours, "0 none,ours,none");
	is(over_ours, "0 first,none,");
	is(own, "0 none,second,third");
	is(over_own, "0 first,none,");
	is(input, "0 words\n/\n");
	is(getenv("TWO"), "ours");
}

static void ends(void)
{
	AUTO_FREE char *status = said(SH("echo word; exit 7")), *killed = said(SH("kill -TERM $$"));
	AUTO_FREE char *absent =
		said(&(struct child){ .argv = (const char *[]){ "no-such-program-here", NULL } });
	AUTO_FREE char *early = said(SH("exec >&- 2>&-; sleep 0.2; exit 3", .limit_seconds = 60));

	is(status, "7 word\n");
	is(killed, "143 ");
	is(absent, "127 ");
	is(early, "3 ");
}

/* Each would go on for longer, and end well. */
static void is_limited(void)
{
	AUTO_FREE char *quiet = said(SH("sleep 30", .limit_seconds = 1));
	AUTO_FREE char *deaf = said(SH("exec >&- 2>&-; sleep 30; true", .limit_seconds = 1));
	AUTO_FREE char *loud = said(SH("echo begun; sleep 30 & wait", .limit_seconds = 1));
	AUTO_FREE char *away =
		said(SH("setsid sh -c 'sleep 4; echo late' & sleep 0.3; exit 5", .limit_seconds = 1));

	is(quiet, "137 ");
	is(deaf, "137 ");
	is(loud, "137 begun\n");
	is(away, "5 "); /* who left the group keeps the pipe, and nobody waits for it beyond the limit */
}

static bool until_third(void *arg, const char *bytes, size_t len)
{
	size_t *lines = arg;

	for (size_t i = 0; i < len; i++)
		*lines += bytes[i] == '\n';
	return *lines < 3;
}

static bool until_fourth(void *arg, uint64_t said)
{
	size_t *times = arg;

	return ++*times < 4 || said > 4;
}

static void is_watched(void)
{
	size_t lines = 0, times = 0, more = 0;
	AUTO_FREE char *endless = said(SH("while :; do echo line; done", .take = until_third, .arg = &lines));
	AUTO_FREE char *ends = said(SH("echo line; exit 3", .take = until_third, .arg = &more));
	AUTO_FREE char *silent = said(SH("sleep 30 & sleep 30", .goes_on = until_fourth, .arg = &times));
	AUTO_FREE char *deaf =
		said(SH("exec >&- 2>&-; sleep 30", .goes_on = until_fourth, .arg = (times = 0, &times)));
	AUTO_FREE char *talks = said(
		SH("echo words; sleep 0.1; exit 4", .goes_on = until_fourth, .arg = (times = 0, &times)));

	is(endless, "137 ");
	ok(lines >= 3 && more == 1);
	is(ends, "3 ");
	is(silent, "137 ");
	is(deaf, "137 ");
	is(talks, "4 words\n");
}

static void is_bounded(void)
{
	AUTO_FREE char *memory =
		said(SH("x=$(head -c 100m /dev/zero | tr '\\0' x); exit 0", .memory_bytes = 32 << 20));
	AUTO_FREE char *file =
		said(SH("exec head -c 2m /dev/zero >bounded", .file_bytes = 1 << 20, .cwd = "/tmp"));
	AUTO_FREE char *apart = said(
		SH("(exec </dev/tty) 2>/dev/null || echo none; test $$ = $(ps -o sid= -p $$) && echo own",
		   .apart = true));

	ok(!text_starts(memory, "0 "));
	ok(text_starts(file, "153 "));
	ok(!unlink("/tmp/bounded"));
	is(apart, "0 none\nown\n");
}

/* A handler that knows nothing of who runs ends all that lead a group, with what those have started. */
static void ends_with_us(void)
{
	int ends[2], status = -1;
	char byte;

	ok(!pipe(ends));
	pid_t pid = fork();
	if (!pid) {
		close(ends[0]);
		if (!freopen("/dev/null", "w", stdout)) /* the checks that are counted are the parent's */
			_exit(2);
		signal(SIGALRM, (void (*)(int))(void (*)(void))child_kill_all);
		alarm(1);
		AUTO_FREE char *words = said(SH("sleep 60 & sleep 60", .apart = true));
		_exit(strcmp(words, "137 ") != 0);
	}
	close(ends[1]);
	ok(waitpid(pid, &status, 0) == pid && status == 0);
	ok(read(ends[0], &byte, 1) == 0); /* nobody has the other end any more */
	close(ends[0]);
}

/* Another user's program could type into a terminal that it shares with us. */
static void leaves_our_session(void)
{
	static const char show[] = "read -r pid name state parent group session rest </proc/self/stat; test "
				   "$session = $$ && echo its own";
	AUTO_FREE char *other =
		said(SH(show, .as_user = true, .uid = geteuid(), .gid = getegid(), .limit_seconds = 60));
	AUTO_FREE char *deaf =
		said(SH("sleep 30", .as_user = true, .uid = geteuid(), .gid = getegid(), .limit_seconds = 1));

	is(other, geteuid() ? "126 " : "0 its own\n"); /* only root becomes anybody */
	is(deaf, geteuid() ? "126 " : "137 ");
}

static bool is_over(const char *errors)
{
	return strstr(errors, "never");
}

/* What says that no time will mend it is told to end, and may tidy up. */
static void is_given_up(void)
{
	static const char waits[] = "trap 'echo tidy; exit 3' TERM; echo in vain >&2; sleep 0.1; echo never "
				    ">&2; while :; do sleep 0.1; done";
	const struct child *c = SH(waits, .is_hopeless = is_over);
	AUTO_FREE char *output = NULL, *errors = NULL;
	int status = -1;

	ok(!child_run(c, &output, &errors, &status));
	is(output, "tidy\n");
	ok(status == 3 && strstr(errors, "in vain"));
}

int main(void)
{
	is_given();
	is_given_up();
	leaves_our_session();
	ends();
	is_limited();
	is_watched();
	is_bounded();
	ends_with_us();
	return t_done();
}
