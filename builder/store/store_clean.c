/* SPDX-License-Identifier: MIT */
/* Removes unused and damaged content from the store. */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/inside.h"

struct digests {
	struct digest *items;
	size_t count, room;
};

struct walk {
	const struct store *store;
	time_t limit;
	bool all;
	uint64_t freed_bytes;
	struct err *first;		  /* the first failed removal */
	struct digests of_built, of_kept; /* that refs name: those that go, those that stay */
};

typedef void visit(struct walk *w, const char *path, const struct stat *st);

/* Visits everything at depth folders below top, and nothing beneath. */
static struct err *each(struct walk *w, const char *top, short depth, visit *fn)
{
	AUTO_FREE char *path = mem_printf("%s/%s", w->store->path, top);
	FTS *walk = fts_open((char *[]){ path, NULL }, FTS_PHYSICAL | FTS_NOCHDIR, NULL);

	if (!walk)
		return err_errno(errno, "%s", path);
	for (FTSENT *at; (at = fts_read(walk));) {
		if (at->fts_level != depth || at->fts_info == FTS_DP)
			continue;
		fts_set(walk, at, FTS_SKIP);
		fn(w, at->fts_path, at->fts_statp);
	}
	fts_close(walk);
	return NULL;
}

struct err *store_clean_folder(const struct store *s, const char *path)
{
	AUTO_FREE char *away = mem_printf("%s/tmp/%s.gone", s->path, strrchr(path, '/') + 1);

	TRY(file_remove_tree(away)); /* what an earlier removal left, which a rename would not replace */
	if (rename(path, away) < 0)
		return errno == ENOENT ? NULL : err_errno(errno, "remove %s", path);
	return file_remove_tree(away);
}

static struct err *remove_whole(const struct walk *w, const char *path, const struct stat *st)
{
	return S_ISDIR(st->st_mode) ? store_clean_folder(w->store, path) : file_remove_tree(path);
}

/* What cannot be removed (a tree owned by other ids) stays for a sweep with more rights. */
static void remove_any(struct walk *w, const char *path, const struct stat *st)
{
	(void)w, (void)st;
	err_free(file_remove_tree(path));
}

static bool is_whole(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	AUTO_FREE char *chunk = mem_new(1 << 18);
	struct digest want, got;
	ssize_t n;

	/* …/AB/CDEF… */
	size_t at = strlen(path) - (DIGEST_HEX - 1) - 1;
	AUTO_FREE char *hex = mem_printf("%.2s%s", path + at, path + at + 3);
	if (fd < 0 || !digest_parse(hex, &want))
		return false;
	struct digest_run *run = digest_start();
	while ((n = read(fd, chunk, 1 << 18)) > 0)
		digest_feed(run, chunk, (size_t)n);
	got = digest_finish(run);
	return n == 0 && digest_equal(&got, &want);
}

static void check_blob(struct walk *w, const char *path, const struct stat *st)
{
	if (st->st_mtime >= w->limit && !is_whole(path))
		remove_any(w, path, st);
}

/* A tree's files have no digests here: a tree that may be torn is dropped. */
static void check_tree(struct walk *w, const char *path, const struct stat *st)
{
	if (st->st_mtime >= w->limit)
		err_free(remove_whole(w, path, st));
}

static void check_cache(struct walk *w, const char *path, const struct stat *st)
{
	struct err *e = store_cache_distrust(path, st);

	if (e)
		err_free(remove_whole(w, path, st));
	err_free(e);
}

static struct err *distrust_last_boot(struct store *s)
{
	AUTO_FREE char *path = mem_printf("%s/boot", s->path);
	AUTO_FREE char *now = clock_boot();
	AUTO_FREE char *then = NULL;
	struct stat st;

	TRY(store_ref_load(path, &then));
	if (then && !strcmp(then, now))
		return NULL;
	struct walk w = { .store = s, .limit = stat(path, &st) < 0 ? 0 : st.st_mtime };
	TRY(each(&w, "blobs/sha256", 2, check_blob));
	TRY(each(&w, "trees", 1, check_tree));
	TRY(each(&w, "caches", 1, check_cache));
	return store_ref_save(s, path, now);
}

/* Removes what git received only partly; it names such files tmp_*. */
static void drop_partial(struct walk *w, const char *path, const struct stat *st)
{
	if (text_starts(strrchr(path, '/') + 1, "tmp_"))
		remove_any(w, path, st);
}

struct err *store_clean_sweep(struct store *s)
{
	struct walk w = { .store = s };

	TRY(each(&w, "tmp", 1, remove_any));
	TRY(each(&w, "git", 4, drop_partial));
	return distrust_last_boot(s);
}

