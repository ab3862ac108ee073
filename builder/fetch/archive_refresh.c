/* SPDX-License-Identifier: MIT */
/* Fetches an archive's lists if they have changed, and reads them into one index. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/text.h"
#include "debian/release_file.h"
#include "fetch/archive.h"
#include "fetch/decompress.h"
#include "fetch/http.h"
#include "fetch/suite.h"

#define PACKAGES_LIMIT (256ull << 20) /* of one list, as it comes and plain; Debian's has 50 MB */

/* One Packages file of one component. */
struct listing {
	const struct suite *suite;
	uint32_t archive;
	const struct release_file_entry *packed, *plain; /* plain NULL: not listed */
	struct digest digest;				 /* of the decompressed text */
	bool ready;					 /* it is in the store */
};

struct refresh {
	struct store *store;
	struct sources *sources;
	const char *architecture;
	struct progress *progress;
	struct arena arena;   /* of URLs */
	struct suite *suites; /* one for each source */
	struct {
		struct listing *items;
		size_t count, room;
	} listings;
};

static const struct release_file_entry *best_packed(const struct release_file *release, const char *path)
{
	static const char *const tails[] = { ".xz", ".zst", ".gz", "" };
	const struct release_file_entry *found = NULL;

	for (size_t i = 0; !found && i < COUNT(tails); i++) {
		AUTO_FREE char *name = mem_printf("%s%s", path, tails[i]);
		found = release_file_find(release, name);
	}
	return found;
}

/* *ret_found: whether the suite has such a list. */
static struct err *add_listing(struct refresh *r, size_t i, const char *path, bool *ret_found)
{
	const struct suite *suite = &r->suites[i];
	struct listing l = {
		.suite = suite,
		.archive = (uint32_t)i,
		.packed = best_packed(&suite->release, path),
		.plain = release_file_find(&suite->release, path),
	};

	const struct release_file_entry *larger =
		l.packed && l.plain && l.plain->size_bytes > l.packed->size_bytes ? l.plain : l.packed;
	if (larger && larger->size_bytes > PACKAGES_LIMIT)
		return err_new(ERR_FETCH, "%s: its list %s would have %ju bytes: %llu are taken at most",
			       suite->url, larger->path, (uintmax_t)larger->size_bytes, PACKAGES_LIMIT);
	if (l.packed && l.packed->size_bytes && (!l.plain || l.plain->size_bytes))
		VEC_PUSH(&r->listings, l);
	*ret_found |= l.packed != NULL;
	return NULL;
}

/* Some archives list packages of architecture "all" separately: they declare it and do not revoke it.
 * Undeclared lists may be stale. */
static bool lists_all_apart(const struct suite *suite)
{
	struct control c = { suite->text, suite->text + strlen(suite->text) };
	struct slice stanza, word;

	if (!control_next(&c, &stanza) ||
	    control_is(control_get(stanza, "No-Support-for-Architecture-all"), "Packages"))
		return false;
	struct slice names = control_get(stanza, "Architectures");
	while (control_word(&names, &word))
		if (control_is(word, "all"))
			return true;
	return false;
}

static struct err *add_component(struct refresh *r, size_t i, const char *component, const char *architecture,
				 bool *ret_found)
{
	AUTO_FREE char *path = mem_printf("%s/binary-%s/Packages", component, architecture);

	return add_listing(r, i, path, ret_found);
}

static struct err *list_suite(struct refresh *r, size_t i)
{
	const struct suite *suite = &r->suites[i];
	bool found = false;

	if (suite->url && suite_is_flat(suite->src->suite)) {
		TRY(add_listing(r, i, "Packages", &found));
		return found ? NULL : err_new(ERR_FETCH, "%s names no list Packages", suite->url);
	}
	for (size_t c = 0; suite->url && suite->src->components[c]; c++, found = false) {
		const char *component = suite->src->components[c];
		TRY(add_component(r, i, component, r->architecture, &found));
		if (lists_all_apart(suite))
			TRY(add_component(r, i, component, "all", &found));
		if (!found)
			return err_new(ERR_FETCH, "%s has no component '%s' for %s", suite->url, component,
				       r->architecture);
	}
	return NULL;
}

/* Whether the decompressed text is in the store already. */
static struct err *look_up(struct refresh *r, struct listing *l)
{
	AUTO_FREE char *text = NULL;

	if (l->plain) {
		l->digest = l->plain->sha256;
	} else {
		TRY(store_ref_read(r->store, "archive-index", &l->packed->sha256, &text));
		if (!text || !digest_parse(text, &l->digest))
			return NULL;
	}
	l->ready = store_has(r->store, &l->digest);
	return NULL;
}

