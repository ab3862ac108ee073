/* SPDX-License-Identifier: MIT */
#include "layer/deb/digest_cache.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/text.h"

#define LIMIT (1u << 30)

/* "INODE SECONDS.NANOSECONDS" of a folder, by its birth time; NULL if the file system has none. */
static char *identity(const char *folder)
{
	struct statx x;

	if (statx(AT_FDCWD, folder, AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, &x) < 0 ||
	    !(x.stx_mask & STATX_BTIME))
		return NULL;
	return mem_printf("%llu %lld.%u", (unsigned long long)x.stx_ino, (long long)x.stx_btime.tv_sec,
			  x.stx_btime.tv_nsec);
}

/* A record consists of a digest's bytes and a path with its NUL, in the tree's order. */
struct err *digest_cache_keep(struct store *s, const struct digest *key, const char *folder,
			      const struct tree *t)
{
	AUTO_TEXT struct text records = { 0 };
	AUTO_FREE char *who = identity(folder);
	struct digest blob;
	char hex[DIGEST_HEX];

	if (!who)
		return NULL;
	for (size_t i = 0; i < t->count; i++) {
		const struct entry *e = &t->items[i];
		if (e->kind != ENTRY_FILE)
			continue;
		text_add(&records, (const char *)e->sha256.bytes, sizeof e->sha256.bytes);
		text_add(&records, e->path, strlen(e->path) + 1);
	}
	TRY(store_put(s, records.bytes ? records.bytes : "", records.len, &blob));
	AUTO_FREE char *line = mem_printf("%s %s", digest_hex(&blob, hex), who);
	return store_ref_write(s, "sums", key, line);
}

/* Returns false if the records belong to other files. */
static bool fill(struct tree *t, const char *bytes, size_t len)
{
	size_t at = 0;

	for (size_t i = 0; i < t->count; i++) {
		struct entry *e = &t->items[i];
		if (e->kind != ENTRY_FILE)
			continue;
		size_t size = sizeof e->sha256.bytes + strlen(e->path) + 1;
		if (size > len - at ||
		    memcmp(bytes + at + sizeof e->sha256.bytes, e->path, strlen(e->path) + 1))
			return false;
		memcpy(e->sha256.bytes, bytes + at, sizeof e->sha256.bytes);
		at += size;
	}
	return at == len;
}

struct err *digest_cache_recall(struct store *s, const struct digest *key, const char *folder, struct tree *t,
				bool *ret_known)
{
	AUTO_FREE char *line = NULL, *who = identity(folder), *bytes = NULL;
	struct digest blob;
	size_t len = 0;

	*ret_known = false;
	TRY(store_ref_read(s, "sums", key, &line));
	char *known = line ? strchr(line, ' ') : NULL;
	if (!known || !who || strcmp(known + 1, who))
		return NULL;
	*known = '\0';
	if (!digest_parse(line, &blob) || !store_has(s, &blob))
		return NULL;
	TRY(store_read(s, &blob, LIMIT, &bytes, &len));
	*ret_known = fill(t, bytes, len);
	return NULL;
}
