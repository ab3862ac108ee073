/* SPDX-License-Identifier: MIT */
/* The options of the commands: a table each. What is read, --help, the man page and
 * the completions are made of it. */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/progress.h"

struct option_row {
	const char *name;  /* without its dashes; NULL ends a table */
	int id;		   /* what the taker is told; a letter is a short form of it, too */
	const char *value; /* what follows: FILE and FOLDER are completed as such; NULL: nothing */
	const char *words; /* the values there are, with spaces between them, or NULL: any */
	const char *help;  /* no capital, no full stop; wrapped where it is shown */
};

/* Ids of options that several commands have; each command's own begin at OPTION_OWN. */
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
/* Stores one option's value, "" when it takes none, in what the command is to do. */
typedef struct err *option_taker(void *wishes, int id, const char *value);

/* Reads argv, whose first word is the command's name, by the command's table. *ret_operand is the one word
 * that is no option; NULL when there is none and the command needs none; of a command that takes two words it
 * is an array of them, of one that takes any number, "FILE...", the first. ERR_USAGE names the word that is
 * wrong, and the option it may stand for. */
struct err *option_read(const struct cmd *c, int argc, char **argv, option_taker *take, void *wishes,
			const char **ret_operand) MUST_CHECK;

/* All the words that are no options, NULL-terminated, part of argv: after option_read. */
char *const *option_words(int argc, char **argv);

/* What the commands take that have no wishes of their own. */
struct option_set {
	const char *recipe; /* the operand, or NULL */
	enum progress_style style;
	const char *why;    /* --why PACKAGE */
	const char *folder; /* --output; "." */
	bool all, built;
	bool no_push; /* the registries among the outputs get nothing */
};

struct err *option_set_read(const struct cmd *c, int argc, char **argv, struct option_set *ret) MUST_CHECK;
/* Whether --progress=json was given: then each line on standard error is an event, an
 * error and a recipe's problem too. */
bool option_events(void);
/* The word after --progress. */
struct err *option_style(const char *word, enum progress_style *ret) MUST_CHECK;
