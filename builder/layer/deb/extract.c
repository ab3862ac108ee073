/* SPDX-License-Identifier: MIT */
#include "layer/deb/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/thread_pool.h"
#include "base/file.h"
#include "base/mem.h"
#include "layer/deb/cached_package.h"

#define CHUNK (256 * 1024)

/* The files of one pack in the order of their bytes, or those in no pack. */
struct build_context {
	const struct entry **files;
	size_t count;
	uint64_t size_bytes;
};

struct extract {
	const struct store *store;
	const struct tree *tree;
	int root;
	const struct entry **files; /* by pack, then offset */
	struct {
		struct build_context *items;
		size_t count, room;
	} jobs;				/* largest first */
	char *chunks[THREAD_POOL_MOST]; /* one copy buffer for each worker */
};

static int by_place(const void *a, const void *b)
{
	const struct content *x = &(*(const struct entry *const *)a)->content,
			     *y = &(*(const struct entry *const *)b)->content;

	if (x->pack != y->pack)
		return (uintptr_t)x->pack < (uintptr_t)y->pack ? -1 : 1;
	return (x->offset > y->offset) - (x->offset < y->offset);
}

static int by_size(const void *a, const void *b)
{
	const struct build_context *x = a, *y = b;

	return (x->size_bytes < y->size_bytes) - (x->size_bytes > y->size_bytes);
}

static void plan_jobs(struct extract *x)
{
	size_t count = 0;

	x->files = mem_array(x->tree->count, sizeof *x->files);
	for (size_t i = 0; i < x->tree->count; i++)
		if (x->tree->items[i].kind == ENTRY_FILE)
			x->files[count++] = &x->tree->items[i];
	qsort(x->files, count, sizeof *x->files, by_place);
	for (size_t i = 0; i < count; i++) {
		if (!i || x->files[i]->content.pack != x->files[i - 1]->content.pack)
			VEC_PUSH(&x->jobs, (struct build_context){ &x->files[i], 0, 0 });
		struct build_context *job = &x->jobs.items[x->jobs.count - 1];
		job->count++;
		job->size_bytes += x->files[i]->size_bytes;
	}
	if (x->jobs.count)
		qsort(x->jobs.items, x->jobs.count, sizeof *x->jobs.items, by_size);
}

/* Copies from an app's folder. People work there, and the digest that the layer's key contains was computed
 * earlier: it is checked again. */