static struct want want_listing(struct refresh *r, const struct listing *l)
{
	const struct source *src = l->suite->src;
	const char *path = l->packed->path;
	const char *slash = strrchr(path, '/');
	char hex[DIGEST_HEX];
	AUTO_FREE char *whole = suite_path(src->suite, path);
	AUTO_FREE char *by_digest = mem_printf("%.*sby-hash/SHA256/%s", slash ? (int)(slash + 1 - path) : 0,
					       path, digest_hex(&l->packed->sha256, hex));
	AUTO_FREE char *hashed = suite_path(src->suite, by_digest);
	const char *const *plain = archive_urls(&r->arena, r->sources, src->name, whole);
	const char *const *by_hash = archive_urls(&r->arena, r->sources, src->name, hashed);
	AUTO_FREE char *what = mem_printf("%s %s", src->name, path);
	size_t count = 0;

	while (plain[count])
		count++;
	const char **urls = arena_new(&r->arena, (2 * count + 1) * sizeof *urls);
	for (size_t m = 0, n = 0; m < count; m++) {
		if (l->suite->release.by_hash)
			urls[n++] = by_hash[m];
		urls[n++] = plain[m];
	}
	return (struct want){ .what = arena_dup(&r->arena, what, strlen(what)),
			      .urls = urls,
			      .sha256 = l->packed->sha256,
			      .size_bytes = l->packed->size_bytes,
			      .local = true,
			      .proxies = &r->sources->proxies };
}

static struct err *expand(struct refresh *r, struct listing *l)
{
	const struct digest *promised = l->plain ? &l->plain->sha256 : NULL;
	uint64_t limit = l->plain ? l->plain->size_bytes : PACKAGES_LIMIT;
	char hex[DIGEST_HEX];

	if (l->ready || l->packed == l->plain)
		return NULL;
	progress_item(r->progress, l->packed->path);
	TRY_AS(decompress_blob(r->store, &l->packed->sha256, promised, limit, &l->digest), "%s %s",
	       l->suite->src->name, l->packed->path);
	return store_ref_write(r->store, "archive-index", &l->packed->sha256, digest_hex(&l->digest, hex));
}

static struct err *fetch_listings(struct refresh *r)
{
	size_t count = r->listings.count, n = 0;
	AUTO_FREE struct want *wants = mem_array(count, sizeof *wants);
	uint64_t total = 0;

	for (size_t i = 0; i < count; i++) {
		struct listing *l = &r->listings.items[i];
		TRY(look_up(r, l));
		if (l->ready)
			continue;
		wants[n++] = want_listing(r, l);
		total += l->packed->size_bytes;
	}
	if (!n)
		return NULL;
	progress_stage(r->progress, "package lists", total, "bytes");
	TRY(http_fetch(r->store, wants, n, r->progress));
	for (size_t i = 0; i < count; i++)
		TRY(expand(r, &r->listings.items[i]));
	return NULL;
}

static struct err *load(struct refresh *r, struct archive_index *ix)
{
	ix->index = index_new(r->architecture);
	ix->texts = mem_array(r->listings.count, sizeof *ix->texts);
	for (size_t i = 0; i < r->listings.count; i++) {
		const struct listing *l = &r->listings.items[i];
		size_t len;
		TRY(store_read(r->store, &l->digest, PACKAGES_LIMIT, &ix->texts[i], &len));
		ix->text_count++;
		TRY_AS(index_add(ix->index, ix->texts[i], len, l->archive, l->suite->pin), "%s %s",
		       l->suite->src->name, l->packed->path);
	}
	TRY(index_seal(ix->index));
	for (size_t i = 0; i < r->sources->count; i++)
		if (r->suites[i].url && r->suites[i].release.date > ix->epoch)
			ix->epoch = r->suites[i].release.date;
	return NULL;
}

static struct err *run(struct refresh *r, struct archive_index *ix)
{
	TRY(suite_fetch(r->store, r->sources, r->suites, r->progress));
	for (size_t i = 0; i < r->sources->count; i++)
		TRY(list_suite(r, i));
	TRY(fetch_listings(r));
	TRY(load(r, ix));
	AUTO_FREE char *summary = mem_printf("%zu packages to choose from", index_count(ix->index));
	progress_done(r->progress, summary);
	return NULL;
}

struct err *archive_refresh(struct store *s, struct sources *src, const char *architecture,
			    struct progress *p, struct archive_index *ret)
{
	struct refresh r = {
		.store = s,
		.sources = src,
		.architecture = architecture,
		.progress = p,
		.suites = mem_array(src->count, sizeof *r.suites),
	};

	*ret = (struct archive_index){ 0 };
	struct err *e = run(&r, ret);
	suite_done(r.suites, src->count);
	free(r.listings.items);
	arena_done(&r.arena);
	if (e)
		archive_index_done(ret);
	return e;
}
