/* SPDX-License-Identifier: MIT */
#include "disk/sparse.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool sparse_is_zero(const void *bytes, size_t len)
{
	const uint8_t *first = bytes;

	return len && !*first && !memcmp(first, first + 1, len - 1);
}

bool sparse_in_hole(int fd, uint64_t at, uint64_t len)
{
	off_t data = lseek(fd, (off_t)at, SEEK_DATA);

	return data < 0 ? errno == ENXIO : (uint64_t)data >= at + len;
}
