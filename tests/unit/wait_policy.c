/* SPDX-License-Identifier: MIT */
#include "launch/wait_policy.h"

#include "base/mem.h"
#include "t.h"

#define MINUTE 60000

static void news(void)
{
	struct wait_policy p = { .moved_ms = 1000, .told_ms = 1000 };

	ok(!wait_policy_tells(&p, 2000, "not ready: starting"));      /* what is soon over is not told */
	ok(wait_policy_tells(&p, 10000, "not ready: starting"));      /* what lasts is */
	ok(!wait_policy_tells(&p, 90000, "not ready: starting"));     /* once */
	ok(wait_policy_tells(&p, 90000, "not ready"));		      /* a part of it is another text */
	ok(!wait_policy_tells(&p, 91000, "not ready: 0 of 1 sites")); /* nor many things at once */
	ok(wait_policy_tells(&p, 99000, "not ready: 0 of 1 sites"));  /* but then */
	/* silence is no news */
	ok(!wait_policy_tells(&p, 120000, NULL) && !wait_policy_tells(&p, 120000, ""));
	ok(wait_policy_tells(&p, 120000, "dead: init has not been heard of for 31 s")); /* a dead init is */
	/* its seconds are not */
	ok(!wait_policy_tells(&p, 140000, "dead: init has not been heard of for 51 s"));
	/* but another number is */
	ok(wait_policy_tells(&p, 150000, "not ready: 1 of 3 sites") &&
	   wait_policy_tells(&p, 160000, "not ready: 2 of 3 sites"));
	text_done(&p.told);
}

/* Looks once a second until it is over; the second it is. A failing program is seen half of the time. */
static int ends(struct wait_policy *p, const char *words, bool failing, bool provisioned)
{
	int second = 0;

	for (; second < 7200 && !wait_policy_over(p, second * 1000L, provisioned); second++) {
		wait_policy_tells(p, second * 1000L, words);
		if (failing && second / 10 % 2 == 0)
			wait_policy_failing(p, second * 1000L);
	}
	text_done(&p->told);
	return second;
}

static void ends_of_patience(void)
{
	static const char *const words = "not ready: 1 of 1 sites";

	int second = ends(&(struct wait_policy){ 0 }, words, true, true);
	ok(second > 180 && second < 210); /* a program that fails again and again: three minutes */
	second = ends(&(struct wait_policy){ .slow = true }, words, true, true);
	ok(second > 180 && second < 210); /* on a slow machine too */
	second = ends(&(struct wait_policy){ .slow = true }, words, false, true);
	ok(second > 900 && second < 920); /* but there a program that runs has a quarter of an hour */
	second = ends(&(struct wait_policy){ 0 }, words, false, true);
	ok(second > 180 && second < 200); /* elsewhere not */
	second = ends(&(struct wait_policy){ 0 }, NULL, false, false);
	ok(second > 1800 && second < 1820); /* a step may take half an hour */
	second = ends(&(struct wait_policy){ .slow = true }, "not ready: web is BACKOFF", false, true);
	ok(second > 900); /* words alone say nothing */
}

/* Looks once a second as a start does, at what a step says at every so many
 * seconds; the second it is over. */
static int hears(int every)
{
	struct wait_policy p = { 0 };
	int second = 0;

	for (; second < 7200 && !wait_policy_over(&p, second * 1000L, false); second++) {
		AUTO_FREE char *tail = mem_printf("Updating: line %d", every ? second / every : 0);
		if (wait_policy_listens(&p, second * 1000L))
			wait_policy_heard(&p, second * 1000L, tail);
	}
	return second;
}

static void output_of_a_step(void)
{
	ok(hears(100) == 7200);			/* a step that goes on saying something goes on */
	ok(hears(0) > 1800 && hears(0) < 1820); /* one that says the same for half an hour does not */
	struct wait_policy p = { 0 };
	ok(!wait_policy_listens(&p, MINUTE - 1) && wait_policy_listens(&p, MINUTE)); /* not while steps end */
	wait_policy_heard(&p, MINUTE, NULL);
	wait_policy_heard(&p, 2 * MINUTE, NULL); /* no output is no movement */
	ok(p.moved_ms == 0);
}

static void moves(void)
{
	struct wait_policy p = { .slow = true };

	wait_policy_failing(&p, 10000);
	ok(wait_policy_over(&p, 3 * MINUTE, true) == 0);
	/* it has recovered, and nobody says what else is slow */
	ok(wait_policy_over(&p, 5 * MINUTE, true) == 0);
	wait_policy_failing(&p, 5 * MINUTE);
	ok(wait_policy_over(&p, 5 * MINUTE, true) == 3);
	wait_policy_moved(&p, 5 * MINUTE);
	ok(wait_policy_over(&p, 5 * MINUTE, true) == 0);
	text_done(&p.told);
}

int main(void)
{
	news();
	ends_of_patience();
	moves();
	output_of_a_step();
	return t_done();
}
