/* SPDX-License-Identifier: MIT */
/* The index of a pack, damaged in any way: read or refused. The bytes are those of the
 * index before it is compressed; frame and footer (pack_index.h) are made around them. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include "base/file.h"
#include "base/mem.h"
#include "layer/deb/cached_package_index.h"

#define DATA_BYTES 4096

static void check(const struct cached_package *p)
{
	for (size_t i = 0; i < p->tree.count; i++) {
		const struct entry *e = &p->tree.items[i];
		(void)strlen(e->path);
		if (e->kind >= ENTRY_WHITEOUT || (e->link && !*e->link))
			abort();
		if (e->kind == ENTRY_FILE &&
		    (e->content.offset > DATA_BYTES || e->size_bytes > DATA_BYTES - e->content.offset))
			abort();
	}
	for (size_t i = 0; i < p->member_count; i++)
		if (p->members[i].bytes[p->members[i].len])
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO_CLOSE int fd = memfd_create("pack", MFD_CLOEXEC);
	AUTO_FREE char *packed = mem_new(ZSTD_compressBound(len));
	size_t packed_len = ZSTD_compress(packed, ZSTD_compressBound(len), bytes, len, 1);
	uint64_t footer[4] = { 0, DATA_BYTES, packed_len, len };
	struct cached_package p = { 0 };

	if (fd < 0 || write(fd, packed, packed_len) != (ssize_t)packed_len ||
	    write(fd, footer, sizeof footer) != sizeof footer || write(fd, PACK_FORMAT, 8) != 8)
		return 0;
	struct err *e = cached_package_index_read(fd, packed_len + sizeof footer + 8, &p);
	if (!e)
		check(&p);
	err_free(e);
	arena_done(&p.arena);
	tree_done(&p.tree);
	return 0;
}
