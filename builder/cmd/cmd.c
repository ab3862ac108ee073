/* SPDX-License-Identifier: MIT */
#include "cmd/cmd.h"

#include <stdlib.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

const struct cmd *const cmd_all[] = {
	&cmd_init, &cmd_check, &cmd_plan, &cmd_lock, &cmd_build, &cmd_run, &cmd_verify, &cmd_clean, &cmd_schema, &cmd_completion, NULL,
};

struct err *cmd_find(const char *name, const struct cmd **ret)
{
	const char *names[COUNT(cmd_all)];
	size_t count = 0;

	for (const struct cmd *const *c = cmd_all; *c; c++) {
		if (!strcmp((*c)->name, name)) {
			*ret = *c;
			return NULL;
		}
		names[count++] = (*c)->name;
	}
	const char *near = text_nearest(name, names, count);
	return err_new(ERR_USAGE, near ? "no command '%s': did you mean '%s'?" : "no command '%s': see 'mkbench help'", name, near);
}

static bool holds_services(const char *folder)
{
	AUTO_FREE char *probe = mem_printf("%s/services/frameworks", folder);

	return !access(probe, F_OK);
}

struct err *cmd_share(char **ret)
{
	static const char *const beside[] = { "/../share/mkbench", "/../..", "/.." };
	const char *named = getenv("MKBENCH_SHARE");
	AUTO_FREE char *home = file_program_folder();

	if (named && *named) {
		*ret = mem_dup(named);
		return holds_services(named) ? NULL : err_new(ERR_USAGE, "$MKBENCH_SHARE, which is %s, holds no services/frameworks", named);
	}
	for (size_t i = 0; i < COUNT(beside); i++) {
		AUTO_FREE char *folder = mem_printf("%s%s", home, beside[i]);
		if (holds_services(folder) && (*ret = realpath(folder, NULL)))
			return NULL;
	}
	return err_new(ERR_USAGE, "there is no services/frameworks for %s/mkbench, neither above it nor in ../share/mkbench: "
		       "leave the program in its tree, or set MKBENCH_SHARE to that", home);
}
