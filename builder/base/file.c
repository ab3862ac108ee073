/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"

void file_closep(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

static struct err *read_fd(int fd, const char *path, size_t limit, char **ret_bytes, size_t *ret_len)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return err_errno(S_ISDIR(st.st_mode) ? EISDIR : EINVAL, "%s is not a regular file", path);
	if ((uint64_t)st.st_size > limit)
		return err_errno(EFBIG, "%s is larger than %zu bytes", path, limit);
	AUTO_FREE char *bytes = mem_new((size_t)st.st_size + 1);
	size_t len = 0;
	while (len < (size_t)st.st_size) {
		ssize_t n = read(fd, bytes + len, (size_t)st.st_size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(errno, "%s", path);
		if (n == 0)
			break;
		len += (size_t)n;
	}
	*ret_len = len;
	*ret_bytes = TAKE(bytes);
	return NULL;
}

struct err *file_read(const char *path, size_t limit, char **ret_bytes, size_t *ret_len)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	return read_fd(fd, path, limit, ret_bytes, ret_len);
}

struct err *file_read_text(const char *path, size_t limit, char **ret_text, size_t *ret_len)
{
	AUTO_FREE char *text = NULL;

	TRY(file_read(path, limit, &text, ret_len));
	if (!utf8_from_file(&text, ret_len))
		return err_errno(EILSEQ, "%s is not a text: save it as UTF-8", path);
	*ret_text = TAKE(text);
	return NULL;
}

struct err *file_read_beneath(const char *folder, const char *name, size_t limit, char **ret_bytes,
			      size_t *ret_len)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
				.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
	AUTO_FREE char *path = mem_printf("%s/%s", folder, name);
	AUTO_CLOSE int top = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (top < 0)
		return err_errno(errno, "%s", folder);
	AUTO_CLOSE int fd = (int)syscall(SYS_openat2, top, name, &how, sizeof how);
	return read_fd(fd, path, limit, ret_bytes, ret_len);
}

struct err *file_write_all(int fd, const void *bytes, size_t len, const char *what)
{
	const char *at = bytes;

	while (len) {
		ssize_t n = write(fd, at, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(errno, "write %s", what);
		at += n;
		len -= (size_t)n;
	}
	return NULL;
}

char *file_tail(const char *path, size_t limit)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_FREE char *bytes = mem_new(limit + 1);
	struct stat st;

	if (fd >= 0 && !fstat(fd, &st) &&
	    pread(fd, bytes, limit, st.st_size > (off_t)limit ? st.st_size - (off_t)limit : 0) < 0)
		*bytes = '\0';
	return TAKE(bytes);
}

static struct err *write_beside(const char *path, char *beside, const void *bytes, size_t len, mode_t mode)
{
	AUTO_CLOSE int fd = mkostemp(beside, O_CLOEXEC);

	if (fd < 0)
		return err_errno(errno, "%s", path);
	struct err *e = file_write_all(fd, bytes, len, path);
	if (!e && (fchmod(fd, mode) < 0 || fsync(fd) < 0 || rename(beside, path) < 0))
		e = err_errno(errno, "%s", path);
	if (e)
		unlink(beside);
	return e;
}

struct err *file_write(const char *path, const void *bytes, size_t len, mode_t mode)
{
	AUTO_FREE char *beside = mem_printf("%s.XXXXXX", path);

	return write_beside(path, beside, bytes, len, mode);
}

struct err *file_copy(int from, int to, uint64_t len, const char *what)
{
	while (len) {
		size_t chunk = len > (1u << 30) ? 1u << 30 : (size_t)len;
		ssize_t n = copy_file_range(from, NULL, to, NULL, chunk, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EXDEV || errno == EINVAL || errno == EOPNOTSUPP || errno == ENOSYS))
			break;
		if (n < 0)
			return err_errno(errno, "copy %s", what);
		if (n == 0)
			return err_errno(EIO, "copy %s: it ended early", what);
		len -= (uint64_t)n;
	}
	AUTO_FREE char *buffer = len ? mem_new(1 << 18) : NULL;
	while (len) {
		ssize_t n = read(from, buffer, len > (1u << 18) ? 1u << 18 : (size_t)len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(errno, "copy %s", what);
		if (n == 0)
			return err_errno(EIO, "copy %s: it ended early", what);
		TRY(file_write_all(to, buffer, (size_t)n, what));
		len -= (uint64_t)n;
	}
	return NULL;
}

