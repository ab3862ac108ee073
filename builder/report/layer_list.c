/* SPDX-License-Identifier: MIT */
#include "report/layer_list.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "report/image_stream.h"
#include "report/layer_bytes.h"

#define WHITEOUT ".wh."
#define OPAQUE ".wh..wh..opq"
#define KEPT_LIMIT (32u << 20)	      /* of one file */
#define TOTAL_LIMIT ((size_t)1 << 30) /* names and kept files of a layer */
#define ENTRY_LIMIT 4000000u
#define UNPACKED_LIMIT ((uint64_t)1 << 38)

/* A layer's bytes for libarchive, hashed on the way. */
struct reading {
	struct image_stream *stream;
	struct digest_run *run;
	uint64_t bytes;
	struct err *failed;
};

static ssize_t next_bytes(struct archive *a, void *arg, const void **ret)
{
	struct reading *r = arg;
	size_t len = 0;

	if (!r->failed)
		r->failed = image_stream_read(r->stream, ret, &len);
	if (r->failed) {
		archive_set_error(a, EIO, "read");
		return ARCHIVE_FATAL;
	}
	digest_feed(r->run, *ret, len);
	r->bytes += len;
	return (ssize_t)len;
}

/* "./a/b/" becomes "a/b", "/a" becomes "a"; NULL if a name leads outside. The caller's to free. */
static char *plain_path(const char *name)
{
	AUTO_TEXT struct text out = { 0 };

	text_put(&out, "");
	while (*name) {
		size_t len = strcspn(name, "/");
		if (len == 2 && !strncmp(name, "..", 2))
			return NULL;
		if (len && !(len == 1 && *name == '.')) {
			text_put(&out, out.len ? "/" : "");
			text_add(&out, name, len);
		}
		name += len;
		name += *name == '/';
	}
	return text_take(&out);
}

bool layer_list_keeps(const char *path, uint64_t size_bytes)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	if (size_bytes > KEPT_LIMIT)
		return false;
	if (text_starts(path, "var/lib/dpkg/"))
		return !strcmp(name, "status") ||
		       (text_starts(path, "var/lib/dpkg/info/") && text_ends(name, ".list")) ||
		       text_starts(path, "var/lib/dpkg/status.d/");
	return !strcmp(path, "etc/os-release") || !strcmp(path, "usr/lib/os-release") ||
	       !strcmp(path, "usr/lib/mkbench/bench.json") ||
	       !strcmp(path, "usr/lib/mkbench/libraries.json") ||
	       !strcmp(path, "usr/lib/mkbench/sites/list.json") ||
	       (text_starts(path, "usr/share/doc/") && !strcmp(name, "copyright")) ||
	       text_ends(path, ".dist-info/METADATA") || text_ends(path, ".dist-info/RECORD") ||
	       text_ends(path, ".egg-info/PKG-INFO") || text_ends(path, ".egg-info") ||
	       !strcmp(name, "package.json") || !strcmp(name, "patches.txt");
}

/* ret_bytes is NULL for a file that is not kept, else the caller's to free. */
static struct err *read_file(struct archive *a, const char *path, struct entry *e, char **ret_bytes)
{
	AUTO_TEXT struct text kept = { 0 };
	bool keeps = layer_list_keeps(path, e->size_bytes);
	struct digest_run *run = digest_start();
	const void *bytes;
	size_t len;
	int64_t offset;
	uint64_t at = 0;
	int state;

	while ((state = archive_read_data_block(a, &bytes, &len, &offset)) == ARCHIVE_OK &&
	       (uint64_t)offset == at) {
		digest_feed(run, bytes, len);
		if (keeps)
			text_add(&kept, bytes, len);
		at += len;
	}
	e->sha256 = digest_finish(run);
	if (state == ARCHIVE_OK || (state == ARCHIVE_EOF && at != e->size_bytes))
		return err_new(ERR_BUILD, "/%s has a hole", path);
	if (state != ARCHIVE_EOF)
		return err_new(ERR_BUILD, "/%s: %s", path, archive_error_string(a));
	*ret_bytes = keeps ? text_take(&kept) : NULL;
	return NULL;
}

