/* SPDX-License-Identifier: MIT */
#include "build/share.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

static bool holds_services(const char *folder)
{
	AUTO_FREE char *probe = mem_printf("%s/services/frameworks", folder);

	return !access(probe, F_OK);
}

struct err *share_folder(char **ret)
{
	static const char *const beside[] = { "/../share/mkbench", "/../..", "/.." };
	const char *named = getenv("MKBENCH_SHARE");
	AUTO_FREE char *home = file_program_folder();

	if (named && *named) {
		*ret = mem_dup(named);
		return holds_services(named) ?
			       NULL :
			       err_new(ERR_USAGE, "$MKBENCH_SHARE, which is %s, holds no services/frameworks",
				       named);
	}
	for (size_t i = 0; i < COUNT(beside); i++) {
		AUTO_FREE char *folder = mem_printf("%s%s", home, beside[i]);
		if (holds_services(folder) && (*ret = realpath(folder, NULL)))
			return NULL;
	}
	return err_new(
		ERR_USAGE,
		"services/frameworks is missing: it is neither above %s nor in ../share/mkbench: leave the "
		"program in its tree, or set MKBENCH_SHARE to the folder that holds services",
		home);
}
