/* SPDX-License-Identifier: MIT */
#include "contract/event.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const struct contract_field stopped[] = {
	{ "ms", CONTRACT_COUNT, offsetof(struct event, ms), CONTRACT_REQUIRED,
	  .meaning = "how long the stop took" },
	{ "killed", CONTRACT_FLAG, offsetof(struct event, killed), CONTRACT_REQUIRED,
	  .meaning = "a program had to be killed" },
	{ 0 },
};

static const struct contract_field cannot_start[] = {
	{ "why", CONTRACT_TEXT, offsetof(struct event, why), CONTRACT_REQUIRED, .meaning = "the reason" },
	{ 0 },
};

static const struct {
	const char *name, *speaker;
	const struct contract_field *fields;
} kinds[] = {
	[EVENT_STOPPED] = { "stopped", "init", stopped },
	[EVENT_CANNOT_START] = { "cannot_start", "initrd", cannot_start },
	[EVENT_REFUSED] = { "refused", "init", cannot_start },
};

char *event_text(const struct event *e)
{
	json_t *line = json_pack("{s:s}", "event", kinds[e->name].name),
	       *fields = contract_write(kinds[e->name].fields, e);

	json_object_update(line, fields);
	char *text = json_dumps(line, JSON_COMPACT);
	json_decref(fields);
	json_decref(line);
	return text;
}

/* Where the object begins in a line that the speaker itself wrote, or NULL. On a console the system may print
 * words before it. */
static const char *object_of(const char *line, size_t len, const char *speaker)
{
	AUTO_FREE char *one = mem_ndup(line, len), *mark = mem_printf("Z %s: {\"", speaker);
	const char *at = strstr(one, mark), *relayed = strstr(one, " | ");

	return at && !(relayed && relayed < at) ? line + (at - one) + strlen(mark) - 2 : NULL;
}

/* Fills ret if the object is an event of that name with all its fields. */
static bool read_object(const char *text, size_t len, enum event_name name, struct event *ret)
{
	json_t *document = json_loadb(text, len, JSON_DISABLE_EOF_CHECK, NULL);
	const char *is = json_string_value(json_object_get(document, "event"));
	struct event e = { .name = name, .document = document };
	struct arena nothing = { 0 };

	if (!is || strcmp(is, kinds[name].name)) {
		json_decref(document);
		return false;
	}
	struct err *wrong = contract_read(&nothing, document, kinds[name].fields, &e);
	if (wrong) {
		err_free(wrong);
		json_decref(document);
		return false;
	}
	event_done(ret);
	*ret = e;
	return true;
}

bool event_find(const char *log, enum event_name name, struct event *ret)
{
	bool found = false;

	*ret = (struct event){ .name = name };
	for (const char *line = log; *line; line += strspn(line, "\r\n")) {
		size_t len = strcspn(line, "\r\n");
		const char *object = object_of(line, len, kinds[name].speaker);
		if (object && read_object(object, len - (size_t)(object - line), name, ret))
			found = true;
		line += len;
	}
	return found;
}

void event_done(struct event *e)
{
	json_decref(e->document);
	e->document = NULL;
	e->why = NULL;
}
