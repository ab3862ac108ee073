/* Debian archives: which ones a recipe means, their signed indexes, their files. */
#pragma once
#include "base/progress.h"
#include "debian/index.h"
#include "recipe/recipe.h"
#include "store/store.h"

/* One suite of one archive with the mirrors that carry it. */
struct source {
	const char *name;            /* the suite: "bookworm", "bookworm-security" */
	const char *const *mirrors;  /* URLs without trailing slash, NULL-terminated */
	const char *const *components;
	const char *key;             /* keyring file */
	int pin;
};

struct sources {
	struct arena arena;
	struct source *items;
	size_t count;
};

/* The recipe's mirrors and archives, else those of the host's apt configuration
 * (sources.list, *.list, *.sources) whose suite is the recipe's or the same distribution's; with
 * -updates and -security beside the suite. ERR_RECIPE with a hint when none is known. */
struct err *archive_sources(const struct recipe *r, struct sources *ret) MUST_CHECK;
void archive_sources_done(struct sources *s);

/* Fetches each InRelease, verifies it (gpgv or sqv; only the verified payload is
 * used), checks dates against now and against the newest Date seen before, fetches the Packages
 * indexes by hash and loads them. texts keeps the bytes the index points into. */
struct archive_index {
	struct index *index;
	char **texts;
	size_t text_count;
	int64_t epoch;               /* newest Date */
};
struct err *archive_refresh(struct store *s, const struct sources *src, const char *architecture, struct progress *p,
			    struct archive_index *ret) MUST_CHECK;
void archive_index_done(struct archive_index *ix);

/* URLs of a file of an archive, one a mirror, NULL-terminated, in arena. */
const char *const *archive_urls(struct arena *a, const struct sources *src, const char *archive, const char *filename);
