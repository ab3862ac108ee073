/* SPDX-License-Identifier: MIT */
/* Decides how long to wait for a start and what to say meanwhile. Times are milliseconds of base/clock.h,
 * passed in: this code reads no clock. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* Start with `{ .moved_ms = now, .told_ms = now, .slow = ... }`, end with text_done(&p.told). */
struct wait_policy {
	int64_t moved_ms; /* when the last step ended or other progress was seen */
	int64_t told_ms;  /* when a person was last told anything */
	int64_t sick_ms;  /* when a program was last seen failing; 0: never */
	struct text told; /* what has been told, one a line */
	int64_t heard_ms; /* when the output was last checked */
	uint64_t heard;	  /* hash of its end then */
	bool slow;	  /* possibly an emulated machine */
};

/* A step has ended and was shown. */
void wait_policy_moved(struct wait_policy *p, int64_t now_ms);
/* Takes one line of health, or NULL for none. True if it is to be shown now: it is new, and nothing was shown
 * for a while. A line that comes and goes is shown once, and counts as progress once. */
bool wait_policy_tells(struct wait_policy *p, int64_t now_ms, const char *words);
/* Whether to check the instance's output now, because there was no other progress for a while. Making a site
 * is one step and may take longer than people wait in silence. */
bool wait_policy_listens(const struct wait_policy *p, int64_t now_ms);
/* Takes the end of that output, or NULL: if it differs from the last one, that is progress. The guest judges
 * how long one step may last. */
void wait_policy_heard(struct wait_policy *p, int64_t now_ms, const char *tail);
/* A program is failing repeatedly now. */
void wait_policy_failing(struct wait_policy *p, int64_t now_ms);
/* The minutes without any progress if they are too many; 0: keep waiting. A failing program counts only once
 * the sites have been made. */
int wait_policy_over(const struct wait_policy *p, int64_t now_ms, bool provisioned);
