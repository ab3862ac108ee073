/* SPDX-License-Identifier: MIT */
#include "template/quote.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define SAFE "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-"

static void quote_shell(struct text *out, const char *word)
{
	if (*word && !word[strspn(word, SAFE)]) {
		text_put(out, word);
		return;
	}
	text_put(out, "'");
	for (const char *c = word; *c; c++)
		if (*c == '\'')
			text_put(out, "'\\''");
		else
			text_add(out, c, 1);
	text_put(out, "'");
}

void quote_shell_words(struct text *out, const char *const *words)
{
	for (size_t i = 0; words[i]; i++) {
		if (i)
			text_put(out, " ");
		quote_shell(out, words[i]);
	}
}

/* Supervisor expands %(names)s, and reads ; or # after a blank as a comment, even inside quotes. */
static struct err *put_supervisor(struct text *out, const char *written)
{
	for (const char *c = written; *c; c++) {
		bool comment = (*c == ';' || *c == '#') && (c == written || strchr(" \t", c[-1]));
		if (comment || *c == '\n' || *c == '\r')
			return err_new(ERR_RECIPE,
				       "supervisor can be given neither a line break nor ';' or '#' after a "
				       "blank: %s",
				       written);
		text_add(out, *c == '%' ? "%%" : c, *c == '%' ? 2 : 1);
	}
	return NULL;
}

struct err *quote_supervisor_words(struct text *out, const char *const *words)
{
	struct text line = { 0 };

	quote_shell_words(&line, words);
	AUTO_FREE char *written = text_take(&line);
	return put_supervisor(out, written);
}

struct err *quote_supervisor_env(struct text *out, const char *const *env)
{
	for (size_t i = 0; env[i]; i++) {
		const char *value = strchr(env[i], '=');
		if (!value)
			return err_new(ERR_RECIPE, "'%s' is not KEY=VALUE", env[i]);
		char mark = strchr(value, '"') ? '\'' : '"';
		size_t len = strlen(++value);
		if (strchr(value, mark) || (len && (strchr("'\"", *value) || strchr("'\"", value[len - 1]))))
			return err_new(ERR_RECIPE,
				       "supervisor cannot be given quotes at the ends of a value, nor both "
				       "kinds: %s",
				       env[i]);
		AUTO_FREE char *pair = mem_printf("%s%.*s%c%s%c", i ? "," : "", (int)(value - env[i]), env[i],
						  mark, value, mark);
		TRY(put_supervisor(out, pair));
	}
	return NULL;
}
