/* SPDX-License-Identifier: MIT */
#include "base/named_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"

char *named_file_target(const char *path, bool *ret_stream)
{
	struct stat st;
	char *target = realpath(path, NULL);

	*ret_stream = !stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
	if (target && !*ret_stream)
		return target;
	free(target);
	return mem_dup(path);
}

struct err *named_file_write(const char *path, const void *bytes, size_t len, mode_t mode)
{
	bool stream;
	AUTO_FREE char *target = named_file_target(path, &stream);

	if (!stream)
		return file_write(target, bytes, len, mode);
	AUTO_CLOSE int fd = open(target, O_WRONLY | O_CLOEXEC);
	return fd < 0 ? err_errno(errno, "%s", path) : file_write_all(fd, bytes, len, path);
}
