/* SPDX-License-Identifier: MIT */
/* Trees that the store keeps as folders. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/inside.h"

/* The root is in a folder of ours, whose times are when it was kept and when it was last used; the root's own
 * times and owners belong to the image. */
static char *path_of(const struct store *s, const struct digest *key)
{
	char hex[DIGEST_HEX];

	return mem_printf("%s/trees/%s/root", s->path, digest_hex(key, hex));
}

char *store_tree_find(const struct store *s, const struct digest *key)
{
	AUTO_FREE char *root = path_of(s, key);
	AUTO_FREE char *folder = mem_ndup(root, strlen(root) - strlen("/root"));
	struct stat st;

	return store_note_use(s, folder) && !lstat(root, &st) ? TAKE(root) : NULL;
}

struct err *store_tree_keep(struct store *s, const struct digest *key, const char *work_path, char **ret_path)
{
	AUTO_FREE char *root = path_of(s, key);
	AUTO_FREE char *folder = mem_ndup(root, strlen(root) - strlen("/root"));

	TRY(file_make_folder(folder, 0755));
	if (rename(work_path, root) < 0) {
		if (errno != EEXIST && errno != ENOTEMPTY)
			return err_errno(errno, "keep %s as %s", work_path, root);
		TRY(file_remove_tree(work_path));
	}
	*ret_path = TAKE(root);
	return NULL;
}
