/* SPDX-License-Identifier: MIT */
#include "tools/ctl_startup.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "lib/bench.h"
#include "lib/durable.h"
#include "start/state.h"

#define SHOWN_MS 10

/* What a step of provisioning means, for people. */
static const struct {
	const char *step, *means;
} known[] = {
	{ "unpack", "the image's sites are copied to the volume" },
	{ "tables", "MariaDB's own tables" },
	{ "stores", "MariaDB and Redis until they answer" },
	{ "renew", "copied sites get secrets of their own" },
	{ "create", "the framework makes the site" },
	{ "finish", "the framework's last steps for the site" },
	{ "bench", "web server, workers and scheduler are started" },
	{ "open", "until the web server answers for a site" },
};

static const char *meaning(const char *step)
{
	for (size_t i = 0; i < COUNT(known); i++)
		if (!strncmp(step, known[i].step, strlen(known[i].step)) &&
		    strchr("/", step[strlen(known[i].step)]))
			return known[i].means;
	return "";
}

static void print_row(int64_t at, int64_t took, const char *step, const char *means)
{
	printf("%8" PRId64 " %8" PRId64 "  %s%s%s\n", at, took, step, *means ? ": " : "", means);
}

/* Returns when the last step ended, in ms of base/clock.h. */
static int64_t print_steps(json_t *steps, int64_t begun)
{
	int64_t end = begun, left = 0;
	json_t *row;
	size_t i;

	json_array_foreach(steps, i, row)
	{
		int64_t at = json_integer_value(json_object_get(row, "at_ms"));
		int64_t took = (int64_t)(json_real_value(json_object_get(row, "seconds")) * 1000 + 0.5);
		const char *step = json_string_value(json_object_get(row, "step"));
		if (!at || !step)
			continue;
		if (end == begun)
			print_row(0, at - begun, "volume",
				  "before provisioning: the volume is looked at, Supervisor started");
		end = at + took;
		if (took >= SHOWN_MS)
			print_row(at - begun, took, step, meaning(step));
		else
			left++;
	}
	if (left)
		printf("%17s  %" PRId64 " steps of less than %d ms\n", "", left, SHOWN_MS);
	return end;
}

struct err *ctl_startup_print(void)
{
	AUTO_STATE struct state_report s = { 0 };
	json_t *all = NULL;
	bool damaged;

	TRY(state_read(&s));
	TRY(durable_read_json(BENCH_RUN "/startup.json", &all, &damaged));
	if (!all)
		return err_new(ERR_SYSTEM, "the start is not over: see benchctl status");
	puts("at ms     took ms  phase");
	int64_t end = print_steps(json_object_get(all, "steps"), s.begun_ms);
	printf("%8" PRId64 "           %s\n", end - s.begun_ms,
	       json_string_value(json_object_get(all, "state")));
	json_decref(all);
	return NULL;
}
