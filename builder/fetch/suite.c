/* SPDX-License-Identifier: MIT */
#include "fetch/suite.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/text.h"
#include "debian/control.h"
#include "fetch/http.h"
#include "fetch/signed.h"

#define INRELEASE_LIMIT (16u << 20)

struct round {
	struct store *store;
	struct sources *sources;
	struct suite *suites; /* one for each source */
	struct progress *progress;
	struct arena arena; /* of URLs */
};

static void suite_arrived(void *arg, const struct digest *d, const char *url)
{
	struct suite *suite = arg;

	suite->url = d ? url : NULL;
	if (d)
		suite->inrelease = *d;
}

bool suite_is_flat(const char *suite)
{
	return text_ends(suite, "/");
}

char *suite_path(const char *suite, const char *file)
{
	while (text_starts(suite, "./"))
		suite += 2;
	if (!suite_is_flat(suite) && *suite)
		return mem_printf("dists/%s/%s", suite, file);
	return mem_printf("%s%s", *suite == '/' ? suite + 1 : suite, file);
}

static char *inrelease_url(const struct source *src, size_t mirror)
{
	AUTO_FREE char *path = suite_path(src->suite, "InRelease");

	return mem_printf("%s/%s", src->mirrors[mirror], path);
}

/* The newest date seen before on this mirror; 0: none. */
static struct err *last_date(struct store *s, const char *url, int64_t *ret)
{
	struct digest key = digest_of(url, strlen(url));
	AUTO_FREE char *text = NULL;

	TRY(store_ref_read(s, "archive", &key, &text));
	*ret = text ? strtoll(text, NULL, 10) : 0;
	return NULL;
}

static struct err *note_date(struct store *s, const char *url, int64_t date)
{
	struct digest key = digest_of(url, strlen(url));
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, date);
	return store_ref_write(s, "archive", &key, text);
}

static int pin_of(const struct suite *suite, const char *text, size_t len)
{
	struct control c = { text, text + len };
	struct slice stanza;

	if (!control_next(&c, &stanza) || !control_is(control_get(stanza, "NotAutomatic"), "yes"))
		return suite->src->pin;
	return control_is(control_get(stanza, "ButAutomaticUpgrades"), "yes") ? 100 : 1;
}

/* Other archives name their suites freely: "a/b/7.0" may call itself "a". */
static bool begins_with(const char *asked, const char *name)
{
	size_t len = name ? strlen(name) : 0;

	return len && !strncmp(asked, name, len) && (!asked[len] || asked[len] == '/');
}

static void note_name(struct round *r, const struct suite *suite)
{
	const char *asked = suite->src->suite, *name = suite->release.suite, *code = suite->release.codename;
	bool says = (name && *name) || (code && *code);

	if (says && !suite_is_flat(asked) && !begins_with(asked, name) && !begins_with(asked, code))
		progress_note(r->progress, "%s: it calls itself suite '%s' (%s)", suite->url, name, code);
}

/* Notes that a Debian suite is not released yet, which its Suite field tells. */
static void note_moving(struct round *r, const struct suite *suite)
{
	const char *name = suite->release.suite;

	if (!suite->release.suite || suite->src->foreign)
		return;
	if (!strcmp(name, "testing"))
		progress_note(r->progress,
			      "%s is Debian's testing: it changes each day until its release, and security "
			      "updates may come late",
			      suite->src->name);
	else if (!strcmp(name, "unstable") || !strcmp(name, "experimental"))
		progress_note(r->progress,
			      "warning: %s is Debian's %s: it changes several times a day, breaks now and "
			      "then, and has no security updates of its own",
			      suite->src->name, name);
}

static struct err *verify(struct round *r, struct suite *suite)
{
	AUTO_FREE char *message = NULL;
	size_t len, text_len;
	int64_t last = 0;

	TRY(store_read(r->store, &suite->inrelease, INRELEASE_LIMIT, &message, &len));
	TRY(signed_open(r->store, message, len, suite->src->keys, &suite->text, &text_len));
	TRY(release_file_parse(suite->text, text_len, &suite->release));
	TRY(last_date(r->store, suite->url, &last));
	const char *expected = suite->src->foreign ? NULL : suite->src->suite;
	TRY(release_file_check(&suite->release, expected, time(NULL), last, r->sources->old));
	if (!expected)
		note_name(r, suite);
	note_moving(r, suite);
	suite->pin = pin_of(suite, suite->text, text_len);
	if (suite->release.valid_until && suite->release.valid_until < time(NULL)) {
		AUTO_FREE char *until = release_file_date(suite->release.valid_until);
		progress_note(r->progress,
			      "%s was valid until %s: taken all the same, as the recipe's base says",
			      suite->src->name, until);
	}
	return note_date(r->store, suite->url, last > suite->release.date ? last : suite->release.date);
}

