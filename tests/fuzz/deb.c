/* SPDX-License-Identifier: MIT */
/* A .deb from anywhere: read whole or refused, and whatever is handed on is tidy. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "layer/deb/deb.h"

static struct err *on_member(void *arg, const char *name, uint32_t mode, const char *bytes, size_t len)
{
	(void)arg, (void)mode;
	if (strchr(name, '/') || bytes[len])
		abort();
	return NULL;
}

static struct err *on_entry(void *arg, const struct entry *e)
{
	uint64_t *left = arg;
	const char *dots = strstr(e->path, "..");

	if (*left || *e->path == '/' || strchr(e->path, '\n') || e->mode & ~07777u)
		abort();
	if (dots && (dots == e->path || dots[-1] == '/') && (!dots[2] || dots[2] == '/'))
		abort();
	*left = e->size_bytes;
	return NULL;
}

static struct err *on_bytes(void *arg, const void *bytes, size_t len)
{
	uint64_t *left = arg;

	(void)bytes;
	if (len > *left)
		abort();
	*left -= len;
	/* what a bomb unpacks to is bounded by DEB_DATA_LIMIT: no need to wait for it here */
	return *left > 64u << 20 ? err_new(ERR_BUILD, "large") : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO_CLOSE int fd = memfd_create("deb", MFD_CLOEXEC);
	uint64_t left = 0;

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) < 0)
		return 0;
	err_free(deb_read(fd, &(struct deb_sink){ &left, on_member, on_entry, on_bytes }));
	return 0;
}
