/* SPDX-License-Identifier: MIT */
#include "image/tar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct ustar {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100];
	char magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct ustar) == TAR_BLOCK, "a ustar header is one block");

static const char types[] = {
	[ENTRY_FILE] = '0',  [ENTRY_HARDLINK] = '1', [ENTRY_SYMLINK] = '2', [ENTRY_CHAR] = '3',
	[ENTRY_BLOCK] = '4', [ENTRY_FOLDER] = '5',   [ENTRY_FIFO] = '6',
};

unsigned tar_padding(uint64_t size_bytes)
{
	return (unsigned)(-size_bytes % TAR_BLOCK);
}

/* Adds one pax record, "LENGTH KEY=VALUE\n": the length includes its own digits. */
static void record(struct text *out, const char *key, const char *value)
{
	size_t bare = strlen(key) + strlen(value) + 3, len = bare, before;

	do {
		before = len;
		len = bare + (size_t)snprintf(NULL, 0, "%zu", before);
	} while (len != before);
	text_printf(out, "%zu %s=%s\n", len, key, value);
}

/* Writes octal digits and a NUL. A number that does not fit goes to a record, and 0 is written here. */
static void number(char *field, size_t room, uint64_t value, const char *key, struct text *records)
{
	if (value >> 3 * (room - 1)) {
		char decimal[24];
		snprintf(decimal, sizeof decimal, "%ju", (uintmax_t)value);
		record(records, key, decimal);
		value = 0;
	}
	for (size_t i = room - 1; i-- > 0; value >>= 3)
		field[i] = (char)('0' + (value & 7));
}

static void word(char *field, size_t room, const char *value, const char *key, struct text *records)
{
	size_t len = strlen(value);

	if (len > room)
		record(records, key, value);
	memcpy(field, value, len < room ? len : room);
}

/* A long name is split at a slash: up to 155 bytes before it, up to 100 after it. */
static void name(struct ustar *h, const char *path, struct text *records)
{
	size_t len = strlen(path);
	const char *slash = len > sizeof h->name ? strchr(path + len - sizeof h->name - 1, '/') : NULL;

	if (slash && slash > path && slash[1] && (size_t)(slash - path) <= sizeof h->prefix) {
		memcpy(h->prefix, path, (size_t)(slash - path));
		path = slash + 1;
	}
	word(h->name, sizeof h->name, path, "path", records);
}

static void seal(struct ustar *h, char type)
{
	unsigned sum = 0;

	h->type = type;
	memcpy(h->magic, "ustar", 6);
	memcpy(h->version, "00", 2);
	memset(h->checksum, ' ', sizeof h->checksum);
	for (size_t i = 0; i < sizeof *h; i++)
		sum += ((const unsigned char *)h)[i];
	snprintf(h->checksum, sizeof h->checksum - 1, "%06o", sum);
}

static void pax(struct text *out, const struct text *records, int64_t mtime)
{
	static const char zeros[TAR_BLOCK];
	struct ustar h = { .name = "pax" };
	struct text none = { 0 };

	number(h.mode, sizeof h.mode, 0644, "", &none);
	number(h.uid, sizeof h.uid, 0, "", &none);
	number(h.gid, sizeof h.gid, 0, "", &none);
	number(h.size, sizeof h.size, records->len, "", &none);
	number(h.mtime, sizeof h.mtime, (uint64_t)mtime, "", &none);
	seal(&h, 'x');
	text_add(out, (const char *)&h, sizeof h);
	text_add(out, records->bytes, records->len);
	text_add(out, zeros, tar_padding(records->len));
}

void tar_header(struct text *out, const struct entry *e)
{
	struct ustar h = { 0 };
	AUTO_TEXT struct text records = { 0 };
	AUTO_FREE char *path =
		mem_printf("%s%s", *e->path ? e->path : ".", e->kind == ENTRY_FOLDER ? "/" : "");

	name(&h, path, &records);
	if (e->link && (e->kind == ENTRY_SYMLINK || e->kind == ENTRY_HARDLINK))
		word(h.link, sizeof h.link, e->link, "linkpath", &records);
	number(h.mode, sizeof h.mode, e->mode & 07777, "", &records);
	number(h.uid, sizeof h.uid, e->uid, "uid", &records);
	number(h.gid, sizeof h.gid, e->gid, "gid", &records);
	number(h.size, sizeof h.size, e->kind == ENTRY_FILE ? e->size_bytes : 0, "size", &records);
	number(h.mtime, sizeof h.mtime, (uint64_t)e->mtime, "mtime", &records);
	number(h.major, sizeof h.major, e->major, "", &records);
	number(h.minor, sizeof h.minor, e->minor, "", &records);
	if (records.len)
		pax(out, &records, e->mtime);
	seal(&h, types[e->kind]);
	text_add(out, (const char *)&h, sizeof h);
}