static struct err *no_security(const struct suite *suite)
{
	AUTO_TEXT struct text asked = { 0 };

	for (size_t m = 0; suite->src->mirrors[m]; m++)
		text_printf(&asked, "%s%s", m ? ", " : "", suite->src->mirrors[m]);
	return err_new(ERR_FETCH,
		       "no mirror has %s, the security updates (not found at %s): name the one that has them "
		       "in base.mirrors; only base.security: false builds without them",
		       suite->src->name, asked.bytes);
}

/* A server that answers "not found" could hide updates: what existed once must still exist, and security must
 * exist in any case. */
static struct err *accept_absence(struct round *r, const struct suite *suite)
{
	if (suite->refused)
		return err_new(ERR_FETCH, "%s; no other mirror has %s", suite->refused, suite->src->name);
	if (suite->src->security)
		return no_security(suite);
	for (size_t m = 0; suite->src->mirrors[m]; m++) {
		AUTO_FREE char *url = inrelease_url(suite->src, m);
		int64_t last;
		TRY(last_date(r->store, url, &last));
		if (last)
			return err_new(ERR_FETCH, "%s was there before and is gone", url);
	}
	progress_note(r->progress, "%s is on no mirror: built without it", suite->src->name);
	return NULL;
}

static void forget(struct suite *suite)
{
	release_file_done(&suite->release);
	free(TAKE(suite->text));
}

static size_t place_of(const struct suite *suite)
{
	for (size_t m = 0; suite->src->mirrors[m]; m++) {
		AUTO_FREE char *url = inrelease_url(suite->src, m);
		if (!strcmp(url, suite->url))
			return m;
	}
	abort();
}

/* Evaluates what arrived; after a bad answer the next mirror is tried. */
static struct err *settle(struct round *r, struct suite *suite)
{
	suite->settled = true;
	if (!suite->url)
		return accept_absence(r, suite);
	struct err *e = verify(r, suite);
	if (!e)
		return NULL;
	forget(suite);
	e = err_wrap(e, "%s", suite->url);
	suite->tried = place_of(suite) + 1;
	if (err_kind(e) != ERR_FETCH || !suite->src->mirrors[suite->tried])
		return e;
	free(suite->refused);
	suite->refused = err_text(e);
	progress_note(r->progress, "%s; trying the next mirror", suite->refused);
	err_free(e);
	suite->settled = false;
	return NULL;
}

static struct want want_release(struct round *r, struct suite *suite)
{
	const struct source *src = suite->src;
	size_t count = 0;

	while (src->mirrors[suite->tried + count])
		count++;
	const char **urls = arena_new(&r->arena, (count + 1) * sizeof *urls);
	for (size_t i = 0; i < count; i++) {
		AUTO_FREE char *url = inrelease_url(src, suite->tried + i);
		urls[i] = arena_dup(&r->arena, url, strlen(url));
	}
	return (struct want){ .what = src->name,
			      .urls = urls,
			      .limit_bytes = INRELEASE_LIMIT,
			      .local = true,
			      .proxies = &r->sources->proxies,
			      .optional = src->optional || src->security || suite->refused,
			      .arrived = suite_arrived,
			      .arg = suite };
}

/* Fetches one suite from the remaining mirrors: an error also says what was wrong at the earlier ones. */
static struct err *fetch_again(struct round *r, struct suite *suite)
{
	while (!suite->settled) {
		struct want want = want_release(r, suite);
		TRY_AS(http_fetch(r->store, &want, 1, r->progress), "%s; then", suite->refused);
		TRY(settle(r, suite));
	}
	return NULL;
}

static struct err *fetch_all(struct round *r)
{
	size_t count = r->sources->count;
	AUTO_FREE struct want *wants = mem_array(count, sizeof *wants);

	progress_stage(r->progress, "archives", 0, "bytes");
	for (size_t i = 0; i < count; i++)
		wants[i] = want_release(r, &r->suites[i]);
	TRY(http_fetch(r->store, wants, count, r->progress));
	for (size_t i = 0; i < count; i++)
		TRY(settle(r, &r->suites[i]));
	for (size_t i = 0; i < count; i++)
		TRY(fetch_again(r, &r->suites[i]));
	return NULL;
}

struct err *suite_fetch(struct store *s, struct sources *sources, struct suite *suites, struct progress *p)
{
	struct round r = { .store = s, .sources = sources, .suites = suites, .progress = p };

	for (size_t i = 0; i < sources->count; i++)
		suites[i].src = &sources->items[i];
	struct err *e = fetch_all(&r);
	arena_done(&r.arena);
	return e;
}

void suite_done(struct suite *suites, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		forget(&suites[i]);
		free(suites[i].refused);
	}
	free(suites);
}
