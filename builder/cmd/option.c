/* SPDX-License-Identifier: MIT */
#include "cmd/option.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/cmd.h"

static bool events;

bool option_events(void)
{
	return events;
}

struct err *option_style(const char *word, enum progress_style *ret)
{
	static const char *const words[] = {
		[PROGRESS_AUTO] = "auto", [PROGRESS_BAR] = "bar",     [PROGRESS_PLAIN] = "plain",
		[PROGRESS_JSON] = "json", [PROGRESS_QUIET] = "quiet",
	};

	for (size_t i = 0; i < COUNT(words); i++)
		if (!strcmp(words[i], word)) {
			*ret = (enum progress_style)i;
			events = i == PROGRESS_JSON;
			return NULL;
		}
	return err_new(ERR_USAGE, "--progress takes auto, bar, plain, json or quiet, not '%s'", word);
}

static bool is_letter(int id)
{
	return id < OPTION_PROGRESS;
}

static const struct option_row *row_of(const struct cmd *c, int id)
{
	for (const struct option_row *row = c->options; row && row->name; row++)
		if (row->id == id)
			return row;
	return NULL;
}

/* The command's table in getopt_long's form. */
struct reader {
	struct {
		struct option *items;
		size_t count, room;
	} longs;
	struct text shorts;
};

static void reader_open(const struct cmd *c, struct reader *r)
{
	*r = (struct reader){ 0 };
	text_put(&r->shorts, ":");
	for (const struct option_row *row = c->options; row && row->name; row++) {
		VEC_PUSH(&r->longs, (struct option){ row->name, row->value ? required_argument : no_argument,
						     NULL, row->id });
		if (is_letter(row->id))
			text_printf(&r->shorts, "%c%s", row->id, row->value ? ":" : "");
	}
	VEC_PUSH(&r->longs, (struct option){ 0 });
}

static void reader_close(struct reader *r)
{
	free(r->longs.items);
	text_done(&r->shorts);
}

static struct err *unknown(const struct cmd *c, const char *word)
{
	struct {
		const char **items;
		size_t count, room;
	} names = { 0 };
	AUTO_FREE char *name = mem_ndup(word, strcspn(word, "="));

	for (const struct option_row *row = c->options; row && row->name; row++)
		VEC_PUSH(&names, row->name);
	for (const struct option_row *row = c->acts; row && row->name; row++) {
		VEC_PUSH(&names, row->name);
		if (text_starts(name, "--") && !strcmp(name + 2, row->name)) {
			free(names.items);
			return err_new(ERR_USAGE, "%s stands first, and alone: mkbench %s %s%s%s", name,
				       c->name, name, row->value ? " " : "", row->value ? row->value : "");
		}
	}
	const char *near = text_starts(name, "--") ? text_nearest(name + 2, names.items, names.count) : NULL;
	free(names.items);
	if (near)
		return err_new(ERR_USAGE, "%s has no option '%s': did you mean '--%s'?", c->name, name, near);
	return err_new(ERR_USAGE, "%s has no option '%s': see 'mkbench help %s'", c->name, name, c->name);
}

/* Explains what getopt_long refused: word is where it stopped, answer ':' or '?'. */
static struct err *refused(const struct cmd *c, int answer, const char *word)
{
	const struct option_row *row = optopt ? row_of(c, optopt) : NULL;
	const char short_word[] = { '-', (char)optopt, '\0' };

	if (answer == ':' && row)
		return err_new(ERR_USAGE, "--%s needs a value: --%s %s", row->name, row->name, row->value);
	if (row)
		return err_new(ERR_USAGE, "--%s takes no value", row->name);
	return unknown(c, optopt && !text_starts(word, "--") ? short_word : word);
}

/* Catches a forgotten value: getopt would take the next option for it. */
static struct err *check_value(const struct cmd *c, const struct option_row *row, const char *value)
{
	if (value && text_starts(value, "--"))
		for (const struct option_row *other = c->options; other->name; other++)
			if (!strcmp(other->name, value + 2))
				return err_new(ERR_USAGE,
					       "--%s needs a value (%s), but '%s' is an option: write "
					       "--%s=%s if that is the value",
					       row->name, row->value, value, row->name, value);
	return NULL;
}

static struct err *read_all(const struct cmd *c, const struct reader *r, int argc, char **argv,
			    option_taker *take, void *wishes)
{
	opterr = 0;
	optind = 0;
	for (int id; (id = getopt_long(argc, argv, r->shorts.bytes, r->longs.items, NULL)) != -1;) {
		const struct option_row *row = row_of(c, id);
		if (!row)
			return refused(c, id, argv[optind - 1]);
		if (optarg && optarg == argv[optind - 1])
			TRY(check_value(c, row, optarg));
		TRY(take(wishes, id, optarg ? optarg : ""));
	}
	return NULL;
}

/* "OLD NEW" is two operands, "FILE..." any number, "FILE... NAME" two or more; those in brackets are
 * optional. */
static struct err *take_operands(const struct cmd *c, int argc, char **argv, const char **ret)
{
	bool must = c->operand && c->operand[0] != '[', two = c->operand && strchr(c->operand, ' ');
	bool many = c->operand && strstr(c->operand, "...");
	int most = two ? 2 : c->operand ? 1 : 0, count = argc - optind;

	for (int i = 0; i < most || !i; i++)
		ret[i] = i < count ? argv[optind + i] : NULL;
	if (must && count < most)
		return err_new(ERR_USAGE, "%s needs %s, %s: see 'mkbench help %s'", c->name,
			       two  ? many ? "two words or more" : "two words" :
			       many ? "one word or more" :
				      "one word",
			       c->operand, c->name);
	if (count > most && !many)
		return err_new(ERR_USAGE, "%s: unexpected argument '%s': see 'mkbench help %s'", c->name,
			       argv[optind + most], c->name);
	return NULL;
}

char *const *option_words(int argc, char **argv)
{
	(void)argc;
	return argv + optind; /* getopt has moved them behind the options; argv ends with NULL */
}

struct err *option_read(const struct cmd *c, int argc, char **argv, option_taker *take, void *wishes,
			const char **ret_operand)
{
	struct reader r;

	reader_open(c, &r);
	struct err *e = read_all(c, &r, argc, argv, take, wishes);
	reader_close(&r);
	return e ? e : take_operands(c, argc, argv, ret_operand);
}

static struct err *take_common(void *wishes, int id, const char *value)
{
	struct option_set *o = wishes;

	switch (id) {
	case OPTION_PROGRESS: return option_style(value, &o->style);
	case OPTION_WHY: o->why = value; return NULL;
	case OPTION_OUTPUT: o->folder = value; return NULL;
	case OPTION_ALL: o->all = true; return NULL;
	case OPTION_NO_PUSH: o->no_push = true; return NULL;
	case OPTION_BUILT: o->built = true; return NULL;
	default: return err_new(ERR_USAGE, "an option that nobody takes");
	}
}

struct err *option_set_read(const struct cmd *c, int argc, char **argv, struct option_set *ret)
{
	*ret = (struct option_set){ .folder = "." };
	return option_read(c, argc, argv, take_common, ret, &ret->recipe);
}
