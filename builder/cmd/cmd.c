#include "cmd/cmd.h"

#include <stdlib.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

static bool holds_services(const char *folder)
{
	AUTO_FREE char *probe = mem_printf("%s/services/frameworks", folder);

	return !access(probe, F_OK);
}

char *cmd_share(void)
{
	static const char *const beside[] = { "/../share/mkbench", "/../..", "/.." };
	const char *named = getenv("MKBENCH_SHARE");

	if (named && *named)
		return mem_dup(named);
	AUTO_FREE char *home = file_program_folder();
	for (size_t i = 0; i < COUNT(beside); i++) {
		AUTO_FREE char *folder = mem_printf("%s%s", home, beside[i]);
		if (holds_services(folder)) {
			char *whole = realpath(folder, NULL);
			if (whole)
				return whole;
		}
	}
	return mem_dup(".");
}
