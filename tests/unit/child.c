/* Children: what they are given, what is kept of their words, and that a limit holds whatever they do. */
#include "base/child.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "t.h"

/* Its status and words, as "0 word". */
static char *said(const struct child *c)
{
	AUTO_FREE char *output = NULL;
	int status = -1;

	ok(!child_run(c, &output, NULL, &status));
	return mem_printf("%d %s", status, output);
}

#define SH(script, ...) &(struct child){ .argv = (const char *[]){ "sh", "-c", script, NULL }, __VA_ARGS__ }

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
	AUTO_FREE char *absent = said(&(struct child){ .argv = (const char *[]){ "no-such-program-here", NULL } });
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
	AUTO_FREE char *away = said(SH("setsid sh -c 'sleep 4; echo late' & sleep 0.3; exit 5", .limit_seconds = 1));

	is(quiet, "137 ");
	is(deaf, "137 ");
	is(loud, "137 begun\n");
	is(away, "5 "); /* who left the group keeps the pipe, and nobody waits for it beyond the limit */
}

int main(void)
{
	is_given();
	ends();
	is_limited();
	return t_done();
}
