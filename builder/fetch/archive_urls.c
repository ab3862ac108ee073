/* SPDX-License-Identifier: MIT */
/* Makes the URLs of an archive's file on its mirrors. */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "fetch/archive.h"

/* Percent-encodes a path for a URL. */
static void put_path(struct text *t, const char *path)
{
	for (; *path; path++)
		if (strchr("%?# ", *path))
			text_printf(t, "%%%02X", (unsigned char)*path);
		else
			text_add(t, path, 1);
}

static const struct source *find(const struct sources *src, const char *name)
{
	for (size_t i = 0; i < src->count; i++)
		if (!strcmp(src->items[i].name, name))
			return &src->items[i];
	return NULL;
}

const char *const *archive_urls(struct arena *a, const struct sources *src, const char *archive,
				const char *filename)
{
	const struct source *found = find(src, archive);
	size_t count = 0;

	while (found && found->mirrors[count])
		count++;
	const char **urls = arena_new(a, (count + 1) * sizeof *urls);
	for (size_t m = 0; m < count; m++) {
		AUTO_TEXT struct text url = { 0 };
		text_printf(&url, "%s/", found->mirrors[m]);
		put_path(&url, filename);
		urls[m] = arena_dup(a, url.bytes, url.len);
	}
	return urls;
}
