/* SPDX-License-Identifier: MIT */
#include "launch/wait_policy.h"

#include <stddef.h>
#include <string.h>

#include "base/mem.h"

#define TELL_MS 8000
#define LISTEN_MS 60000
#define SICK_MS 60000 /* a failing program may look healthy for this long between two attempts */

/* Upper bounds, not expected durations: a large bench on an emulated machine is slow, not stuck. */
#define STEP_MINUTES 30
#define QUIET_MINUTES_SLOW 15
#define QUIET_MINUTES 3

void wait_policy_moved(struct wait_policy *p, int64_t now_ms)
{
	p->moved_ms = p->told_ms = now_ms;
}

/* Whether a number ends here that is a duration. */
static bool is_lasting(const char *after)
{
	return (text_starts(after, " s") && strchr(" ;:,.", after[2])) || text_starts(after, " minutes");
}

/* The text as a remembered line. Elapsed time in it is not news. */
static char *line_of(const char *words)
{
	AUTO_TEXT struct text line = { 0 };

	text_put(&line, "\n");
	while (*words) {
		size_t digits = strspn(words, "0123456789");
		if (digits && is_lasting(words + digits))
			text_put(&line, "N");
		else
			text_add(&line, words, digits ? digits : 1);
		words += digits ? digits : 1;
	}
	text_put(&line, "\n");
	return text_take(&line);
}

bool wait_policy_listens(const struct wait_policy *p, int64_t now_ms)
{
	return now_ms - p->moved_ms >= LISTEN_MS && now_ms - p->heard_ms >= LISTEN_MS;
}

void wait_policy_heard(struct wait_policy *p, int64_t now_ms, const char *tail)
{
	uint64_t heard = 14695981039346656037u; /* FNV-1a */

	for (; tail && *tail; tail++)
		heard = (heard ^ (unsigned char)*tail) * 1099511628211u;
	if (p->heard_ms && tail && heard != p->heard)
		p->moved_ms = now_ms;
	p->heard = heard;
	p->heard_ms = now_ms;
}

void wait_policy_failing(struct wait_policy *p, int64_t now_ms)
{
	p->sick_ms = now_ms;
}

bool wait_policy_tells(struct wait_policy *p, int64_t now_ms, const char *words)
{
	if (!words || !*words)
		return false;
	AUTO_FREE char *line = line_of(words);
	if (now_ms - p->told_ms < TELL_MS || (p->told.bytes && strstr(p->told.bytes, line)))
		return false;
	text_put(&p->told, line);
	wait_policy_moved(p, now_ms);
	return true;
}

int wait_policy_over(const struct wait_policy *p, int64_t now_ms, bool provisioned)
{
	bool sick = p->sick_ms && now_ms - p->sick_ms < SICK_MS;
	int minutes = !provisioned ? STEP_MINUTES : p->slow && !sick ? QUIET_MINUTES_SLOW : QUIET_MINUTES;

	return now_ms - p->moved_ms > minutes * INT64_C(60000) ? minutes : 0;
}
