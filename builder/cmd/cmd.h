/* Every subcommand is one row of main.c and one file here. */
#pragma once
#include "base/err.h"

struct cmd {
	const char *name, *args, *help;
	struct err *(*run)(int argc, char **argv); /* argv[0] is the command's own name */
};

struct err *cmd_init(int argc, char **argv);
struct err *cmd_check(int argc, char **argv);
/* recipe_read for a person: what is wrong is printed to standard error, the error counts it.
 * ret is the caller's to end with recipe_done in any case. */
struct recipe;
struct err *cmd_check_recipe(const char *path, struct recipe *ret) MUST_CHECK;
/* Builds as cmd_build does, without its report. ret_path: the first output, the caller's to free. */
struct option_set;
struct err *cmd_build_image(const struct option_set *o, char **ret_path) MUST_CHECK;
struct err *cmd_run(int argc, char **argv);
/* What the last word of run and verify names: an image, or a recipe whose first output is built. The caller's to free. */
struct err *cmd_run_image(const struct option_set *o, char **ret_path) MUST_CHECK;
struct err *cmd_verify(int argc, char **argv);
struct err *cmd_schema(int argc, char **argv);
struct err *cmd_plan(int argc, char **argv);
struct err *cmd_lock(int argc, char **argv);
struct err *cmd_build(int argc, char **argv);
struct err *cmd_clean(int argc, char **argv);

/* The folder that holds services/, rootfs/ and recipes/: $MKBENCH_SHARE, the source
 * tree, or PREFIX/share/mkbench. The caller's to free. */
char *cmd_share(void);
