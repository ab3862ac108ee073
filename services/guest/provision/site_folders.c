/* SPDX-License-Identifier: MIT */
#include "provision/site_folders.h"

#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "lib/durable.h"

/* Makes a folder and those above it: private/files needs private. */
static struct err *make_below(const struct bench *b, const char *folder, const char *below)
{
	AUTO_FREE char *path = mem_printf("%s/%s/", folder, below);
	struct stat st;

	for (char *slash = path + strlen(folder) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		if (lstat(path, &st) < 0)
			TRY(durable_folder(path, 0755, &b->user));
		else if (!S_ISDIR(st.st_mode))
			return NULL;
	}
	return NULL;
}

struct err *site_folders_make(const struct bench *b, const char *folder)
{
	struct stat st;

	if (lstat(folder, &st) < 0 || !S_ISDIR(st.st_mode))
		return NULL;
	for (const char *const *below = b->site_folders; below && *below; below++)
		TRY(make_below(b, folder, *below));
	return NULL;
}
