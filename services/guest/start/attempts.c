/* SPDX-License-Identifier: MIT */
#include "start/attempts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "lib/log.h"
#include "lib/reason.h"

#define FIRST_MS 5000
#define LONGEST_MS 60000

/* A number that changes when one of these files does; never 0. */
static uint64_t stamp(const struct bench *b)
{
	AUTO_FREE char *common = bench_in_data(b, "/sites/common_site_config.json"),
		       *added = bench_in_data(b, BENCH_OWN "/sites.json");
	const char *const paths[] = { common, added, getenv("MKBENCH_ADMIN_PASSWORD_FILE") };
	uint64_t sum = 0;
	struct stat st;

	for (size_t i = 0; i < COUNT(paths); i++)
		if (paths[i] && !stat(paths[i], &st))
			sum = 31 * sum + (uint64_t)st.st_mtim.tv_sec * 1000000000u +
			      (uint64_t)st.st_mtim.tv_nsec;
	return sum | 1;
}

unsigned attempts_failed(struct attempts *a, const struct bench *b, const char *why, bool may_mend_itself)
{
	bool same = a->why && reason_is_same(a->why, why);

	a->same = same ? a->same + 1 : 1;
	a->delay_ms = !a->delay_ms ? FIRST_MS : 2 * a->delay_ms < LONGEST_MS ? 2 * a->delay_ms : LONGEST_MS;
	free(a->why);
	a->why = mem_dup(why);
	a->settings = !may_mend_itself && a->same >= ATTEMPTS_SAME ? stamp(b) : 0;
	return a->settings ? 0 : a->delay_ms;
}

void attempts_told(const struct attempts *a, unsigned ms)
{
	if (ms)
		log_line("provisioning did not finish: tried again in %u s", ms / 1000);
	else
		log_line("provisioning has failed %u times for the same reason, and waits for a change: "
			 "benchctl retry, a changed setting or a new start",
			 a->same);
}

void attempts_reset(struct attempts *a)
{
	free(a->why);
	*a = (struct attempts){ 0 };
}

bool attempts_changed(struct attempts *a, const struct bench *b)
{
	bool asked = !unlink(ATTEMPTS_ASKED);

	if (!asked && (!a->settings || a->settings == stamp(b)))
		return false;
	attempts_reset(a);
	return true;
}
