/* SPDX-License-Identifier: MIT */
#include "base/given_file.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

struct err *given_file_check(const char *path)
{
	const char *shown = *path ? path : "''";
	struct stat st;

	if (stat(path, &st) == 0 && access(path, S_ISDIR(st.st_mode) ? R_OK | X_OK : R_OK) == 0)
		return NULL;
	if (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG)
		return err_new(ERR_USAGE, "%s: there is no such file", shown);
	return err_errno(errno, "%s", shown);
}