static uint8_t kind_of(struct archive_entry *e)
{
	if (archive_entry_hardlink(e))
		return ENTRY_HARDLINK;
	switch (archive_entry_filetype(e)) {
	case AE_IFDIR: return ENTRY_FOLDER;
	case AE_IFLNK: return ENTRY_SYMLINK;
	case AE_IFCHR: return ENTRY_CHAR;
	case AE_IFBLK: return ENTRY_BLOCK;
	case AE_IFIFO: return ENTRY_FIFO;
	default: return ENTRY_FILE;
	}
}

/* Adds a name that hides another; false if it is not a whiteout. */
static bool add_whiteout(struct tree *t, char *path)
{
	char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct entry e = { .kind = ENTRY_WHITEOUT, .path = path };

	if (!text_starts(name, WHITEOUT))
		return false;
	if (!strcmp(name, OPAQUE)) {
		e.kind = ENTRY_OPAQUE;
		e.mode = 0755;
		*(slash ? slash : path) = '\0';
	} else {
		memmove(name, name + strlen(WHITEOUT), strlen(name + strlen(WHITEOUT)) + 1);
	}
	if (e.kind == ENTRY_OPAQUE || (*path && *name))
		tree_add(t, &e);
	return true;
}

static struct err *add_entry(struct tree *t, struct archive *a, struct archive_entry *from)
{
	const char *name = archive_entry_pathname(from), *hard = archive_entry_hardlink(from);
	AUTO_FREE char *path = name ? plain_path(name) : NULL, *to = hard ? plain_path(hard) : NULL,
		       *bytes = NULL;

	if (!path || (hard && !to))
		return err_new(ERR_BUILD, "an entry has a name that leads elsewhere");
	if (add_whiteout(t, path))
		return NULL;
	struct entry e = {
		.path = path,
		.kind = kind_of(from),
		.mode = archive_entry_perm(from) & 07777,
		.uid = (uint32_t)archive_entry_uid(from),
		.gid = (uint32_t)archive_entry_gid(from),
		.mtime = archive_entry_mtime(from),
		.link = hard ? to : archive_entry_symlink(from),
	};
	if (e.kind == ENTRY_FILE) {
		e.size_bytes = (uint64_t)archive_entry_size(from);
		TRY(read_file(a, path, &e, &bytes));
		if (bytes)
			e.content = (struct content){ .kind = CONTENT_MEMORY, .bytes = bytes };
	}
	tree_add(t, &e);
	return NULL;
}

static struct err *refuse(struct archive *a)
{
	const char *why = archive_error_string(a);

	if (why && !strcmp(why, "Unrecognized archive format"))
		why = "it is no tar, nor one that gzip or zstd has packed";
	return err_new(ERR_BUILD, "%s", why);
}

static struct err *read_entries(struct archive *a, struct layer_list *l)
{
	struct archive_entry *e;
	int state;

	while ((state = archive_read_next_header(a, &e)) == ARCHIVE_OK || state == ARCHIVE_WARN) {
		l->unpacked_bytes = (uint64_t)archive_filter_bytes(a, 0);
		if (l->tree.count >= ENTRY_LIMIT || arena_bytes(&l->tree.arena) > TOTAL_LIMIT ||
		    l->unpacked_bytes > UNPACKED_LIMIT)
			return err_new(ERR_BUILD, "it exceeds the size limit for layers");
		TRY(add_entry(&l->tree, a, e));
	}
	l->unpacked_bytes = (uint64_t)archive_filter_bytes(a, 0);
	if (state == ARCHIVE_EOF)
		return NULL;
	return refuse(a);
}

static int order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return strcmp(x->path, y->path);
}

