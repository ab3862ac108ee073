/* SPDX-License-Identifier: MIT */
#include "image/content.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

void content_begin(struct content_source *s, const struct content_reader *packs)
{
	*s = (struct content_source){ .packs = packs, .fd = -1 };
}

void content_end(struct content_source *s)
{
	file_closep(&s->fd);
}

static struct err *open_disk(struct content_source *s, const struct entry *e)
{
	AUTO_CLOSE int fd = open(e->content.path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(errno, "open %s", e->content.path);
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != e->size_bytes)
		return err_new(ERR_BUILD, "%s has changed since it was listed", e->content.path);
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	file_closep(&s->fd);
	s->open = e;
	s->fd = fd;
	fd = -1;
	return NULL;
}

static struct err *read_disk(struct content_source *s, const struct entry *e, uint64_t offset, char *bytes,
			     size_t len)
{
	if (s->open != e || s->fd < 0)
		TRY(open_disk(s, e));
	while (len) {
		ssize_t n = pread(s->fd, bytes, len, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? err_errno(errno, "read %s", e->content.path) :
				   err_new(ERR_BUILD, "%s became shorter while it was read", e->content.path);
		bytes += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return NULL;
}

struct err *content_read(void *source, const struct entry *e, uint64_t offset, void *bytes, size_t len)
{
	struct content_source *s = source;

	switch (e->content.kind) {
	case CONTENT_MEMORY: memcpy(bytes, (const char *)e->content.bytes + offset, len); return NULL;
	case CONTENT_DISK: return read_disk(s, e, offset, bytes, len);
	case CONTENT_PACK:
		if (s->packs)
			return s->packs->read(s->packs->state, e, offset, bytes, len);
		break;
	default: break;
	}
	return err_new(ERR_BUILD, "internal: an entry of %ju bytes has no content", (uintmax_t)e->size_bytes);
}

struct err *content_all(struct content_source *s, const struct entry *e, size_t limit, void **ret)
{
	if (e->kind != ENTRY_FILE || e->size_bytes > limit)
		return err_new(ERR_BUILD, "/%s is no file of at most %zu bytes", e->path, limit);
	AUTO_FREE char *bytes = mem_new((size_t)e->size_bytes + 1);
	if (e->size_bytes)
		TRY_AS(content_read(s, e, 0, bytes, (size_t)e->size_bytes), "/%s", e->path);
	*ret = TAKE(bytes);
	return NULL;
}
