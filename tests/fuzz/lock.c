/* SPDX-License-Identifier: MIT */
/* A lock of any bytes: read, and what was read written and read again. */
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "recipe/lock.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void put(const char *path, const uint8_t *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		abort();
	close(fd);
}

static char *copy(const char *from, const char *to)
{
	struct lock l;
	bool found;
	char *text = NULL;
	size_t text_len;
	struct err *e = lock_read(from, &l, &found);

	if (!found)
		abort();
	if (!e && (lock_write(to, &l) || file_read(to, 64u << 20, &text, &text_len)))
		abort();
	if (e) {
		AUTO_FREE char *why = err_text(e);
		if (err_kind(e) != ERR_RECIPE || strchr(why, '\n'))
			abort();
	}
	err_free(e);
	lock_done(&l);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO_FREE char *path = mem_printf("/dev/shm/mkbench-fuzz.%d", (int)getpid()),
		       *out = mem_printf("%s.out", path);

	put(path, bytes, len);
	AUTO_FREE char *once = copy(path, out);
	if (once) {
		AUTO_FREE char *twice = copy(out, out);
		if (!twice || strcmp(once, twice))
			abort();
		unlink(out);
	}
	unlink(path);
	return 0;
}
