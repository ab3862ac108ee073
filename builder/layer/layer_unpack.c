/* SPDX-License-Identifier: MIT */
/* Unpacks the packages' merged tree to disk. */
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "layer/deb/extract.h"
#include "layer/layer_set.h"

struct err *layer_unpack(const struct layer_set *s, struct layer_root *root)
{
	struct digest key = layer_root_key("unpacked", &s->key);
	struct store *store = s->request.store;
	AUTO_CLOSE int lock = -1;
	bool found;

	TRY(store_lock_key(store, &key, &lock));
	TRY(layer_work_find(store, &key, root, NULL, &found));
	if (found)
		return NULL;
	AUTO_FREE char *folder = NULL, *path = NULL;
	TRY(store_work_folder(store, "unpack", &folder));
	struct err *e = extract_tree(store, &s->whole, folder);
	if (!e)
		e = store_tree_keep(store, &key, folder, &path);
	if (e) {
		e = store_blame_disk(store, e);
		err_free(file_remove_tree(folder));
		return e;
	}
	layer_root_push(root, path);
	return NULL;
}
