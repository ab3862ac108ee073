/* SPDX-License-Identifier: MIT */
/* A step's overlay: its folders in the store, and the list of its changes. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "layer/deb/extract.h"
#include "layer/layer_set.h"
#include "layer/scan.h"
#include "layer/deb/digest_cache.h"

struct err *layer_work_begin(struct store *s, const struct tree *seed, struct layer_work *ret)
{
	struct layer_work w = { 0 };
	struct err *e = store_work_folder(s, "layer", &w.folder);

	if (e)
		return e;
	w.upper = mem_printf("%s/upper", w.folder);
	w.work = mem_printf("%s/work", w.folder);
	if (mkdir(w.upper, 0755) < 0 || chmod(w.upper, 0755) < 0)
		e = err_errno(errno, "make %s", w.upper);
	if (!e && seed)
		e = extract_tree(s, seed, w.upper);
	if (!e)
		e = layer_work_renew(&w);
	if (e)
		layer_work_done(&w);
	else
		*ret = w;
	return e;
}

struct err *layer_work_renew(const struct layer_work *w)
{
	TRY(file_remove_tree(w->work));
	return mkdir(w->work, 0755) < 0 ? err_errno(errno, "make %s", w->work) : NULL;
}

static struct err *read_new(struct store *s, const struct digest *key, const char *path, struct tree *ret,
			    struct text *notes)
{
	TRY(scan_folder(path, true, ret, notes));
	return digest_cache_keep(s, key, path, ret);
}

static struct err *read_kept(struct store *s, const struct digest *key, const char *path, struct tree *ret)
{
	bool known;

	TRY(scan_folder(path, false, ret, NULL));
	TRY(digest_cache_recall(s, key, path, ret, &known));
	if (known)
		return NULL;
	tree_done(ret);
	*ret = (struct tree){ 0 };
	return read_new(s, key, path, ret, NULL);
}

struct err *layer_work_find(struct store *s, const struct digest *key, struct layer_root *root,
			    struct layer_delta *ret, bool *ret_found)
{
	AUTO_FREE char *path = store_tree_find(s, key);

	*ret_found = path != NULL;
	if (!path)
		return NULL;
	if (ret)
		ret->cached = true;
	layer_root_push(root, path);
	return ret ? read_kept(s, key, path, &ret->tree) : NULL;
}

struct err *layer_work_keep(struct store *s, const struct digest *key, struct layer_work *w,
			    struct layer_root *root, struct progress *p, struct layer_delta *ret)
{
	AUTO_FREE char *path = NULL;
	AUTO_TEXT struct text notes = { 0 };

	TRY(store_tree_keep(s, key, w->upper, &path));
	layer_root_push(root, path);
	if (ret)
		TRY(read_new(s, key, path, &ret->tree, &notes));
	if (notes.len)
		progress_note(p, "%.*s", (int)(notes.len - 1), notes.bytes);
	return NULL;
}

void layer_work_done(struct layer_work *w)
{
	if (w->folder)
		err_free(file_remove_tree(w->folder)); /* a remainder is removed by the store's next sweep */
	free(w->folder);
	free(w->upper);
	free(w->work);
	*w = (struct layer_work){ 0 };
}
