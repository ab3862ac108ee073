/* SPDX-License-Identifier: MIT */
/* Stores the git objects of a repository. */
#include "base/file.h"
#include "base/mem.h"
#include "store/inside.h"

struct err *store_git_objects(struct store *s, const struct digest *key, char **ret_path)
{
	char hex[DIGEST_HEX];
	AUTO_FREE char *folder = mem_printf("%s/git/%s", s->path, digest_hex(key, hex));
	AUTO_FREE char *objects = mem_printf("%s/objects", folder);

	TRY(file_make_folder(objects, 0755));
	store_note_use(s, folder);
	*ret_path = TAKE(objects);
	return NULL;
}