/* An opaque folder has two entries in a tar, for itself and for what it hides; in a tree they become one. */
static void join_opaque(struct tree *t)
{
	struct {
		struct entry *items;
		size_t count, room;
	} opaque = { 0 };

	for (size_t i = 0; i < t->count; i++)
		if (t->items[i].kind == ENTRY_OPAQUE)
			VEC_PUSH(&opaque, t->items[i]);
	if (!opaque.count)
		return;
	qsort(opaque.items, opaque.count, sizeof *opaque.items, order);
	for (size_t i = 0; i < t->count; i++)
		if (t->items[i].kind == ENTRY_FOLDER &&
		    bsearch(&t->items[i], opaque.items, opaque.count, sizeof *opaque.items, order)) {
			struct entry e = t->items[i];
			e.kind = ENTRY_OPAQUE;
			tree_add(t, &e);
			t->items[i].kind = ENTRY_OPAQUE;
		}
	free(opaque.items);
}

static struct err *read_stream(struct image_stream *stream, const struct digest *want, struct layer_list *l)
{
	struct archive *a = archive_read_new();
	struct reading r = { .stream = stream, .run = digest_start() };
	const void *rest;

	archive_read_support_format_tar(a);
	archive_read_support_format_empty(a); /* a layer of zero bytes has no files */
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_zstd(a);
	struct err *e = archive_read_open(a, &r, NULL, next_bytes, NULL) == ARCHIVE_OK ? read_entries(a, l) :
											 refuse(a);
	while (!e && next_bytes(a, &r, &rest) > 0) /* bytes behind the tar's end count for the digest */
		continue;
	if (r.failed) {
		err_free(e);
		e = r.failed;
	}
	struct digest found = digest_finish(r.run);
	archive_read_free(a);
	l->packed_bytes = r.bytes;
	if (!e && !digest_is_zero(want) && !digest_equal(&found, want))
		e = err_new(ERR_BUILD, "its SHA-256 does not match: the image is damaged");
	if (!e) {
		join_opaque(&l->tree);
		tree_sort(&l->tree);
		e = tree_check(&l->tree);
	}
	return e;
}

static struct err *read_layer(const struct image_source *source, const struct image_source_layer *from,
			      struct layer_list *l)
{
	struct image_stream *stream;

	TRY(image_stream_open(source, from->member, &stream));
	struct err *e = read_stream(stream, &from->digest, l);
	image_stream_close(stream);
	return e;
}

static bool recall(struct store *s, const struct digest *key, struct layer_list *l)
{
	AUTO_FREE char *ref = NULL, *bytes = NULL;
	struct digest d;
	size_t len;
	struct err *e = store_ref_read(s, LAYER_LIST_REF, key, &ref);

	if (!e && (!ref || !digest_parse(ref, &d)))
		return false;
	if (!e)
		e = store_read(s, &d, TOTAL_LIMIT, &bytes, &len);
	if (!e)
		e = layer_bytes_unpack(bytes, len, l);
	bool recalled = !e;
	err_free(e); /* it will be read again */
	return recalled;
}

void layer_list_remember(struct store *s, const struct digest *key, const struct layer_list *l)
{
	AUTO_TEXT struct text bytes = { 0 };
	char hex[DIGEST_HEX];
	struct digest d;

	layer_bytes_pack(l, &bytes);
	struct err *e = store_put(s, bytes.bytes, bytes.len, &d);
	if (!e)
		e = store_ref_write(s, LAYER_LIST_REF, key, digest_hex(&d, hex));
	err_free(e);
}

struct err *layer_list_read(const struct image_source *source, size_t layer, struct store *s,
			    struct layer_list *ret)
{
	const struct image_source_layer *from = &source->layers[layer];
	struct layer_list l = { 0 };
	bool named = s && !digest_is_zero(&from->digest);

	if (named && image_stream_has(source, from->member) && recall(s, &from->digest, &l)) {
		*ret = l;
		return NULL;
	}
	struct err *e = read_layer(source, from, &l);
	if (e) {
		layer_list_done(&l);
		return err_wrap(e, err_kind(e) == ERR_BUILD ? "%s is damaged: layer %zu" : "%s: layer %zu",
				source->path, layer + 1);
	}
	if (named)
		layer_list_remember(s, &from->digest, &l);
	*ret = l;
	return NULL;
}

void layer_list_done(struct layer_list *l)
{
	tree_done(&l->tree);
	*l = (struct layer_list){ 0 };
}
