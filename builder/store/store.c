/* SPDX-License-Identifier: MIT */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/inside.h"

#define USE_GRAIN_SECONDS (24 * 3600)

static int hold(int fd, int how)
{
	int r;

	while ((r = flock(fd, how)) < 0 && errno == EINTR)
		;
	return r;
}

static struct err *take(struct store *s)
{
	TRY(store_folder_make(s));
	s->fd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	s->lock = openat(s->fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (s->fd < 0 || s->lock < 0)
		return err_errno(errno, "%s/lock", s->path);
	if (!hold(s->lock, LOCK_EX | LOCK_NB))
		TRY(store_clean_sweep(s));
	if (hold(s->lock, LOCK_SH) < 0)
		return err_errno(errno, "lock %s", s->path);
	return NULL;
}

struct err *store_open(const char *path, struct store **ret)
{
	char *chosen = NULL;

	TRY(store_folder_choose(path, &chosen));
	struct store *s = mem_new(sizeof *s);
	*s = (struct store){ .path = chosen, .fd = -1, .lock = -1, .mutex = PTHREAD_MUTEX_INITIALIZER };
	struct err *e = take(s);
	if (e) {
		store_close(s);
		return err_wrap(e, "open the store");
	}
	*ret = s;
	return NULL;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->work.count; i++) {
		err_free(file_remove_tree(s->work.items[i])); /* a remainder is left for the next sweep */
		free(s->work.items[i]);
	}
	free(s->work.items);
	store_bundle_forget(s);
	file_closep(&s->lock);
	file_closep(&s->fd);
	pthread_mutex_destroy(&s->mutex);
	free(s->path);
	free(s);
}

const char *store_path(const struct store *s)
{
	return s->path;
}

/* "blobs/sha256/AB/CDEF…", relative to the store */
struct blob_name {
	char text[sizeof "blobs/sha256/AB/" + DIGEST_HEX];
};

static struct blob_name name_of(const struct digest *d)
{
	struct blob_name n;
	char hex[DIGEST_HEX];

	digest_hex(d, hex);
	snprintf(n.text, sizeof n.text, "blobs/sha256/%.2s/%s", hex, hex + 2);
	return n;
}

