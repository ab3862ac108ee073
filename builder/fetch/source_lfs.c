/* SPDX-License-Identifier: MIT */
#include "fetch/source_lfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "fetch/git.h"
#include "fetch/git_files.h"
#include "fetch/source_limit.h"

#define SHOWN 5

static const char magic[] = "version https://git-lfs.github.com/spec/v1\n";

bool source_lfs_is_pointer(const char *head, size_t len, uint64_t size)
{
	return size < LFS_POINTER_MAX && len >= sizeof magic - 1 && !memcmp(head, magic, sizeof magic - 1);
}

char *source_lfs_list(char **paths, size_t count)
{
	struct text t = { 0 };

	for (size_t i = 0; i < count && i < SHOWN; i++)
		text_printf(&t, "%s%s", i ? ", " : "", paths[i]);
	if (count > SHOWN)
		text_printf(&t, " and %zu more", count - SHOWN);
	return text_line(text_take(&t));
}

/* Lines "oid sha256:HEX" and "size N". */
static bool read_pointer(const char *text, struct digest *ret, uint64_t *ret_size)
{
	const char *oid = strstr(text, "\noid sha256:"), *size = strstr(text, "\nsize ");

	if (!oid || !size)
		return false;
	AUTO_FREE char *hex =
		mem_ndup(oid + strlen("\noid sha256:"), strcspn(oid + strlen("\noid sha256:"), "\n"));
	*ret_size = strtoull(size + strlen("\nsize "), NULL, 10);
	return digest_parse(hex, ret);
}

/* The URL of the repository that a file belongs to: the innermost submodule around it. ret_len: length of the
 * submodule's path. */
static const char *url_of(const struct git_source *g, const char *path, size_t *ret_len)
{
	const char *url = g->url;
	size_t best = 0;

	for (size_t i = 0; i < g->modules.count; i++) {
		const char *module = g->modules.items[i].path;
		size_t len = strlen(module);
		if (len > best && !strncmp(path, module, len) && path[len] == '/') {
			best = len;
			url = g->modules.items[i].url;
		}
	}
	*ret_len = best;
	return url;
}

/* The Git LFS server that a repository names in .lfsconfig; NULL: none. The user's own git configuration
 * takes precedence, as in git-lfs. */
static struct err *server_of(struct git *g, const struct git_source *source, const char *url,
			     const char *path, size_t below, char **ret)
{
	static const char *const keys[] = { "lfs.url", "remote.origin.lfsurl" };
	AUTO_FREE char *file = mem_printf("%s/%.*s/.lfsconfig", source->folder, (int)below, path),
		       *own = NULL, *named = NULL;
	struct err *e = git_run(g, (const char *[]){ "config", "--get", keys[0], NULL }, &own);

	err_free(e);
	if (own || access(file, F_OK) < 0)
		return NULL;
	for (size_t i = 0; !named && i < COUNT(keys); i++)
		err_free(git_run(g, (const char *[]){ "config", "--file", file, "--get", keys[i], NULL },
				 &named));
	if (named)
		TRY_AS(git_files_url(url, named, ret), ".lfsconfig");
	return NULL;
}

struct pouring {
	struct store_writer *writer;
	struct err *broken;
	uint64_t left, over;
};

/* If Git LFS lacks a file it writes the pointer, which may be longer than expected, before it reports the
 * error. */

static bool pour(void *arg, const char *bytes, size_t len)
{
	struct pouring *p = arg;

	if (len > p->left || p->over) {
		p->over += len;
		return p->over <= LFS_POINTER_MAX;
	}
	p->left -= len;
	p->broken = store_feed(p->writer, bytes, len);
	return !p->broken;
}

static struct err *download(struct store *s, struct git *g, const struct git_source *source, const char *path,
			    const char *pointer, const struct digest *d, uint64_t size)
{
	size_t below;
	const char *url = url_of(source, path, &below);
	AUTO_FREE char *remote = mem_printf("remote.origin.url=%s", url), *named = NULL;
	struct pouring p = { .left = size };

	TRY(server_of(g, source, url, path, below, &named));
	/* without a server, repeat the last argument */
	AUTO_FREE char *server = named ? mem_printf("lfs.url=%s", named) : mem_dup(remote);
	const char *words[] = { "-c", remote, "-c", server, "lfs", "smudge", "--", path, NULL };
	TRY(store_begin(s, &p.writer));
	g->input = pointer;
	struct err *e = git_ask(g, words, pour, &p);
	g->input = NULL;
	if (p.broken) {
		err_free(e);
		e = p.broken;
	}
	if (!e && p.over)
		e = err_new(ERR_FETCH, "git lfs: it brings more than the %llu bytes of its pointer",
			    (unsigned long long)size);
	if (e) {
		store_abort(p.writer);
		return e;
	}
	return store_commit(p.writer, d, NULL, NULL);
}

static struct err *replace(struct store *s, const char *whole, const struct digest *d)
{
	AUTO_FREE char *fresh = mem_printf("%s.lfs-new", whole);
	AUTO_CLOSE int from = -1;
	uint64_t size;

	TRY(store_open_blob(s, d, &from, &size));
	AUTO_CLOSE int to = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
				 access(whole, X_OK) ? 0644 : 0755);
	if (to < 0)
		return err_errno(errno, "%s", fresh);
	TRY(file_copy(from, to, size, fresh));
	return rename(fresh, whole) < 0 ? err_errno(errno, "%s", whole) : NULL;
}

static bool has_program(struct git *g)
{
	struct err *e = git_run(g, (const char *[]){ "lfs", "version", NULL }, NULL);

	err_free(e);
	return !e;
}

static struct err *get_one(struct store *s, struct git *git, const struct git_source *g, const char *path,
			   uint64_t *total)
{
	AUTO_FREE char *whole = mem_printf("%s/%s", g->folder, path), *text = NULL;
	struct digest d;
	uint64_t size;
	size_t len;

	TRY(file_read(whole, LFS_POINTER_MAX, &text, &len));
	if (!read_pointer(text, &d, &size))
		return err_new(ERR_FETCH, "its Git LFS pointer cannot be read");
	*total += size;
	if (size > SOURCE_BYTES_MAX || *total > SOURCE_BYTES_MAX)
		return err_new(ERR_FETCH, "Git LFS has more than %llu GB: an app's source may not",
			       SOURCE_BYTES_MAX >> 30);
	if (!store_has(s, &d))
		TRY(download(s, git, g, path, text, &d, size));
	return replace(s, whole, &d);
}

struct err *source_lfs(struct store *s, const struct git_source *g, char **paths, size_t count,
		       struct progress *p)
{
	AUTO_FREE char *list = source_lfs_list(paths, count);
	uint64_t total = 0;
	struct git git;

	struct err *e = git_open(s, NULL, &git);
	for (size_t i = 0; !e && i < count; i++) {
		progress_item(p, paths[i]);
		e = get_one(s, &git, g, paths[i], &total);
		e = e ? err_wrap(e, "%s (Git LFS keeps it elsewhere; lfs: false takes the pointer as it is)",
				 paths[i]) :
			NULL;
	}
	if (e && !has_program(&git)) {
		err_free(e);
		e = err_new(ERR_FETCH,
			    "Git LFS keeps %s elsewhere: install the package git-lfs, which fetches it (lfs: "
			    "false takes the pointers as they are)",
			    list);
	}
	git_close(&git);
	return e;
}