static uint64_t size_of(const char *path)
{
	FTS *walk = fts_open((char *[]){ (char *)path, NULL }, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	uint64_t bytes = 0;

	for (FTSENT *at; walk && (at = fts_read(walk));)
		if (at->fts_info != FTS_DP && at->fts_info != FTS_NS && at->fts_statp->st_nlink == 1)
			bytes += (uint64_t)at->fts_statp->st_blocks * 512;
	if (walk)
		fts_close(walk);
	return bytes;
}

static void drop_unused(struct walk *w, const char *path, const struct stat *st)
{
	if (!w->all && (st->st_atime >= w->limit || st->st_mtime >= w->limit))
		return;
	uint64_t bytes = size_of(path);
	struct err *e = remove_whole(w, path, st);
	if (!e)
		w->freed_bytes += bytes;
	if (w->first)
		err_free(e);
	else
		w->first = e;
}

/* Trees that images run from are kept. */
static void drop_tree(struct walk *w, const char *path, const struct stat *st)
{
	AUTO_FREE char *root = mem_printf("%s/root", path);

	if (!store_room_is_held(root))
		drop_unused(w, path, st);
}

static struct err *drop_all_unused(struct walk *w)
{
	TRY(each(w, "refs", 2, drop_unused));
	TRY(each(w, "trees", 1, drop_tree));
	TRY(each(w, "git", 1, drop_unused));
	TRY(each(w, "caches", 1, drop_unused));
	TRY(each(w, "blobs/sha256", 2, drop_unused));
	return TAKE(w->first);
}

/* Refs of what was fetched or only recoded stay: packs, and dates and indexes of archives; and what is known
 * of a lock, which the store does not hold. */
static bool is_of_built(const char *path)
{
	return !strstr(path, "/refs/pack/") && !strstr(path, "/refs/archive") &&
	       !strstr(path, "/refs/own-lock/");
}

static void drop_ref_of_built(struct walk *w, const char *path, const struct stat *st)
{
	if (is_of_built(path))
		drop_unused(w, path, st);
}

/* Lists each digest that a ref has as a word, whatever it is of. */
static void list_named(struct walk *w, const char *path, const struct stat *st)
{
	struct digests *all = is_of_built(path) ? &w->of_built : &w->of_kept;
	AUTO_FREE char *text = NULL;
	struct err *e = S_ISREG(st->st_mode) ? store_ref_load(path, &text) : NULL;
	struct digest d;

	if (w->first || all == &w->of_built)
		err_free(e);
	else
		w->first = e; /* what it names would be taken for something that was built */
	for (char *rest = text, *word; (word = strsep(&rest, " \n"));)
		if (digest_parse(word, &d))
			VEC_PUSH(all, d);
}

static int compare(const void *a, const void *b)
{
	return memcmp(((const struct digest *)a)->bytes, ((const struct digest *)b)->bytes,
		      sizeof((const struct digest *)a)->bytes);
}

/* No ref names what was downloaded, except those that stay: a lock does. */
static void drop_named(struct walk *w)
{
	const struct digests *kept = &w->of_kept;
	struct stat st;

	if (kept->count)
		qsort(kept->items, kept->count, sizeof *kept->items, compare);
	for (size_t i = 0; i < w->of_built.count; i++) {
		const struct digest *d = &w->of_built.items[i];
		AUTO_FREE char *name = store_blob_name(d), *path = mem_printf("%s/%s", w->store->path, name);
		bool stays = kept->count && bsearch(d, kept->items, kept->count, sizeof *d, compare);
		if (!stays && !lstat(path, &st))
			drop_unused(w, path, &st);
	}
}

/* Blobs first: if a ref went before the blob that it names and the removal is cut short, no later one would
 * know of the blob. */
static struct err *drop_built(struct walk *w)
{
	TRY(each(w, "refs", 2, list_named));
	TRY(TAKE(w->first));
	drop_named(w);
	TRY(each(w, "refs", 2, drop_ref_of_built));
	TRY(each(w, "trees", 1, drop_tree));
	return TAKE(w->first);
}

/* Runs a removal while no other build uses the store. */
static struct err *alone(struct store *s, struct walk *w, struct err *(*drop)(struct walk *))
{
	struct err *e;

	if (flock(s->lock, LOCK_EX | LOCK_NB) < 0)
		e = err_new(ERR_SYSTEM, "the store %s is in use by another build: wait for it to end",
			    s->path);
	else
		e = drop(w);
	/* The failed attempt to get the exclusive lock has released the shared one (flock(2)). */
	while (flock(s->lock, LOCK_SH) < 0 && errno == EINTR)
		;
	return e;
}

struct err *store_clean(struct store *s, uint64_t keep_seconds, uint64_t *ret_freed_bytes)
{
	time_t now = time(NULL);
	time_t keep = keep_seconds < (uint64_t)now ? (time_t)keep_seconds : now;
	struct walk w = { .store = s, .limit = now - keep, .all = keep_seconds == 0 };
	struct err *e = alone(s, &w, drop_all_unused);

	*ret_freed_bytes = w.freed_bytes;
	return e;
}

struct err *store_clean_built(struct store *s, uint64_t *ret_freed_bytes)
{
	struct walk w = { .store = s, .all = true };
	struct err *e = alone(s, &w, drop_built);

	free(w.of_built.items);
	free(w.of_kept.items);
	*ret_freed_bytes = w.freed_bytes;
	return e;
}
