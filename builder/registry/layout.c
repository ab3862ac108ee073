/* SPDX-License-Identifier: MIT */
#include "registry/layout.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/image_path.h"
#include "base/mem.h"
#include "base/text.h"

#define DOCUMENT_LIMIT (4u << 20)
#define MEMBER_LIMIT 100000u
#define HOPS 3u

struct err *layout_damaged(const struct layout *l, const char *what)
{
	return err_new(ERR_BUILD, "%s is damaged: %s", l->path, what);
}

static const char *plain(const char *name)
{
	while (text_starts(name, "./"))
		name += 2;
	return name;
}

/* "a/layer.tar" with target "../b/layer.tar" is "b/layer.tar"; NULL if that leads outside. */
static const char *link_target(struct layout *l, const char *from, const char *to)
{
	const char *slash = strrchr(from, '/');
	size_t len = slash ? (size_t)(slash - from) : 0;

	for (; text_starts(to, "../"); to += 3) {
		if (!len)
			return NULL;
		while (len && from[len - 1] != '/')
			len--;
		len -= len > 0;
	}
	AUTO_FREE char *whole = mem_printf("%.*s%s%s", (int)len, from, len ? "/" : "", to);
	return arena_dup(&l->arena, whole, strlen(whole));
}

static void note(struct layout *l, struct archive *a, struct archive_entry *e)
{
	const char *path = archive_entry_pathname(e), *hard = archive_entry_hardlink(e),
		   *soft = archive_entry_symlink(e);

	if (!path || (!hard && !soft && archive_entry_filetype(e) != AE_IFREG))
		return;
	const char *name = plain(path);
	struct layout_member m = { .name = arena_dup(&l->arena, name, strlen(name)),
				   .offset = (uint64_t)archive_filter_bytes(a, 0),
				   .size_bytes = (uint64_t)archive_entry_size(e) };
	if (hard)
		m.target = arena_dup(&l->arena, plain(hard), strlen(plain(hard)));
	else if (soft)
		m.target = link_target(l, name, soft);
	if (m.target || !soft)
		VEC_PUSH(&l->members, m);
}

static struct err *scan(struct layout *l)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	struct stat st;

	archive_read_support_format_tar(a);
	bool good = !fstat(l->fd, &st) && archive_read_open_fd(a, l->fd, 1 << 16) == ARCHIVE_OK;
	while (good && l->members.count < MEMBER_LIMIT && archive_read_next_header(a, &e) == ARCHIVE_OK)
		note(l, a, e);
	archive_read_free(a);
	for (size_t i = 0; i < l->members.count; i++) {
		const struct layout_member *m = &l->members.items[i];
		if (!m->target && (m->size_bytes > (uint64_t)st.st_size ||
				   m->offset > (uint64_t)st.st_size - m->size_bytes))
			return layout_damaged(l, "it ends early, copy it again");
	}
	return NULL;
}

struct err *layout_open(const char *path, struct layout *ret)
{
	bool folder;

	*ret = (struct layout){ .fd = -1 };
	TRY(image_path_split(path, &ret->path, &ret->tag, &folder));
	if (folder)
		return NULL;
	ret->fd = open(ret->path, O_RDONLY | O_CLOEXEC);
	return ret->fd < 0 ? err_errno(errno, "open %s", path) : scan(ret);
}

void layout_close(struct layout *l)
{
	file_closep(&l->fd);
	l->fd = -1;
	free(l->members.items);
	free(l->path);
	free(l->tag);
	arena_done(&l->arena);
	*l = (struct layout){ .fd = -1 };
}

/* The last member of a name counts, as in tar. */
static const struct layout_member *find(const struct layout *l, const char *name)
{
	for (unsigned hops = 0; name && hops <= HOPS; hops++) {
		const struct layout_member *found = NULL;
		for (size_t i = 0; i < l->members.count; i++)
			if (!strcmp(l->members.items[i].name, name))
				found = &l->members.items[i];
		if (!found || !found->target)
			return found;
		name = found->target;
	}
	return NULL;
}

/* Names below the folder never lead outside. */
static int open_beneath(const char *folder, const char *name)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
				.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
	AUTO_CLOSE int root = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return root < 0 ? -1 : (int)syscall(SYS_openat2, root, name, &how, sizeof how);
}

bool layout_has(const struct layout *l, const char *name)
{
	AUTO_CLOSE int fd = l->fd < 0 ? open_beneath(l->path, name) : -1;

	return l->fd < 0 ? fd >= 0 : find(l, name) != NULL;
}

struct err *layout_file(const struct layout *l, const char *name, int *ret_fd, uint64_t *ret_offset,
			uint64_t *ret_size)
{
	const struct layout_member *m = l->fd < 0 ? NULL : find(l, name);
	struct stat st;

	if (m) {
		*ret_fd = fcntl(l->fd, F_DUPFD_CLOEXEC, 0);
		*ret_offset = m->offset;
		*ret_size = m->size_bytes;
		return *ret_fd < 0 ? err_errno(errno, "read %s", l->path) : NULL;
	}
	AUTO_CLOSE int fd = l->fd < 0 ? open_beneath(l->path, name) : -1;
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return err_new(ERR_BUILD, "%s lacks %s", l->path, name);
	*ret_fd = fd;
	fd = -1;
	*ret_offset = 0;
	*ret_size = (uint64_t)st.st_size;
	return NULL;
}

struct err *layout_read(const struct layout *l, const char *name, const struct digest *want, char **ret_text,
			size_t *ret_len)
{
	AUTO_CLOSE int fd = -1;
	uint64_t offset, size;

	TRY(layout_file(l, name, &fd, &offset, &size));
	if (size > DOCUMENT_LIMIT)
		return layout_damaged(l, "a document is larger than 4 MB");
	AUTO_FREE char *text = mem_new((size_t)size + 1);
	TRY(file_read_at(fd, text, (size_t)size, offset, l->path));
	struct digest found = digest_of(text, (size_t)size);
	if (want && !digest_equal(&found, want))
		return layout_damaged(l, "a document's SHA-256 does not match");
	*ret_text = TAKE(text);
	*ret_len = (size_t)size;
	return NULL;
}
