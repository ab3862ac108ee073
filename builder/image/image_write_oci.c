/* SPDX-License-Identifier: MIT */
/* Writes the output oci: a folder in OCI's image layout. */
#include "image/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "image/oci.h"
#include "image/output_file.h"

struct document {
	char *path; /* in the layout */
	const char *text;
};

struct documents {
	struct document *items;
	size_t count, room;
};

static bool holds_text(const char *folder, const struct document *d)
{
	AUTO_FREE char *path = mem_printf("%s/%s", folder, d->path);
	AUTO_FREE char *found = NULL;
	size_t len = strlen(d->text), got;
	struct err *e = file_read(path, len, &found, &got);

	err_free(e); /* missing or longer: not the same */
	return !e && got == len && !memcmp(found, d->text, len);
}

/* A blob counts as unchanged if it is the store's own file, or a copy that was noted. */
static bool holds_blob(const struct store *s, const char *folder, const struct digest *d)
{
	AUTO_FREE char *blob = oci_blob_path(d);
	AUTO_FREE char *path = mem_printf("%s/%s", folder, blob);
	AUTO_FREE char *stored = store_blob_path(s, d);
	struct stat a, b;

	if (!stat(path, &a) && !stat(stored, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino)
		return true;
	return output_file_same(s, path, d);
}

static bool holds_layout(const struct store *s, const struct image *im, const char *folder,
			 const struct document *docs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!holds_text(folder, &docs[i]))
			return false;
	for (size_t i = 0; i < im->layer_count; i++)
		if (!holds_blob(s, folder, &im->layers[i].blob.digest))
			return false;
	return true;
}

static struct err *copy_blob(const struct store *s, const struct digest *d, const char *path)
{
	AUTO_CLOSE int from = -1;
	uint64_t size;

	TRY(store_open_blob(s, d, &from, &size));
	AUTO_CLOSE int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (to < 0)
		return err_errno(errno, "write %s", path);
	TRY(file_copy(from, to, size, path));
	return fsync(to) < 0 ? err_errno(errno, "write %s", path) : NULL;
}

static struct err *put_blob(const struct store *s, const struct digest *d, const char *folder)
{
	AUTO_FREE char *blob = oci_blob_path(d);
	AUTO_FREE char *path = mem_printf("%s/%s", folder, blob);
	AUTO_FREE char *stored = store_blob_path(s, d);

	if (!link(stored, path) || errno == EEXIST) /* two layers may be one blob */
		return NULL;
	return copy_blob(s, d, path);
}

static struct err *write_layout(const struct store *s, const struct image *im, const char *folder,
				const struct document *docs, size_t count)
{
	AUTO_FREE char *blobs = mem_printf("%s/blobs/sha256", folder);

	TRY(file_make_folder(blobs, 0777));
	for (size_t i = 0; i < im->layer_count; i++)
		TRY(put_blob(s, &im->layers[i].blob.digest, folder));
	for (size_t i = 0; i < count; i++) {
		AUTO_FREE char *path = mem_printf("%s/%s", folder, docs[i].path);
		TRY(file_write(path, docs[i].text, strlen(docs[i].text), 0444));
	}
	return NULL;
}

static struct err *note_blobs(struct store *s, const struct image *im, const char *folder)
{
	for (size_t i = 0; i < im->layer_count; i++) {
		AUTO_FREE char *blob = oci_blob_path(&im->layers[i].blob.digest);
		AUTO_FREE char *path = mem_printf("%s/%s", folder, blob);
		if (!holds_blob(s, folder, &im->layers[i].blob.digest))
			TRY(output_file_note(s, path, &im->layers[i].blob.digest, true));
	}
	return NULL;
}

static void list_documents(const struct oci *o, struct documents *ret)
{
	VEC_PUSH(ret, (struct document){ oci_blob_path(&o->config_digest), o->config });
	VEC_PUSH(ret, (struct document){ oci_blob_path(&o->manifest_digest), o->manifest });
	for (size_t i = 0; i < o->attached_count; i++)
		VEC_PUSH(ret,
			 (struct document){ oci_blob_path(&o->attached[i].digest), o->attached[i].text });
	VEC_PUSH(ret, (struct document){ mem_dup("index.json"), o->index });
	VEC_PUSH(ret, (struct document){ mem_dup("oci-layout"), OCI_LAYOUT });
}

static struct err *write_documents(struct store *s, const struct image *im, const struct documents *docs,
				   const struct output_file *p, struct image_result *ret)
{
	for (size_t i = 0; i < docs->count; i++)
		ret->size_bytes += strlen(docs->items[i].text);
	for (size_t i = 0; i < im->layer_count; i++)
		ret->size_bytes += im->layers[i].blob.size_bytes;
	ret->unchanged = holds_layout(s, im, p->path, docs->items, docs->count);
	if (ret->unchanged)
		return NULL;
	TRY(write_layout(s, im, p->part, docs->items, docs->count));
	TRY(output_file_commit(p));
	return note_blobs(s, im, p->path);
}

static struct err *write_oci(struct store *s, const struct image *im, const struct oci *o,
			     const struct output_file *p, struct image_result *ret)
{
	struct documents docs = { 0 };

	list_documents(o, &docs);
	struct err *e = write_documents(s, im, &docs, p, ret);
	for (size_t i = 0; i < docs.count; i++)
		free(docs.items[i].path);
	free(docs.items);
	return e;
}

struct err *image_write_oci(struct store *s, const struct image *im, const char *folder,
			    struct image_result *ret)
{
	struct image_result r = { 0 };
	struct output_file p;
	struct oci o;

	TRY(oci_describe(im, &o));
	struct err *e = output_file_begin(s, im->config, folder, ".oci", &p);
	if (!e) {
		r.manifest = o.manifest_digest;
		r.config = o.config_digest;
		e = write_oci(s, im, &o, &p, &r);
		r.path = e ? NULL : mem_dup(p.path);
		output_file_done(&p);
	}
	oci_done(&o);
	if (!e)
		*ret = r;
	return e;
}
