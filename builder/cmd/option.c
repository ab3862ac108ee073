#include "cmd/option.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

struct row {
	const char *name;
	unsigned bit;
	bool value;
};

static const struct row rows[] = {
	{ "--progress", OPTION_PROGRESS, true }, { "--why", OPTION_WHY, true }, { "--output", OPTION_OUTPUT, true },
	{ "-o", OPTION_OUTPUT, true },           { "--all", OPTION_CLEAN, false }, { "--built", OPTION_CLEAN, false },
};

struct err *option_style(const char *word, enum progress_style *ret)
{
	static const char *const words[] = {
		[PROGRESS_AUTO] = "auto", [PROGRESS_BAR] = "bar", [PROGRESS_PLAIN] = "plain", [PROGRESS_JSON] = "json",
		[PROGRESS_QUIET] = "quiet",
	};

	for (size_t i = 0; i < COUNT(words); i++)
		if (!strcmp(words[i], word)) {
			*ret = (enum progress_style)i;
			return NULL;
		}
	return err_new(ERR_USAGE, "--progress takes auto, bar, plain, json or quiet, not '%s'", word);
}

static struct err *store_value(const struct row *row, const char *value, struct option_set *o)
{
	switch (row->bit) {
	case OPTION_PROGRESS:
		return option_style(value, &o->style);
	case OPTION_WHY:
		o->why = value;
		return NULL;
	case OPTION_OUTPUT:
		o->folder = value;
		return NULL;
	default:
		*(strcmp(row->name, "--all") ? &o->built : &o->all) = true;
		return NULL;
	}
}

/* The row of an option this command takes; *ret_value is what follows its '='. */
static const struct row *match(const char *word, unsigned bits, const char **ret_value)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t len = strlen(rows[i].name);
		if (!(rows[i].bit & bits) || strncmp(word, rows[i].name, len) || (word[len] && word[len] != '='))
			continue;
		*ret_value = word[len] ? word + len + 1 : NULL;
		return &rows[i];
	}
	return NULL;
}

struct err *option_read(int argc, char **argv, unsigned bits, struct option_set *ret)
{
	*ret = (struct option_set){ .folder = "." };
	for (int i = 1; i < argc; i++) {
		const char *value = NULL;
		const struct row *row = match(argv[i], bits, &value);
		if (!row && argv[i][0] == '-' && argv[i][1])
			return err_new(ERR_USAGE, "%s has no option '%s': see 'mkbench help %s'", argv[0], argv[i], argv[0]);
		if (!row && (ret->recipe || bits & OPTION_CLEAN))
			return err_new(ERR_USAGE, "%s: '%s' is one word too many", argv[0], argv[i]);
		if (!row) {
			ret->recipe = argv[i];
			continue;
		}
		if (row->value && !value)
			value = i + 1 < argc ? argv[++i] : NULL;
		if (row->value ? !value : value != NULL)
			return err_new(ERR_USAGE, "%s %s", row->name, row->value ? "wants a value" : "takes no value");
		TRY(store_value(row, value, ret));
	}
	if (!ret->recipe && !(bits & OPTION_CLEAN))
		return err_new(ERR_USAGE, "%s wants a recipe, such as recipes/demo.yml", argv[0]);
	return NULL;
}
