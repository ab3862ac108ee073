/* SPDX-License-Identifier: MIT */
/* Decides when provisioning that failed is tried again. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "lib/bench.h"

#define ATTEMPTS_SAME 5 /* after so many failures with the same words only a person's change helps */

struct attempts {
	unsigned delay_ms, same; /* the last delay; how many failures in a row had the same words */
	char *why;
	uint64_t settings; /* the stamp of the settings when it was given up; 0: it was not */
};

/* Notes a failure and its reason. Returns the milliseconds until the next try, 5 s to a minute; 0: wait for
 * a change, because a failure that nothing mends by itself has come ATTEMPTS_SAME times with the same words.
 */
unsigned attempts_failed(struct attempts *a, const struct bench *b, const char *why, bool may_mend_itself);
/* Logs when the next try is; ms: what attempts_failed returned. */
void attempts_told(const struct attempts *a, unsigned ms);
/* Resets it after a success. */
void attempts_reset(struct attempts *a);
/* Whether a person asks for another try (benchctl retry), or has changed, since it was given up, something
 * that sites are made from: the common configuration, added sites, the password's file. Resets it then. */
bool attempts_changed(struct attempts *a, const struct bench *b);
#define ATTEMPTS_ASKED BENCH_RUN "/retry"
