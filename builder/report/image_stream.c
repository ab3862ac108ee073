/* SPDX-License-Identifier: MIT */
#include "report/image_stream.h"

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
#include "base/mem.h"
#include "base/text.h"

#define CHUNK ((size_t)1 << 18)
#define MEMBER_LIMIT 100000u /* headers read for one member */

struct image_stream {
	const struct image_source *source;
	int fd;
	struct archive *archive; /* NULL: a file below the folder */
	char *buffer;
};

/* Names below the folder never lead outside. */
static int open_beneath(const char *folder, const char *name)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
				.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
	AUTO_CLOSE int root = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = root < 0 ? -1 : (int)syscall(SYS_openat2, root, name, &how, sizeof how);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)))
		file_closep(&fd);
	return fd;
}

static const char *plain_name(const char *name)
{
	while (name && text_starts(name, "./"))
		name += 2;
	return name;
}

/* "a/b" with target "../c/d" is "c/d"; NULL if that leads outside. */
static char *link_target(const char *from, const char *to)
{
	const char *slash = strrchr(from, '/');
	AUTO_FREE char *folder = mem_ndup(from, slash ? (size_t)(slash - from) : 0);

	while (text_starts(to, "../")) {
		char *cut = strrchr(folder, '/');
		if (!*folder)
			return NULL;
		*(cut ? cut : folder) = '\0';
		to += 3;
	}
	return mem_printf("%s%s%s", folder, *folder ? "/" : "", to);
}

static struct archive *archive_begin(int fd)
{
	struct archive *a = archive_read_new();

	archive_read_support_format_tar(a);
	if (archive_read_open_fd(a, fd, 1 << 16) != ARCHIVE_OK) {
		archive_read_free(a);
		return NULL;
	}
	return a;
}

/* Moves to the member's bytes; ret_target is the target if it is a link, the caller's to free. */
static bool find(struct archive *a, const char *member, char **ret_target)
{
	struct archive_entry *e;

	for (unsigned i = 0; i < MEMBER_LIMIT && archive_read_next_header(a, &e) == ARCHIVE_OK; i++) {
		const char *name = plain_name(archive_entry_pathname(e));
		const char *hard = archive_entry_hardlink(e), *soft = archive_entry_symlink(e);
		if (!name || strcmp(name, member))
			continue;
		if (hard)
			*ret_target = mem_dup(plain_name(hard));
		else if (soft)
			*ret_target = link_target(member, soft);
		return hard || soft ? *ret_target != NULL : archive_entry_filetype(e) == AE_IFREG;
	}
	return false;
}

/* Opens the archive at the member's first byte, or returns NULL. */
static struct archive *enter(int fd, const char *member)
{
	AUTO_FREE char *name = mem_dup(member);

	for (unsigned hops = 0; hops < 3; hops++) {
		AUTO_FREE char *target = NULL;
		struct archive *a = lseek(fd, 0, SEEK_SET) < 0 ? NULL : archive_begin(fd);
		if (!a)
			return NULL;
		bool found = find(a, name, &target);
		if (found && !target)
			return a;
		archive_read_free(a);
		if (!found)
			return NULL;
		free(name);
		name = TAKE(target);
	}
	return NULL;
}

bool image_stream_ends_early(const struct image_source *s)
{
	AUTO_CLOSE int fd = s->folder ? -1 : open(s->path, O_RDONLY | O_CLOEXEC);
	struct archive *a = fd < 0 ? NULL : archive_begin(fd);
	struct archive_entry *e;
	struct stat st;
	bool early = false;

	if (a && fstat(fd, &st) < 0)
		st.st_size = INT64_MAX;
	for (unsigned i = 0; a && !early && i < MEMBER_LIMIT && archive_read_next_header(a, &e) == ARCHIVE_OK;
	     i++)
		early = !archive_entry_hardlink(e) &&
			archive_entry_size(e) > st.st_size - archive_filter_bytes(a, 0);
	if (a)
		archive_read_free(a);
	return early;
}

bool image_stream_has(const struct image_source *s, const char *member)
{
	AUTO_CLOSE int fd = s->folder ? open_beneath(s->path, member) : open(s->path, O_RDONLY | O_CLOEXEC);

	if (s->folder || fd < 0)
		return fd >= 0;
	struct archive *a = enter(fd, member);
	if (a)
		archive_read_free(a);
	return a != NULL;
}

struct err *image_stream_open(const struct image_source *s, const char *member, struct image_stream **ret)
{
	AUTO_CLOSE int fd = s->folder ? open_beneath(s->path, member) : open(s->path, O_RDONLY | O_CLOEXEC);
	struct archive *a = !s->folder && fd >= 0 ? enter(fd, member) : NULL;

	if (fd < 0 || (!s->folder && !a))
		return err_new(ERR_BUILD, "%s lacks %s%s", s->path, member,
			       s->folder ? "" : ": it may end early, copy it again");
	struct image_stream *m = mem_new(sizeof *m);
	*m = (struct image_stream){
		.source = s, .fd = fd, .archive = a, .buffer = s->folder ? mem_new(CHUNK) : NULL
	};
	fd = -1;
	*ret = m;
	return NULL;
}

static struct err *refuse(struct archive *a)
{
	const char *why = archive_error_string(a);

	return err_new(ERR_BUILD, "%s",
		       why && text_starts(why, "Truncated") ? "it ends early, copy it again" : why);
}

struct err *image_stream_read(struct image_stream *m, const void **ret_bytes, size_t *ret_len)
{
	int64_t offset;
	ssize_t n;

	*ret_len = 0;
	if (m->archive) {
		int state = archive_read_data_block(m->archive, ret_bytes, ret_len, &offset);
		if (state != ARCHIVE_OK && state != ARCHIVE_EOF)
			return refuse(m->archive);
		if (state == ARCHIVE_EOF)
			*ret_len = 0;
		return NULL;
	}
	do
		n = read(m->fd, m->buffer, CHUNK);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_errno(errno, "read %s", m->source->path);
	*ret_bytes = m->buffer;
	*ret_len = (size_t)n;
	return NULL;
}

void image_stream_close(struct image_stream *m)
{
	if (!m)
		return;
	if (m->archive)
		archive_read_free(m->archive);
	file_closep(&m->fd);
	free(m->buffer);
	free(m);
}
