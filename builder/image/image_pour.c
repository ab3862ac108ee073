#include "image/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "image/gzip.h"
#include "image/tar.h"

#define WHITEOUT ".wh." /* image-spec, layer.md, "Whiteouts" */
#define OPAQUE ".wh..wh..opq"

static const char zeros[TAR_END];

struct pour {
	struct gzip *gzip;
	const struct content_reader *packs;
	int64_t epoch;
};

/* The next bytes of an entry's content, straight into a chunk. */
struct source {
	const struct entry *entry;
	const struct content_reader *packs;
	int fd;
};

static struct err *read_some(const struct source *s, uint64_t offset, void *bytes, size_t len)
{
	const struct content *c = &s->entry->content;

	if (c->kind == CONTENT_MEMORY) {
		memcpy(bytes, (const char *)c->bytes + offset, len);
		return NULL;
	}
	if (c->kind == CONTENT_PACK)
		return s->packs->read(s->packs->state, s->entry, offset, bytes, len);
	for (char *at = bytes; len;) {
		ssize_t n = read(s->fd, at, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(errno, "read %s", c->path);
		if (n == 0)
			return err_new(ERR_BUILD, "%s became shorter while it was read", c->path);
		at += n;
		len -= (size_t)n;
	}
	return NULL;
}

static struct err *open_disk(const struct entry *e, int *ret_fd)
{
	AUTO_CLOSE int fd = open(e->content.path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(errno, "open %s", e->content.path);
	if (!S_ISREG(st.st_mode))
		return err_new(ERR_BUILD, "%s is no longer a file", e->content.path);
	if ((uint64_t)st.st_size != e->size_bytes)
		return err_new(ERR_BUILD, "%s has %jd bytes now, it had %ju", e->content.path, (intmax_t)st.st_size,
			       (uintmax_t)e->size_bytes);
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	*ret_fd = fd;
	fd = -1;
	return NULL;
}

static struct err *pour_content(struct pour *p, const struct entry *e)
{
	AUTO_CLOSE int fd = -1;

	if (e->size_bytes && (e->content.kind == CONTENT_NONE || (e->content.kind == CONTENT_PACK && !p->packs)))
		return err_new(ERR_BUILD, "%ju bytes were promised and nothing holds them", (uintmax_t)e->size_bytes);
	if (e->content.kind == CONTENT_DISK)
		TRY(open_disk(e, &fd));
	struct source s = { .entry = e, .packs = p->packs, .fd = fd };
	for (uint64_t offset = 0; offset < e->size_bytes;) {
		size_t len;
		void *room = gzip_room(p->gzip, &len);
		if (e->size_bytes - offset < len)
			len = (size_t)(e->size_bytes - offset);
		TRY(read_some(&s, offset, room, len));
		TRY(gzip_filled(p->gzip, len));
		offset += len;
	}
	return gzip_feed(p->gzip, zeros, tar_padding(e->size_bytes));
}

static struct err *pour_header(struct pour *p, struct entry e)
{
	AUTO_TEXT struct text header = { 0 };

	e.mtime = e.mtime > p->epoch ? p->epoch : e.mtime;
	e.mtime = e.mtime < 0 ? 0 : e.mtime;
	tar_header(&header, &e);
	return gzip_feed(p->gzip, header.bytes, header.len);
}

static struct err *pour_marker(struct pour *p, const char *path)
{
	return pour_header(p, (struct entry){ .path = path, .kind = ENTRY_FILE, .mtime = p->epoch });
}

static struct err *pour_entry(struct pour *p, const struct entry *e)
{
	const char *slash = strrchr(e->path, '/'), *name = slash ? slash + 1 : e->path;
	int folder = (int)(name - e->path);

	if (text_starts(name, WHITEOUT))
		return err_new(ERR_BUILD, "a layer cannot hold a name that begins with " WHITEOUT);
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

static struct err *pour_stream(struct store_writer *w, struct pour *p, const struct tree *t, struct layer_blob *blob)
{
	TRY(gzip_start(0, sink, w, &p->gzip));
	struct err *e = pour_tree(p, t);
	if (e) {
		gzip_drop(p->gzip);
		return e;
	}
	return gzip_finish(p->gzip, &blob->diff_id, &blob->unpacked_bytes);
}

struct err *image_pour(struct store *s, const struct tree *t, const struct content_reader *packs, int64_t epoch,
		       struct layer_blob *ret)
{
	struct pour p = { .packs = packs, .epoch = epoch };
	struct layer_blob blob = { 0 };
	struct store_writer *w;

	TRY(store_begin(s, &w));
	struct err *e = pour_stream(w, &p, t, &blob);
	if (e) {
		store_abort(w);
		return e;
	}
	TRY(store_commit(w, NULL, &blob.digest, &blob.size_bytes));
	*ret = blob;
	return NULL;
}
