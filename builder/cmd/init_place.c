/* SPDX-License-Identifier: MIT */
#include "cmd/init_place.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

bool init_place_is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

char *init_place_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return mem_ndup(path, slash ? (size_t)(slash + 1 - path) : 0);
}

char *init_place_beside(const char *app)
{
	AUTO_FREE char *path = mem_dup(app);

	for (size_t len = strlen(path); len > 1 && path[len - 1] == '/'; len--)
		path[len - 1] = '\0';
	const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;
	if (!strcmp(path, "."))
		return mem_dup("../");
	return !strcmp(last, ".") || !strcmp(last, "..") ? mem_printf("%s/../", path) : init_place_of(path);
}

bool init_place_is_bare(const char *folder)
{
	AUTO_FREE char *head = mem_printf("%s/HEAD", folder), *objects = mem_printf("%s/objects", folder),
		       *refs = mem_printf("%s/refs", folder);

	return !access(head, F_OK) && init_place_is_folder(objects) && init_place_is_folder(refs);
}

struct err *init_place_refuse(bool from, const char *word)
{
	static const char *const archives[] = { ".tar", ".gz", ".tgz", ".xz", ".bz2", ".zst", ".zip" };
	AUTO_FREE char *apps = mem_printf("%s/sites/apps.txt", word);
	struct stat st;

	for (size_t i = 0; i < COUNT(archives); i++)
		if (text_ends(word, archives[i]) && !init_place_is_folder(word))
			return err_new(ERR_USAGE,
				       "init: an archive goes into a recipe as an app's 'archive:' (URL) and "
				       "'sha256:'; unpack a local archive and name its folder");
	if (!from && !access(apps, F_OK))
		return err_new(ERR_USAGE,
			       "init: %s is a bench: mkbench init --from %s NAME makes a recipe of it", word,
			       word);
	if (text_ends(word, ".json") && !stat(word, &st) && S_ISREG(st.st_mode))
		return err_new(ERR_USAGE, "init: %s is no recipe: a list of apps is given as --apps-json %s",
			       word, word);
	return NULL;
}
