/* SPDX-License-Identifier: MIT */
#include "lib/sysfile.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

char *sysfile_read(const char *path, size_t *ret_len)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct text t = { 0 };
	char bytes[4096];
	ssize_t n;

	while (fd >= 0 && (n = read(fd, bytes, sizeof bytes)) > 0)
		text_add(&t, bytes, (size_t)n);
	if (ret_len)
		*ret_len = t.len;
	return text_take(&t);
}
