/* SPDX-License-Identifier: MIT */
/* Writes a tree as the tar of a layer. */
#include "image/image.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "image/content.h"
#include "image/gzip.h"
#include "image/tar.h"

#define WHITEOUT ".wh." /* image-spec, layer.md, "Whiteouts" */
#define OPAQUE ".wh..wh..opq"

static const char zeros[TAR_END];

struct pour {
	struct gzip *gzip;
	struct content_source content;
	int64_t epoch;
	const struct image_pour_watch *watch;
};

static struct err *pour_content(struct pour *p, const struct entry *e)
{
	for (uint64_t offset = 0; offset < e->size_bytes;) {
		size_t len;
		void *room = gzip_room(p->gzip, &len);
		if (e->size_bytes - offset < len)
			len = (size_t)(e->size_bytes - offset);
		TRY(content_read(&p->content, e, offset, room, len));
		if (p->watch)
			p->watch->bytes(p->watch->state, room, len);
		TRY(gzip_filled(p->gzip, len));
		offset += len;
	}
	return gzip_feed(p->gzip, zeros, tar_padding(e->size_bytes));
}

int64_t image_pour_time(const struct entry *e, int64_t epoch)
{
	int64_t most = e->mtime > epoch ? epoch : e->mtime;

	return most < 0 ? 0 : most;
}

static struct err *pour_header(struct pour *p, struct entry e)
{
	AUTO_TEXT struct text header = { 0 };

	e.mtime = image_pour_time(&e, p->epoch);
	tar_header(&header, &e);
	return gzip_feed(p->gzip, header.bytes, header.len);
}

static struct err *pour_marker(struct pour *p, const char *path)
{
	return pour_header(p, (struct entry){ .path = path, .kind = ENTRY_FILE, .mtime = TREE_TIME });
}

static void tell(const struct pour *p, struct entry e)
{
	e.mtime = image_pour_time(&e, p->epoch);
	if (p->watch)
		p->watch->entry(p->watch->state, &e);
}

static struct err *pour_entry(struct pour *p, const struct entry *e)
{
	const char *slash = strrchr(e->path, '/'), *name = slash ? slash + 1 : e->path;
	int folder = (int)(name - e->path);

	if (text_starts(name, WHITEOUT))
		return err_new(ERR_BUILD, "a layer cannot hold a name that begins with " WHITEOUT);
	tell(p, *e);
	if (e->kind == ENTRY_WHITEOUT) {
		AUTO_FREE char *path = mem_printf("%.*s" WHITEOUT "%s", folder, e->path, name);
		return pour_marker(p, path);
	}
	if (e->kind == ENTRY_OPAQUE) {
		AUTO_FREE char *path = mem_printf("%s%s" OPAQUE, e->path, *e->path ? "/" : "");
		struct entry shown = *e;
		shown.kind = ENTRY_FOLDER;
		TRY(pour_header(p, shown));
		return pour_marker(p, path);
	}
	TRY(pour_header(p, *e));
	return e->kind == ENTRY_FILE ? pour_content(p, e) : NULL;
}

static struct err *pour_tree(struct pour *p, const struct tree *t)
{
	for (size_t i = 0; i < t->count; i++)
		TRY_AS(pour_entry(p, &t->items[i]), "layer: /%s", t->items[i].path);
	return gzip_feed(p->gzip, zeros, TAR_END);
}

static struct err *sink(void *arg, const void *bytes, size_t len)
{
	return store_feed(arg, bytes, len);
}

static struct err *pour_stream(struct store_writer *w, struct pour *p, const struct tree *t,
			       struct layer_blob *blob)
{
	TRY(gzip_start(0, sink, w, &p->gzip));
	struct err *e = pour_tree(p, t);
	if (e) {
		gzip_drop(p->gzip);
		return e;
	}
	return gzip_finish(p->gzip, &blob->diff_id, &blob->unpacked_bytes);
}

struct err *image_pour(struct store *s, const struct tree *t, const struct content_reader *packs,
		       int64_t epoch, const struct image_pour_watch *watch, struct layer_blob *ret)
{
	struct pour p = { .epoch = epoch, .watch = watch };
	struct layer_blob blob = { 0 };
	struct store_writer *w;

	TRY(tree_check(t));
	TRY(store_begin(s, &w));
	content_begin(&p.content, packs);
	struct err *e = pour_stream(w, &p, t, &blob);
	content_end(&p.content);
	if (e) {
		store_abort(w);
		return e;
	}
	TRY(store_commit(w, NULL, &blob.digest, &blob.size_bytes));
	*ret = blob;
	return NULL;
}