/* Sets the access time to the time of last use, whatever the mount's atime option. */
bool store_note_use(const struct store *s, const char *name)
{
	struct stat st;

	if (fstatat(s->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	store_bundle_note(s, name);
	if (st.st_atime + USE_GRAIN_SECONDS < time(NULL))
		utimensat(s->fd, name,
			  (struct timespec[]){ { .tv_nsec = UTIME_NOW }, { .tv_nsec = UTIME_OMIT } }, 0);
	return true;
}

bool store_has(const struct store *s, const struct digest *d)
{
	return store_note_use(s, name_of(d).text);
}

char *store_blob_name(const struct digest *d)
{
	struct blob_name n = name_of(d);

	return mem_dup(n.text);
}

char *store_blob_path(const struct store *s, const struct digest *d)
{
	struct blob_name n = name_of(d);

	store_note_use(s, n.text);
	return mem_printf("%s/%s", s->path, n.text);
}

struct err *store_open_blob(const struct store *s, const struct digest *d, int *ret_fd, uint64_t *ret_size)
{
	struct blob_name n = name_of(d);
	AUTO_CLOSE int fd = openat(s->fd, n.text, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(errno, "%s/%s", s->path, n.text);
	store_note_use(s, n.text);
	*ret_size = (uint64_t)st.st_size;
	*ret_fd = fd;
	fd = -1;
	return NULL;
}

struct err *store_read(const struct store *s, const struct digest *d, size_t limit, char **ret_bytes,
		       size_t *ret_len)
{
	AUTO_FREE char *path = store_blob_path(s, d);
	AUTO_FREE char *bytes = NULL;
	size_t len;

	TRY(file_read(path, limit, &bytes, &len));
	struct digest got = digest_of(bytes, len);
	if (!digest_equal(&got, d)) {
		unlink(path);
		return err_new(ERR_SYSTEM,
			       "%s was damaged on the disk and was removed: run again to fetch it again",
			       path);
	}
	*ret_bytes = TAKE(bytes);
	*ret_len = len;
	return NULL;
}

struct store_writer {
	struct store *store;
	struct digest_run *run;
	int fd;
	char *path; /* NULL: the file has no name yet (O_TMPFILE) */
	uint64_t size;
};

struct err *store_disk_err(int code, const struct store *s)
{
	struct err *e = err_errno(code, "write in %s", s->path);

	return code == ENOSPC || code == EDQUOT ? err_wrap(e, STORE_FULL) : e;
}

/* NULL with errno if there is no space for it. */
static struct store_writer *new_writer(struct store *s)
{
	AUTO_CLOSE int fd = openat(s->fd, "tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0444);
	AUTO_FREE char *path = NULL;

	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
		path = mem_printf("%s/tmp/blob.XXXXXX", s->path);
		fd = mkostemp(path, O_CLOEXEC);
	}
	if (fd < 0)
		return NULL;
	struct store_writer *w = mem_new(sizeof *w);
	*w = (struct store_writer){ .store = s, .run = digest_start(), .fd = fd, .path = TAKE(path) };
	fd = -1;
	return w;
}

struct err *store_begin(struct store *s, struct store_writer **ret)
{
	*ret = new_writer(s);
	return *ret ? NULL : store_disk_err(errno, s);
}

struct err *store_feed(struct store_writer *w, const void *bytes, size_t len)
{
	struct err *e = file_write_all(w->fd, bytes, len, "the store");

	if (e) {
		int code = err_code(e);
		err_free(e);
		return store_disk_err(code, w->store);
	}
	digest_feed(w->run, bytes, len);
	w->size += len;
	return NULL;
}

void store_abort(struct store_writer *w)
{
	if (!w)
		return;
	if (w->path)
		unlink(w->path);
	free(w->path);
	file_closep(&w->fd);
	digest_drop(w->run);
	free(w);
}

static int give_name(const struct store_writer *w, const char *name)
{
	char self[32];

	if (w->path)
		return fchmod(w->fd, 0444) < 0 ? -1 : renameat(AT_FDCWD, w->path, w->store->fd, name);
	snprintf(self, sizeof self, "/proc/self/fd/%d", w->fd);
	return linkat(AT_FDCWD, self, w->store->fd, name, AT_SYMLINK_FOLLOW);
}

static struct err *place(const struct store_writer *w, const struct digest *d)
{
	struct blob_name n = name_of(d);
	struct store *s = w->store;

	if (store_note_use(s, n.text))
		return NULL;
	int r = give_name(w, n.text);
	if (r < 0 && errno == ENOENT) {
		struct blob_name folder = n;
		*strrchr(folder.text, '/') = '\0';
		if (mkdirat(s->fd, folder.text, 0755) < 0 && errno != EEXIST)
			return store_disk_err(errno, s);
		r = give_name(w, n.text);
	}
	return r < 0 && errno != EEXIST ? store_disk_err(errno, s) : NULL;
}

struct err *store_commit(struct store_writer *w, const struct digest *expected, struct digest *ret,
			 uint64_t *ret_size)
{
	struct digest d = digest_finish(TAKE(w->run));
	char want[DIGEST_HEX], got[DIGEST_HEX];
	struct err *e;

	if (expected && !digest_equal(expected, &d))
		e = err_new(ERR_FETCH, "its SHA-256 is %s where %s was promised", digest_hex(&d, got),
			    digest_hex(expected, want));
	else
		e = place(w, &d);
	if (!e && ret)
		*ret = d;
	if (!e && ret_size)
		*ret_size = w->size;
	store_abort(w);
	return e;
}

struct err *store_put(struct store *s, const void *bytes, size_t len, struct digest *ret)
{
	struct digest d = digest_of(bytes, len);

	*ret = d;
	if (store_has(s, &d))
		return NULL;
	struct store_writer *w = new_writer(s);
	if (!w)
		return store_disk_err(errno, s);
	struct err *e = store_feed(w, bytes, len);
	if (e) {
		store_abort(w);
		return e;
	}
	return store_commit(w, NULL, ret, NULL);
}

struct err *store_work_folder(struct store *s, const char *name, char **ret_path)
{
	AUTO_FREE char *path = mem_printf("%s/tmp/%s.XXXXXX", s->path, name);

	if (!mkdtemp(path))
		return store_disk_err(errno, s);
	pthread_mutex_lock(&s->mutex);
	VEC_PUSH(&s->work, mem_dup(path));
	pthread_mutex_unlock(&s->mutex);
	*ret_path = TAKE(path);
	return NULL;
}

/* Locks are in tmp/: a sweep, which runs only when nobody can hold one, removes them. */
struct err *store_lock_key(struct store *s, const struct digest *key, int *ret_fd)
{
	char hex[DIGEST_HEX];
	AUTO_FREE char *path = mem_printf("%s/tmp/%s", s->path, digest_hex(key, hex));
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0 || hold(fd, LOCK_EX) < 0)
		return err_errno(errno, "lock %s", path);
	*ret_fd = fd;
	fd = -1;
	return NULL;
}
