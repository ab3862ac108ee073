/* SPDX-License-Identifier: MIT */
#include "service/rootfs_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "service/dirs_and_links.h"

#define MANIFEST_LIMIT (64u << 10)
#define FILE_LIMIT (1u << 20)

static struct err *read_file(struct service_set *s, const char *share, unsigned mode, const char *path)
{
	AUTO_FREE char *from = mem_printf("%s/rootfs/%s", share, path), *bytes = NULL;
	struct rootfs_file f = { .path = arena_dup(&s->arena, path, strlen(path)), .mode = mode };

	TRY(file_read(from, FILE_LIMIT, &bytes, &f.len));
	f.bytes = arena_dup(&s->arena, bytes, f.len);
	VEC_PUSH(&s->rootfs, f);
	return NULL;
}

/* One line: an octal mode, a space, a path in the image; or a comment. */
static struct err *read_line(struct service_set *s, const char *share, const char *line, unsigned number)
{
	char *end;
	unsigned long mode = strtoul(line, &end, 8);

	if (!*line || *line == '#')
		return NULL;
	if (end == line || *end != ' ' || mode > 0777 || end[1] == '/' || !end[1])
		return err_new(
			ERR_RECIPE,
			"rootfs/manifest:%u:1: a line is a mode and a path, such as '0644 usr/share/x'",
			number);
	AUTO_FREE char *path = mem_printf("/%s", end + 1);
	const char *why = dirs_and_links_refused(path);
	if (why)
		return err_new(ERR_RECIPE, "rootfs/manifest:%u:1: '%s' %s", number, path, why);
	TRY_AS(read_file(s, share, (unsigned)mode, end + 1), "rootfs/manifest:%u", number);
	return NULL;
}

struct err *rootfs_files_read(struct service_set *s, const char *share)
{
	AUTO_FREE char *path = mem_printf("%s/rootfs/manifest", share), *bytes = NULL;
	size_t len;
	unsigned number = 1;

	TRY(file_read(path, MANIFEST_LIMIT, &bytes, &len));
	for (char *line = bytes, *next; line; line = next, number++) {
		if ((next = strchr(line, '\n')))
			*next++ = 0;
		TRY(read_line(s, share, line, number));
	}
	return NULL;
}
