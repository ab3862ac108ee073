/* SPDX-License-Identifier: MIT */
/* A command of mkbench: each is one struct cmd in its own file; cmd_all lists them. */
#pragma once
#include "base/err.h"
#include "base/progress.h"

struct option_row;

struct cmd {
	const char *name, *summary;
	/* operands in the usage line, e.g. "OLD NEW"; optional ones in brackets; NULL: none */
	const char *operand;
	/* allowed values of the first operand, separated by spaces; NULL: any */
	const char *words;
	const struct option_row *options; /* cmd/option.h; NULL: none */
	/* alternative forms, such as --stop NAME, as a table; NULL: none */
	const struct option_row *acts;
	/* paragraphs separated by an empty line; wrapped when shown */
	const char *text;
	/* argv[0] is the command's name; requests for help are handled before */
	struct err *(*run)(int argc, char **argv);
};

extern const struct cmd *const cmd_all[]; /* NULL-terminated, in the order of a first use */
extern const struct cmd cmd_init, cmd_check, cmd_plan, cmd_lock, cmd_build, cmd_run, cmd_verify;
extern const struct cmd cmd_inspect, cmd_diff, cmd_upgrade, cmd_sbom;
extern const struct cmd cmd_push, cmd_sign, cmd_verify_signature;
extern const struct cmd cmd_store, cmd_clean, cmd_schema, cmd_completion;

/* Finds a command by name; ERR_USAGE suggests the nearest name. */
struct err *cmd_find(const char *name, const struct cmd **ret) MUST_CHECK;

/* recipe_read for a command: prints the problems to standard error; the returned error counts them. The
 * architecture is this machine's, whether the recipe says one or not. In any case the caller ends ret with
 * recipe_done, and its services with service_free. */
struct recipe;
struct service_set;
struct err *cmd_check_recipe(const char *path, struct recipe *ret,
			     struct service_set **ret_services) MUST_CHECK;
/* The same for a build context, from which plan, lock and build start. */
struct build_context;
struct err *cmd_check_open(struct build_context *j, const char *path, enum progress_style style) MUST_CHECK;
/* Builds like cmd_build, without its report. ret_path: the first output, the caller's to free. */
struct option_set;
struct err *cmd_build_image(const struct option_set *o, char **ret_path) MUST_CHECK;
/* The image for run and verify: the operand itself, or the first output of a recipe, built first. The
 * caller's to free. */
struct err *cmd_run_image(const struct option_set *o, char **ret_path) MUST_CHECK;
/* The store for commands that are only faster with one; NULL if there can be none. */
struct store;
void cmd_store_open(struct store **ret);