struct err *file_read_at(int fd, void *bytes, size_t len, uint64_t at, const char *what)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = pread(fd, (char *)bytes + done, len - done, (off_t)(at + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_errno(n ? errno : EIO, "%s", what);
		done += (size_t)n;
	}
	return NULL;
}

struct err *file_write_at(int fd, const void *bytes, size_t len, uint64_t at, const char *what)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = pwrite(fd, (const char *)bytes + done, len - done, (off_t)(at + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_errno(n ? errno : EIO, "%s", what);
		done += (size_t)n;
	}
	return NULL;
}

struct err *file_make_folder(const char *path, mode_t mode)
{
	AUTO_FREE char *part = mem_dup(path);

	for (char *slash = strchr(part + 1, '/');; slash = strchr(slash + 1, '/')) {
		if (slash)
			*slash = '\0';
		if (mkdir(part, mode) < 0 && errno != EEXIST)
			return err_errno(errno, "make folder %s", part);
		if (!slash)
			return NULL;
		*slash = '/';
	}
}

#define DEEP 100 /* open folders at once: a tree may be deeper than the limit on open files */

struct removal {
	const char *shown;
	int top;	/* the tree's own folder, open */
	unsigned moved; /* folders that were too deep and were moved into it */
};

/* Returns false if the folder stays where it is; it is then removed there as long as files can be opened. */
static bool move_up(struct removal *r, int fd, const char *name)
{
	int failed = EEXIST;

	while (failed == EEXIST || failed == ENOTEMPTY) { /* a killed process may have left such names */
		AUTO_FREE char *up = mem_printf(".deep.%u", r->moved++);
		failed = renameat(fd, name, r->top, up) < 0 ? errno : 0;
	}
	return !failed;
}

static struct err *remove_one(struct removal *r, int fd, const char *name, unsigned depth);

static struct err *remove_inside(struct removal *r, int fd, unsigned depth)
{
	DIR *dir = fdopendir(fd);
	struct err *e = NULL;

	if (!dir)
		return err_errno(errno, "remove %s", r->shown);
	for (struct dirent *d; !e && (d = readdir(dir));)
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			e = remove_one(r, fd, d->d_name, depth);
	closedir(dir);
	return e;
}

static struct err *remove_one(struct removal *r, int fd, const char *name, unsigned depth)
{
	if (!unlinkat(fd, name, 0))
		return NULL;
	if (errno != EISDIR && errno != EPERM)
		return err_errno(errno, "remove %s/%s", r->shown, name);
	if (depth == DEEP && move_up(r, fd, name))
		return NULL;
	int child = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (child < 0)
		return err_errno(errno, "remove %s/%s", r->shown, name);
	struct err *e = remove_inside(r, child, depth + 1);
	return !e && unlinkat(fd, name, AT_REMOVEDIR) < 0 ? err_errno(errno, "remove %s/%s", r->shown, name) :
							    e;
}

struct err *file_remove_tree(const char *path)
{
	struct removal r = { .shown = path };

	if (!unlink(path) || errno == ENOENT)
		return NULL;
	if (errno != EISDIR && errno != EPERM)
		return err_errno(errno, "remove %s", path);
	AUTO_CLOSE int top = r.top = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (top < 0)
		return err_errno(errno, "remove %s", path);
	for (unsigned before = 0;; before = r.moved) {
		int again = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (again < 0)
			return err_errno(errno, "remove %s", path);
		TRY(remove_inside(&r, again, 0));
		if (r.moved == before)
			break;
	}
	return rmdir(path) < 0 ? err_errno(errno, "remove %s", path) : NULL;
}

char *file_program_folder(void)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	if (n <= 0)
		return mem_dup(".");
	self[n] = '\0';
	char *slash = strrchr(self, '/');
	return mem_ndup(self, slash > self ? (size_t)(slash - self) : 1);
}

bool file_folder_holds(const char *folder)
{
	DIR *dir = opendir(folder);
	bool something = false;

	for (struct dirent *d; dir && (d = readdir(dir));)
		something |= strcmp(d->d_name, ".") && strcmp(d->d_name, "..");
	if (dir)
		closedir(dir);
	return something;
}
