/* SPDX-License-Identifier: MIT */
#include "service/step_tools.h"

#include <string.h>

#include "base/text.h"

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

/* Whether a line "import a, b" or "from a import b" contains the module's name as a word. */
static bool names_module(const char *line, size_t len, const char *name, size_t name_len)
{
	for (size_t at = 0; at < len;) {
		size_t word = strspn(line + at, NAME_LETTERS);
		if (word == name_len && !memcmp(line + at, name, word))
			return true;
		at += word ? word : 1;
	}
	return false;
}

static bool imports(const char *program, const char *module)
{
	size_t name_len = strlen(module) - strlen(".py");

	for (const char *line = program; *line;) {
		size_t len = strcspn(line, "\n"), blanks = strspn(line, " \t");
		if ((text_starts(line + blanks, "import ") || text_starts(line + blanks, "from ")) &&
		    names_module(line, len, module, name_len))
			return true;
		line += len + (line[len] == '\n');
	}
	return false;
}

static bool used_by_another(const struct service_tool *tools, size_t count, size_t which, const bool *used)
{
	for (size_t i = 0; i < count; i++)
		if (used[i] && text_ends(tools[i].name, ".py") && text_ends(tools[which].name, ".py") &&
		    imports(tools[i].bytes, tools[which].name))
			return true;
	return false;
}

void step_tools_used(const struct service_tool *tools, size_t count, const char *const *argv, bool *ret_used)
{
	bool found = true;

	for (size_t i = 0; i < count; i++) {
		ret_used[i] = false;
		for (const char *const *word = argv; *word; word++)
			ret_used[i] |= strstr(*word, tools[i].path) != NULL;
	}
	while (found) {
		found = false;
		for (size_t i = 0; i < count; i++)
			if (!ret_used[i] && used_by_another(tools, count, i, ret_used))
				ret_used[i] = found = true;
	}
}
