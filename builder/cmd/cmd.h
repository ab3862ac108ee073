/* SPDX-License-Identifier: MIT */
/* Every command is one struct cmd, in a file of its own here; cmd_all lists them. */
#pragma once
#include "base/err.h"
#include "base/progress.h"

struct option_row;

struct cmd {
	const char *name, *summary;
	/* the word beside the options, or two, "OLD NEW"; in brackets when it may be left out; NULL: none */
	const char *operand;
	/* what the first of them may be, with spaces between; NULL: no fixed words */
	const char *words;
	const struct option_row *options; /* cmd/option.h; NULL: none */
	/* forms of their own, such as --stop NAME, as a table; NULL: none */
	const struct option_row *acts;
	/* paragraphs, with an empty line between them; wrapped where they are shown */
	const char *text;
	/* argv[0] is the command's own name; no word of argv asks for help */
	struct err *(*run)(int argc, char **argv);
};

extern const struct cmd *const cmd_all[]; /* NULL-terminated, in the order of a first use */
extern const struct cmd cmd_init, cmd_check, cmd_plan, cmd_lock, cmd_build, cmd_run, cmd_verify;
extern const struct cmd cmd_inspect, cmd_diff, cmd_upgrade, cmd_sbom;
extern const struct cmd cmd_push, cmd_sign, cmd_verify_signature;
extern const struct cmd cmd_store, cmd_clean, cmd_schema, cmd_completion;

/* By its name; ERR_USAGE has the nearest. */
struct err *cmd_find(const char *name, const struct cmd **ret) MUST_CHECK;

/* recipe_read for a person: what is wrong is printed to standard error, the error counts it.
 * Its architecture is this machine's, whether it was written or not.
 * ret is the caller's to end with recipe_done in any case, what its services are with service_free. */
struct recipe;
struct service_set;
struct err *cmd_check_recipe(const char *path, struct recipe *ret,
			     struct service_set **ret_services) MUST_CHECK;
/* The same, for what plan, lock and build begin with. */
struct build_context;
struct err *cmd_check_open(struct build_context *j, const char *path, enum progress_style style) MUST_CHECK;
/* Builds as cmd_build does, without its report. ret_path: the first output, the caller's to free. */
struct option_set;
struct err *cmd_build_image(const struct option_set *o, char **ret_path) MUST_CHECK;
/* What the last word of run and verify names: an image, or a recipe whose first output
 * is built. The caller's to free. */
struct err *cmd_run_image(const struct option_set *o, char **ret_path) MUST_CHECK;
/* The store for what only is quicker with one: NULL where there can be none. */
struct store;
void cmd_store_open(struct store **ret);
