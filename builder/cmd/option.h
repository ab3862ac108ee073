/* SPDX-License-Identifier: MIT */
/* The commands' options, one table each, from which parsing, --help, the manual and completions are made. */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/progress.h"

struct option_row {
	const char *name;  /* without its dashes; NULL ends a table */
	int id;		   /* passed to the taker; a letter is also its short form */
	const char *value; /* what follows it: FILE and FOLDER are completed as such; NULL: nothing */
	const char *words; /* allowed values, separated by spaces; NULL: any */
	const char *help;  /* no capital, no full stop; wrapped when shown */
};

/* Ids of options that several commands share; a command's own begin at OPTION_OWN. */
enum {
	OPTION_OUTPUT = 'o',
	OPTION_PROGRESS = 256,
	OPTION_WHY,
	OPTION_ALL,
	OPTION_BUILT,
	OPTION_UPDATE,
	OPTION_NO_PUSH,
	OPTION_OWN = 300
};

/* clang-format off */
#define OPTION_PROGRESS_ROW \
	{ "progress", OPTION_PROGRESS, "STYLE", "auto bar plain json quiet", \
	  "auto (a bar at a terminal, else plain), bar, plain, json (an event a line) or quiet, " \
	  "on standard error" }
/* clang-format on */

struct cmd;
/* Stores the value of one option ("" if it takes none) in the command's wishes. */
typedef struct err *option_taker(void *wishes, int id, const char *value);

/* Parses argv, whose first word is the command's name, by the command's table. *ret_operand is the one word
 * that is not an option; NULL if there is none and none is needed. If the command takes two operands it
 * points to an array of them, for "FILE..." to the first. ERR_USAGE names the wrong word and suggests an
 * option. */
struct err *option_read(const struct cmd *c, int argc, char **argv, option_taker *take, void *wishes,
			const char **ret_operand) MUST_CHECK;

/* All operands, NULL-terminated, as part of argv. Call after option_read. */
char *const *option_words(int argc, char **argv);

/* The options of commands that have no wishes of their own. */
struct option_set {
	const char *recipe; /* the operand, or NULL */
	enum progress_style style;
	const char *why;    /* --why PACKAGE */
	const char *folder; /* --output; "." */
	bool all, built;
	bool no_push; /* push to none of the output registries */
};

struct err *option_set_read(const struct cmd *c, int argc, char **argv, struct option_set *ret) MUST_CHECK;
/* Whether --progress=json was given. Then each line on standard error is an event, also an error or a
 * recipe's problem. */
bool option_events(void);
/* Parses the value of --progress. */
struct err *option_style(const char *word, enum progress_style *ret) MUST_CHECK;