static struct err *copy_disk(int to, const struct entry *e, char *chunk)
{
	AUTO_CLOSE int from = open(e->content.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct digest_run *run = digest_start();
	struct err *failed = NULL;
	uint64_t done = 0;
	ssize_t n = -1;

	while (from >= 0 && !failed && done <= e->size_bytes && (n = read(from, chunk, CHUNK)) > 0) {
		digest_feed(run, chunk, (size_t)n);
		failed = file_write_all(to, chunk, (size_t)n, e->path);
		done += (uint64_t)n;
	}
	int code = n < 0 ? errno : 0;
	struct digest found = digest_finish(run);
	if (failed)
		return failed;
	if (code && code != ENOENT && code != ENOTDIR && code != ELOOP && code != EISDIR)
		return err_errno(code, "read %s", e->content.path);
	if (code || !digest_equal(&found, &e->sha256))
		return err_new(ERR_BUILD, "%s changed during the build: run again when nothing is editing it",
			       e->content.path);
	return NULL;
}

static struct err *fill(int fd, const struct entry *e, struct pack_reader *reader, char *chunk)
{
	if (e->content.kind == CONTENT_MEMORY)
		return file_write_all(fd, e->content.bytes, (size_t)e->size_bytes, e->path);
	if (e->content.kind == CONTENT_DISK)
		return copy_disk(fd, e, chunk);
	for (uint64_t done = 0; done < e->size_bytes;) {
		size_t len = e->size_bytes - done < CHUNK ? (size_t)(e->size_bytes - done) : CHUNK;
		if (!reader)
			return err_new(ERR_SYSTEM, "/%s has no content", e->path);
		TRY(cached_package_read(reader, e->content.offset + done, chunk, len));
		TRY(file_write_all(fd, chunk, len, e->path));
		done += len;
	}
	return NULL;
}

static struct err *write_file(const struct extract *x, const struct entry *e, struct pack_reader *reader,
			      char *chunk)
{
	AUTO_CLOSE int fd =
		openat(x->root, e->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	const struct timespec times[] = { { .tv_sec = e->mtime }, { .tv_sec = e->mtime } };

	if (fd < 0)
		return err_errno(errno, "write /%s", e->path);
	TRY(fill(fd, e, reader, chunk));
	if (((e->uid || e->gid) && fchown(fd, e->uid, e->gid) < 0) || fchmod(fd, e->mode) < 0 ||
	    futimens(fd, times) < 0)
		return err_errno(errno, "set owner, mode and time of /%s", e->path);
	return NULL;
}

static struct err *do_job(void *arg, unsigned worker, size_t number)
{
	struct extract *x = arg;
	const struct build_context *job = &x->jobs.items[number];
	const struct content *c = &job->files[0]->content;
	struct pack_reader *reader = NULL;
	struct err *e = NULL;

	if (!x->chunks[worker])
		x->chunks[worker] = mem_new(CHUNK);
	if (c->kind == CONTENT_PACK)
		TRY(cached_package_open(x->store, c->pack, &reader));
	for (size_t i = 0; !e && i < job->count; i++)
		e = write_file(x, job->files[i], reader, x->chunks[worker]);
	cached_package_close(reader);
	return e;
}

static struct err *write_files(struct extract *x)
{
	plan_jobs(x);
	struct err *e = thread_pool_run(thread_pool_size(), x->jobs.count, do_job, x);
	for (unsigned i = 0; i < THREAD_POOL_MOST; i++)
		mem_freep(&x->chunks[i]);
	return e;
}

/* Makes folders first, writable for us; links come last, so that no path leads through one. */
static struct err *make_folders(const struct extract *x)
{
	for (size_t i = 0; i < x->tree->count; i++) {
		const struct entry *e = &x->tree->items[i];
		if (e->kind == ENTRY_FOLDER && *e->path && mkdirat(x->root, e->path, 0700) < 0)
			return err_errno(errno, "make folder /%s", e->path);
	}
	return NULL;
}

static struct err *make_special(const struct extract *x, const struct entry *e)
{
	static const mode_t types[] = {
		[ENTRY_CHAR] = S_IFCHR, [ENTRY_BLOCK] = S_IFBLK, [ENTRY_FIFO] = S_IFIFO
	};
	int r;

	if (e->kind == ENTRY_HARDLINK)
		r = linkat(x->root, e->link, x->root, e->path, 0);
	else if (e->kind == ENTRY_SYMLINK)
		r = symlinkat(e->link, x->root, e->path);
	else if (e->kind == ENTRY_CHAR || e->kind == ENTRY_BLOCK || e->kind == ENTRY_FIFO)
		r = mknodat(x->root, e->path, types[e->kind] | 0600, makedev(e->major, e->minor));
	else
		return err_new(ERR_SYSTEM, "/%s cannot be extracted", e->path);
	return r < 0 ? err_errno(errno, "make /%s", e->path) : NULL;
}

static struct err *set_owner_and_time(const struct extract *x, const struct entry *e)
{
	const struct timespec times[] = { { .tv_sec = e->mtime }, { .tv_sec = e->mtime } };
	const char *path = *e->path ? e->path : ".";

	if (((e->uid || e->gid) && fchownat(x->root, path, e->uid, e->gid, AT_SYMLINK_NOFOLLOW) < 0) ||
	    (e->kind != ENTRY_SYMLINK && fchmodat(x->root, path, e->mode, 0) < 0) ||
	    utimensat(x->root, path, times, AT_SYMLINK_NOFOLLOW) < 0)
		return err_errno(errno, "set owner, mode and time of /%s", e->path);
	return NULL;
}

static struct err *make_rest(const struct extract *x)
{
	for (size_t i = 0; i < x->tree->count; i++) {
		const struct entry *e = &x->tree->items[i];
		if (e->kind == ENTRY_FILE || e->kind == ENTRY_FOLDER)
			continue;
		TRY(make_special(x, e));
		if (e->kind != ENTRY_HARDLINK)
			TRY(set_owner_and_time(x, e));
	}
	for (size_t i = x->tree->count; i--;)
		if (x->tree->items[i].kind == ENTRY_FOLDER)
			TRY(set_owner_and_time(x, &x->tree->items[i]));
	return NULL;
}

struct err *extract_tree(const struct store *s, const struct tree *t, const char *folder)
{
	AUTO_CLOSE int root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct extract x = { .store = s, .tree = t, .root = root };

	if (root < 0)
		return err_errno(errno, "%s", folder);
	struct err *e = make_folders(&x);
	if (!e)
		e = write_files(&x);
	if (!e)
		e = make_rest(&x);
	free(x.files);
	free(x.jobs.items);
	return err_line(e);
}
