/* SPDX-License-Identifier: MIT */
/* The stacked folders that form a step's root. */
#include <errno.h>
#include <string.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "layer/layer_set.h"
#include "layer/sandbox/sandbox_host.h"

struct digest layer_root_key(const char *kind, const struct digest *key)
{
	struct digest_run *run = digest_start();
	char map[256];

	sandbox_host_map(map);
	digest_feed_word(run, kind);
	digest_feed(run, key->bytes, sizeof key->bytes);
	digest_feed_word(run, map);
	return digest_finish(run);
}

void layer_root_push(struct layer_root *r, const char *folder)
{
	memmove(r->lowers + 1, r->lowers, sizeof r->lowers - 2 * sizeof *r->lowers);
	r->lowers[0] = mem_dup(folder);
}

void layer_root_over(struct layer_root *r, const struct layer_root *more)
{
	size_t count = 0;

	while (more->lowers[count])
		count++;
	while (count)
		layer_root_push(r, more->lowers[--count]);
}

void layer_root_top(const struct layer_root *r, struct layer_root *ret)
{
	layer_root_push(ret, r->lowers[0]);
}

void layer_root_done(struct layer_root *r)
{
	for (size_t i = 0; r->lowers[i]; i++)
		free((char *)r->lowers[i]);
	*r = (struct layer_root){ 0 };
}

struct err *layer_root_read(const struct layer_root *r, const char *path, char **ret)
{
	for (const char *const *lower = r->lowers; *lower; lower++) {
		AUTO_FREE char *file = mem_printf("%s/%s", *lower, path);
		size_t len;
		struct stat st;
		if (!lstat(file, &st))
			return file_read(file, 64u << 20, ret, &len);
	}
	return err_errno(ENOENT, "/%s", path);
}

void layer_root_add_parents(const struct layer_root *r, struct tree *t, int64_t mtime)
{
	tree_add_parents(t, NULL, -1);
	for (size_t i = 0; i < t->count; i++) {
		struct entry *e = &t->items[i];
		if (e->mtime != -1)
			continue;
		e->mtime = mtime;
		for (const char *const *lower = r->lowers; *lower; lower++) {
			AUTO_FREE char *folder = mem_printf("%s/%s", *lower, e->path);
			struct stat st;
			if (lstat(folder, &st) < 0 || !S_ISDIR(st.st_mode))
				continue;
			e->mode = st.st_mode & 07777;
			e->uid = st.st_uid;
			e->gid = st.st_gid;
			e->mtime = st.st_mtime;
			break;
		}
	}
}
