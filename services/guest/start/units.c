/* SPDX-License-Identifier: MIT */
#include "start/units.h"

#include <string.h>

#include "base/child.h"
#include "base/mem.h"

struct err *units_failed(struct text *t)
{
	static const char *const argv[] = {
		"systemctl", "--failed", "--plain", "--no-legend", "--no-pager", NULL,
	};
	AUTO_FREE char *lines = NULL;
	int status = 0;

	TRY(child_run(&(struct child){ .argv = argv, .limit_seconds = 15 }, &lines, NULL, &status));
	if (status)
		return err_new(ERR_SYSTEM, "systemctl ended with status %d: %.*s", status,
			       (int)strcspn(lines, "\n"), lines);
	char *rest = lines;
	for (char *line; (line = strsep(&rest, "\n"));)
		if (*line)
			text_printf(t, " %.*s", (int)strcspn(line, " "), line);
	return NULL;
}
