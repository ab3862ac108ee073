/* SPDX-License-Identifier: MIT */
#include "start/start_progress.h"

#include <string.h>

#include "base/mem.h"

static const char *word(json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text ? text : "";
}

/* The first step that is not done; ret_at is its number from 1. */
static json_t *current(json_t *steps, size_t *ret_at)
{
	json_t *row;
	size_t i;

	json_array_foreach(steps, i, row) if (strcmp(word(row, "state"), "done"))
	{
		*ret_at = i + 1;
		return row;
	}
	return NULL;
}

static int64_t last_movement(const struct start_progress *s)
{
	int64_t at = json_integer_value(json_object_get(s->steps, "at_ms"));

	if (at < s->state->since_ms)
		at = s->state->since_ms;
	return at < s->heard_ms ? s->heard_ms : at;
}

bool start_progress_moves(const struct start_progress *s, int64_t now_ms, struct text *words)
{
	json_t *steps = json_object_get(s->steps, "steps");
	const char *why = s->state->why ? s->state->why : "";
	size_t at = 0;

	if (s->state->state == STATE_DEGRADED || *why) {
		text_printf(words, "not ready: %s", *why ? why : state_name(s->state->state));
		return false;
	}
	json_t *row = current(steps, &at);
	const char *step = row ? word(row, "step") : "its programs start";
	int64_t quiet_ms = now_ms - last_movement(s);
	if (quiet_ms > START_PROGRESS_QUIET_MS) {
		text_printf(words, "not ready: %s: nothing has moved for %d minutes", step,
			    (int)(quiet_ms / 60000));
		return false;
	}
	if (row)
		text_printf(words, "starting: step %zu of %zu: %s", at, json_array_size(steps), step);
	else
		text_put(words, "starting");
	return true;
}

char *start_progress_failure(json_t *steps, bool *ret_of_site)
{
	json_t *row, *first = NULL;
	size_t i, count = 0;

	*ret_of_site = true;
	json_array_foreach(json_object_get(steps, "steps"), i, row)
	{
		const char *step = word(row, "step");
		if (strcmp(word(row, "state"), "failed"))
			continue;
		*ret_of_site &= text_starts(step, "create/") || text_starts(step, "finish/");
		first = count++ ? first : row;
	}
	*ret_of_site &= count > 0;
	if (!count)
		return NULL;
	AUTO_FREE char *others = count > 1 ? mem_printf(" (and %zu more)", count - 1) : mem_dup("");
	return mem_printf("%s failed: %s%s", word(first, "step"), word(first, "why"), others);
}
