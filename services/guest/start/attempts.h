/* SPDX-License-Identifier: MIT */
/* How often something that fails is tried again. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "lib/bench.h"

#define ATTEMPTS_SAME 5 /* so often the same words end what only a person's change can end */

struct attempts {
	unsigned delay_ms, same; /* the last delay; how often in a row it failed with the same words */
	char *why;
	uint64_t settings; /* those of attempts_changed when it was given up; 0: it was not */
};

/* It has failed, for that reason. Milliseconds until it is to be tried again, 5 s to a minute;
 * 0: not before something changes, once what does not change by itself has failed
 * ATTEMPTS_SAME times with the same words. */
unsigned attempts_failed(struct attempts *a, const struct bench *b, const char *why, bool may_mend_itself);
/* Says it in the log; ms as attempts_failed returned it. */
void attempts_told(const struct attempts *a, unsigned ms);
/* It went well: begins anew. */
void attempts_reset(struct attempts *a);
/* Whether a person asks for another try (benchctl retry), or has changed what sites are made by, since it was
 * given up: the common configuration, added sites, the password's file. Then it begins anew. */
bool attempts_changed(struct attempts *a, const struct bench *b);
#define ATTEMPTS_ASKED BENCH_RUN "/retry"
