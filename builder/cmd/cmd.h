/* Every subcommand is one row of main.c and one file here. */
#pragma once
#include "base/err.h"

struct cmd {
	const char *name, *args, *help;
	struct err *(*run)(int argc, char **argv); /* argv[0] is the command's own name */
};

struct err *cmd_check(int argc, char **argv);
struct err *cmd_schema(int argc, char **argv);

/* The folder that holds services/, rootfs/ and recipes/: $MKBENCH_SHARE, the source
 * tree, or PREFIX/share/mkbench. The caller's to free. */
char *cmd_share(void);
