/* SPDX-License-Identifier: MIT */
/* Writes the output docker: one tar for docker load. */
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
#include "image/tar.h"

static const char zeros[TAR_END];

struct archive {
	int fd;
	const char *path;
	int64_t epoch;
};

static struct err *put_header(const struct archive *a, const char *path, uint8_t kind, uint64_t size)
{
	AUTO_TEXT struct text header = { 0 };

	tar_header(&header, &(struct entry){ .path = path,
					     .kind = kind,
					     .mode = kind == ENTRY_FOLDER ? 0755 : 0644,
					     .mtime = a->epoch,
					     .size_bytes = size });
	return file_write_all(a->fd, header.bytes, header.len, a->path);
}

static struct err *put_text(const struct archive *a, const char *path, const char *text)
{
	TRY(put_header(a, path, ENTRY_FILE, strlen(text)));
	TRY(file_write_all(a->fd, text, strlen(text), a->path));
	return file_write_all(a->fd, zeros, tar_padding(strlen(text)), a->path);
}

static struct err *put_layer(const struct archive *a, const struct store *s, const struct layer_blob *blob)
{
	AUTO_FREE char *path = oci_blob_path(&blob->digest);
	AUTO_CLOSE int from = -1;
	uint64_t size;

	TRY(store_open_blob(s, &blob->digest, &from, &size));
	TRY(put_header(a, path, ENTRY_FILE, size));
	TRY(file_copy(from, a->fd, size, a->path));
	return file_write_all(a->fd, zeros, tar_padding(size), a->path);
}

static bool seen_before(const struct image *im, size_t layer)
{
	for (size_t i = 0; i < layer; i++)
		if (digest_equal(&im->layers[i].blob.digest, &im->layers[layer].blob.digest))
			return true;
	return false;
}

/* Writes documents first: a reader that streams then knows what the blobs are. */
static struct err *put_all(const struct archive *a, const struct store *s, const struct image *im,
			   const struct oci *o)
{
	AUTO_FREE char *config = oci_blob_path(&o->config_digest);
	AUTO_FREE char *manifest = oci_blob_path(&o->manifest_digest);

	TRY(put_text(a, "oci-layout", OCI_LAYOUT));
	TRY(put_text(a, "index.json", o->index));
	TRY(put_text(a, "manifest.json", o->docker));
	TRY(put_header(a, "blobs", ENTRY_FOLDER, 0));
	TRY(put_header(a, "blobs/sha256", ENTRY_FOLDER, 0));
	TRY(put_text(a, manifest, o->manifest));
	TRY(put_text(a, config, o->config));
	for (size_t i = 0; i < o->attached_count; i++) {
		AUTO_FREE char *path = oci_blob_path(&o->attached[i].digest);
		TRY(put_text(a, path, o->attached[i].text));
	}
	for (size_t i = 0; i < im->layer_count; i++)
		if (!seen_before(im, i))
			TRY(put_layer(a, s, &im->layers[i].blob));
	return file_write_all(a->fd, zeros, TAR_END, a->path);
}

static struct err *write_archive(const struct store *s, const struct image *im, const struct oci *o,
				 const char *path)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	struct archive a = { .fd = fd, .path = path, .epoch = im->config->epoch };

	if (fd < 0)
		return err_errno(errno, "write %s", path);
	TRY(put_all(&a, s, im, o));
	return fsync(fd) < 0 ? err_errno(errno, "write %s", path) : NULL;
}

static struct err *write_docker(struct store *s, const struct image *im, const struct oci *o,
				const struct output_file *p, struct image_result *ret)
{
	AUTO_FREE char *names = mem_printf("%s\n%s\n", o->index, o->docker);
	struct digest content = digest_of(names, strlen(names));
	struct stat st;

	ret->unchanged = output_file_same(s, p->path, &content);
	if (!ret->unchanged) {
		TRY(write_archive(s, im, o, p->part));
		TRY(output_file_commit(p));
		TRY(output_file_note(s, p->path, &content, true));
	}
	if (stat(p->path, &st) < 0)
		return err_errno(errno, "%s", p->path);
	ret->size_bytes = (uint64_t)st.st_size;
	return NULL;
}

struct err *image_write_docker(struct store *s, const struct image *im, const char *folder,
			       struct image_result *ret)
{
	struct image_result r = { 0 };
	struct output_file p;
	struct oci o;

	TRY(oci_describe(im, &o));
	struct err *e = output_file_begin(s, im->config, folder, ".tar", &p);
	if (!e) {
		r.manifest = o.manifest_digest;
		r.config = o.config_digest;
		e = write_docker(s, im, &o, &p, &r);
		r.path = e ? NULL : mem_dup(p.path);
		output_file_done(&p);
	}
	oci_done(&o);
	if (!e)
		*ret = r;
	return e;
}
