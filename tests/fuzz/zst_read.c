/* SPDX-License-Identifier: MIT */
/* A compressed disk of any bytes: read as the library reads it in one go, or refused. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "base/file.h"
#include "base/mem.h"
#include "disk/zst.h"

#define LIMIT (8u << 20) /* of what is compared */

static void compare(int fd, const uint8_t *bytes, size_t len)
{
	AUTO_FREE char *ours = mem_new(LIMIT), *theirs = mem_new(LIMIT);
	struct stat st;
	size_t size = ZSTD_decompress(theirs, LIMIT, bytes, len);

	if (fstat(fd, &st) < 0)
		abort();
	if (st.st_size > LIMIT)
		return;
	if (ZSTD_isError(size) || size != (size_t)st.st_size || pread(fd, ours, size, 0) != (ssize_t)size ||
	    memcmp(ours, theirs, size))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO_CLOSE int from = memfd_create("zst", MFD_CLOEXEC), to = memfd_create("raw", MFD_CLOEXEC);

	if (from < 0 || to < 0 || write(from, bytes, len) != (ssize_t)len || lseek(from, 0, SEEK_SET) < 0)
		abort();
	struct err *e = zst_read(from, to);
	if (!e)
		compare(to, bytes, len);
	err_free(e);
	return 0;
}
