/* SPDX-License-Identifier: MIT */
/* How long a start is waited for, and what is said meanwhile. Time goes in as milliseconds of
 * base/clock.h: nothing here looks. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* Begins as `{ .moved_ms = now, .told_ms = now, .slow = ... }`, ends with text_done(&p.told). */
struct wait_policy {
	int64_t moved_ms; /* the last step that ended, or the last news */
	int64_t told_ms;  /* when a person was last told anything */
	int64_t sick_ms;  /* when a program was last seen failing; 0: never */
	struct text told; /* what has been told, a line each */
	int64_t heard_ms; /* when the output was last looked at */
	uint64_t heard;	  /* what its end was then */
	bool slow;	  /* perhaps an emulated machine */
};

/* A step has ended, and was told. */
void wait_policy_moved(struct wait_policy *p, int64_t now_ms);
/* One line of health, or NULL for none: whether it is to be told now, being new, and nothing told for a
 * while. What comes and goes is told once, and only once it is movement. */
bool wait_policy_tells(struct wait_policy *p, int64_t now_ms, const char *words);
/* Whether to look at the instance's output now: nothing else has moved for a while. A site's creation is one
 * step, and may well take longer than anybody waits in silence. */
bool wait_policy_listens(const struct wait_policy *p, int64_t now_ms);
/* The end of that output, or NULL: another one than before is movement. How long one step
 * may last is the guest's to judge. */
void wait_policy_heard(struct wait_policy *p, int64_t now_ms, const char *tail);
/* A program fails again and again, now. */
void wait_policy_failing(struct wait_policy *p, int64_t now_ms);
/* The minutes without any movement, when they are too many; 0: it may go on. A failing program counts
 * once the sites have been made. */
int wait_policy_over(const struct wait_policy *p, int64_t now_ms, bool provisioned);
