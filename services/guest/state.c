#include "state.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "bench.h"
#include "durable.h"
#include "say.h"

#define STATE_FILE BENCH_RUN "/state.json"

static const char *const names[] = { "standby", "starting", "running", "degraded", "stopping" };

const char *state_name(enum state s)
{
	return names[s];
}

void state_publish(enum state s, const char *why)
{
	json_t *all = json_pack("{s:s, s:I, s:s*}", "state", names[s], "beat_ms", (json_int_t)clock_ms(), "why", why);
	struct err *e = durable_folder(BENCH_RUN, 0755, &durable_root);

	if (!e)
		e = durable_show(STATE_FILE, all, 0644);
	json_decref(all);
	if (e)
		say_err(e, "the state is not shown");
}

struct err *state_read(enum state *ret, char **ret_why, int64_t *ret_age_ms)
{
	json_t *all;
	bool damaged;

	TRY(durable_read_json(STATE_FILE, &all, &damaged));
	if (!all)
		return err_new(ERR_SYSTEM, "init is not running here: no " STATE_FILE);
	const char *name = json_string_value(json_object_get(all, "state"));
	const char *why = json_string_value(json_object_get(all, "why"));
	*ret = STATE_DEGRADED;
	for (size_t i = 0; i < COUNT(names); i++)
		if (name && !strcmp(names[i], name))
			*ret = (enum state)i;
	*ret_why = mem_dup(why ? why : "");
	*ret_age_ms = clock_ms() - json_integer_value(json_object_get(all, "beat_ms"));
	json_decref(all);
	return NULL;
}
