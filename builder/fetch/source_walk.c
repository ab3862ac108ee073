/* SPDX-License-Identifier: MIT */
#include "fetch/source_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "fetch/source_lfs.h"
#include "fetch/source_limit.h"

#define DEPTH_MAX 128

static bool left_out(const struct source_walk *w, const char *name)
{
	static const char *const names[] = {
		".", "..", ".git", ".hg", ".svn", "node_modules", "__pycache__"
	};
	size_t count = w->programs ? 2 : COUNT(names);

	for (size_t i = 0; i < count; i++)
		if (!strcmp(name, names[i]))
			return true;
	return !w->programs && text_ends(name, ".pyc");
}

/* Whether a link at path (below the root) still points below the root. */
static bool link_stays(const char *path, const char *target)
{
	int depth = 0;

	if (target[0] == '/')
		return false;
	for (const char *c = path; *c; c++)
		depth += *c == '/';
	for (size_t len; *target; target += len + (target[len] == '/')) {
		len = strcspn(target, "/");
		if (len == 2 && !strncmp(target, "..", 2))
			depth--;
		else if (len && !(len == 1 && *target == '.'))
			depth++;
		if (depth < 0)
			return false;
	}
	return true;
}

static struct err *too_large(const char *path)
{
	return err_new(
		ERR_BUILD,
		"the app's files exceed %llu GB (at %s): move files that are not source out of its folder",
		SOURCE_BYTES_MAX >> 30, path);
}

/* The size is the number of bytes hashed, even if the file changes before or later. */
static struct err *digest_file(struct source_walk *w, const char *path, struct entry *e, bool *ret_pointer)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct digest_run *run = digest_start();
	AUTO_FREE char *chunk = mem_new(1 << 16);
	char head[64];
	size_t head_len = 0;
	ssize_t n = -1;

	for (e->size_bytes = 0; fd >= 0 && w->bytes <= SOURCE_BYTES_MAX && (n = read(fd, chunk, 1 << 16)) > 0;
	     e->size_bytes += (uint64_t)n) {
		if (!e->size_bytes)
			memcpy(head, chunk, head_len = (size_t)n < sizeof head ? (size_t)n : sizeof head);
		digest_feed(run, chunk, (size_t)n);
		w->bytes += (uint64_t)n;
	}
	e->sha256 = digest_finish(run);
	*ret_pointer = source_lfs_is_pointer(head, head_len, e->size_bytes);
	if (fd >= 0 && w->bytes > SOURCE_BYTES_MAX)
		return too_large(path);
	return fd < 0 || n < 0 ? err_errno(errno, "read %s", path) : NULL;
}

static struct err *add_link(struct tree *t, const char *path, const char *whole)
{
	char target[4096];
	ssize_t n = readlink(whole, target, sizeof target - 1);

	if (n < 0)
		return err_errno(errno, "%s", whole);
	target[n] = '\0';
	if (!link_stays(path, target))
		return err_new(ERR_BUILD, "%s points outside its app, to %s", whole, target);
	tree_add(t, &(struct entry){ .path = path, .kind = ENTRY_SYMLINK, .mode = 0777, .link = target });
	return NULL;
}

static struct err *walk(struct source_walk *w, const char *below, unsigned depth);

static struct err *add_file(struct source_walk *w, const char *path, const char *whole, const struct stat *st,
			    struct entry *e)
{
	bool pointer;

	if (st->st_size > 0 && (uint64_t)st->st_size > SOURCE_BYTES_MAX - w->bytes)
		return too_large(whole);
	e->kind = ENTRY_FILE;
	e->content = (struct content){ .kind = CONTENT_DISK, .path = whole };
	TRY(digest_file(w, whole, e, &pointer));
	tree_add(w->tree, e);
	if (pointer)
		VEC_PUSH(&w->pointers, mem_dup(path));
	return NULL;
}

static struct err *add(struct source_walk *w, const char *path, unsigned depth)
{
	AUTO_FREE char *whole = mem_printf("%s/%s", w->root, path);
	struct entry e = { .path = path };
	struct stat st;

	if (strlen(path) > SOURCE_PATH_MAX)
		return err_new(ERR_BUILD, "%s holds a name that is too long: %.60s...", w->root, path);
	if (lstat(whole, &st) < 0)
		return err_errno(errno, "%s", whole);
	w->names += strlen(whole);
	if (w->tree->count >= SOURCE_FILES_MAX || w->names > SOURCE_NAMES_MAX)
		return err_new(ERR_BUILD, "%s holds more than %d files, or %llu MB of names", w->root,
			       SOURCE_FILES_MAX, SOURCE_NAMES_MAX >> 20);
	if (S_ISLNK(st.st_mode))
		return add_link(w->tree, path, whole);
	e.mode = S_ISDIR(st.st_mode) || (st.st_mode & 0111) ? 0755 : 0644;
	if (S_ISDIR(st.st_mode)) {
		e.kind = ENTRY_FOLDER;
		tree_add(w->tree, &e);
		return walk(w, path, depth + 1);
	}
	if (!S_ISREG(st.st_mode))
		return err_new(ERR_BUILD, "%s is neither a file, a folder nor a link", whole);
	return add_file(w, path, whole, &st, &e);
}

static struct err *walk(struct source_walk *w, const char *below, unsigned depth)
{
	AUTO_FREE char *folder = mem_printf("%s/%s", w->root, below);
	DIR *dir = depth > DEPTH_MAX ? NULL : opendir(folder);
	struct err *e = NULL;

	if (!dir)
		return depth > DEPTH_MAX ? err_new(ERR_BUILD, "%s is nested too deeply", folder) :
					   err_errno(errno, "%s", folder);
	for (struct dirent *d; !e && (d = readdir(dir));) {
		if (left_out(w, d->d_name))
			continue;
		AUTO_FREE char *path = mem_printf("%s%s%s", below, *below ? "/" : "", d->d_name);
		e = add(w, path, depth);
	}
	closedir(dir);
	return e;
}

struct err *source_walk(struct source_walk *w)
{
	return walk(w, "", 0);
}

void source_walk_done(struct source_walk *w)
{
	for (size_t i = 0; i < w->pointers.count; i++)
		free(w->pointers.items[i]);
	free(w->pointers.items);
	w->pointers.items = NULL;
	w->pointers.count = w->pointers.room = 0;
}
