/* SPDX-License-Identifier: MIT */
#include "fetch/archive.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "fetch/apt_choice.h"
#include "fetch/apt_follow.h"

#define DEBIAN_KEYS "/usr/share/keyrings/debian-archive-keyring.gpg"
#define APT_EXAMPLES "/usr/share/doc/apt/examples"
#define DEFAULT_PIN 500

enum part { PART_SUITE, PART_UPDATES, PART_SECURITY, PART_COUNT };

static const char *const parts[PART_COUNT] = { "", "-updates", "-security" };

/* A NULL-terminated list under construction; its words are in an arena. */
struct words {
	const char **items;
	size_t count, room;
};

static void add_word(struct words *w, struct arena *a, const char *word)
{
	for (size_t i = 0; i < w->count; i++)
		if (!strcmp(w->items[i], word))
			return;
	VEC_PUSH(w, arena_dup(a, word, strlen(word)));
}

static const char *const *end_words(struct words *w, struct arena *a)
{
	const char **list = arena_new(a, (w->count + 1) * sizeof *list);

	if (w->count)
		memcpy(list, w->items, w->count * sizeof *list);
	free(w->items);
	*w = (struct words){ 0 };
	return list;
}

static const char *const *one_word(struct arena *a, const char *word)
{
	struct words w = { 0 };

	add_word(&w, a, word);
	return end_words(&w, a);
}

/* snapshot: a day ("2026-11-01") or moment; uses the folder that a snapshot mirror has for it. NULL:
 * current. */
static void add_url(struct words *w, struct arena *a, const char *url, const char *snapshot)
{
	size_t len = strlen(url);

	while (len && url[len - 1] == '/')
		len--;
	AUTO_FREE char *bare = mem_ndup(url, len),
		       *moment = !snapshot	       ? NULL :
				 strchr(snapshot, '-') ? mem_printf("%s/%.4s%.2s%.2sT000000Z", bare, snapshot,
								    snapshot + 5, snapshot + 8) :
							 mem_printf("%s/%s", bare, snapshot);
	add_word(w, a, moment ? moment : bare);
}

static const char *apt_folder(void)
{
	const char *named = getenv("MKBENCH_APT");

	return named && *named ? named : APT_FOLDER;
}

static void add_trusted(struct words *w, struct arena *a)
{
	AUTO_FREE char *pattern = mem_printf("%s/trusted.gpg{,.d/*.gpg,.d/*.asc}", apt_folder());
	glob_t found;

	if (!glob(pattern, GLOB_BRACE, NULL, &found))
		for (size_t i = 0; i < found.gl_pathc; i++)
			if (!access(found.gl_pathv[i], R_OK))
				add_word(w, a, found.gl_pathv[i]);
	globfree(&found);
}

/* For an apt entry without a key: all keys that apt trusts. For a recipe without one: Debian's own keys, if
 * they are installed. */
static const char *const *default_keys(struct arena *a, bool of_apt)
{
	struct words w = { 0 };

	if (of_apt || access(DEBIAN_KEYS, R_OK) < 0)
		add_trusted(&w, a);
	if (!w.count)
		add_word(&w, a, DEBIAN_KEYS);
	return end_words(&w, a);
}

static const char *const *recipe_keys(const struct recipe *r, const char *key, struct arena *a)
{
	if (!key)
		return default_keys(a, false);
	AUTO_FREE char *path = recipe_beside(r, key);
	return one_word(a, path);
}

struct building {
	struct arena *arena;
	struct store *store;
	struct progress *progress;
	struct {
		struct source *items;
		size_t count, room;
	} sources;
};

static bool is_taken(const struct building *b, const char *name)
{
	for (size_t i = 0; i < b->sources.count; i++)
		if (!strcmp(b->sources.items[i].name, name))
			return true;
	return false;
}

/* Names appear in locks: the suite alone if that is unique; a flat archive has no suite name. */
static const char *new_name(const struct building *b, const char *suite, const char *url)
{
	const char *host = strstr(url, "://"), *shown = text_ends(suite, "/") ? "flat" : suite;

	host = host ? host + 3 : url;
	host = memchr(host, '@', strcspn(host, "/")) ? strchr(host, '@') + 1 : host;
	int len = (int)strcspn(host, "/");
	AUTO_FREE char *name = shown == suite ? mem_dup(suite) : mem_printf("flat@%.*s", len, host);
	for (int n = shown == suite ? 1 : 2; is_taken(b, name); n++) {
		free(name);
		name = mem_printf(n == 1 ? "%s@%.*s" : "%s@%.*s#%d", shown, len, host, n);
	}
	return arena_dup(b->arena, name, strlen(name));
}

static void add_source(struct building *b, const char *suite, const char *const *mirrors,
		       const char *const *components, const char *const *keys, enum part part, bool optional)
{
	struct source src = {
		.name = new_name(b, suite, mirrors[0]),
		.suite = arena_dup(b->arena, suite, strlen(suite)),
		.mirrors = mirrors,
		.components = components,
		.keys = keys,
		.optional = optional,
		.security = part == PART_SECURITY,
		.pin = DEFAULT_PIN,
	};

	VEC_PUSH(&b->sources, src);
}

/* Debian's unstable suite has neither part. */
static bool has_part(const struct recipe *r, enum part part)
{
	static const char *const alone[] = { "sid", "unstable", "experimental" };

	for (size_t i = 0; part != PART_SUITE && i < COUNT(alone); i++)
		if (!strcmp(r->base.suite, alone[i]))
			return false;
	return part != PART_SECURITY || r->base.security;
}

/* The likely places of a part if only the suite's own mirrors are known. */
static void add_likely(struct words *w, struct arena *a, const char *part, const char *const *mirrors)
{
	for (size_t i = 0; mirrors[i]; i++) {
		const char *debian = strcmp(part, "-security") ? NULL : strstr(mirrors[i], "/debian");
		const char *rest = debian ? debian + strlen("/debian") : "";
		if (debian && (!*rest || *rest == '/')) { /* the date of a snapshot mirror follows */
			AUTO_FREE char *beside =
				mem_printf("%.*s-security%s", (int)(rest - mirrors[i]), mirrors[i], rest);
			add_word(w, a, beside);
		}
		add_word(w, a, mirrors[i]);
	}
}

static void from_recipe(struct building *b, const struct recipe *r)
{
	const char *const *urls = r->base.mirrors.items, *const *keys = recipe_keys(r, r->base.key, b->arena);
	const char *const *main_only = one_word(b->arena, "main");
	struct words own = { 0 };

	for (size_t i = 0; i < r->base.mirrors.count; i++)
		add_url(&own, b->arena, urls[i], r->base.snapshot);
	const char *const *mirrors = end_words(&own, b->arena);
	for (enum part i = PART_SUITE; i < PART_COUNT; i++) {
		AUTO_FREE char *suite = mem_printf("%s%s", r->base.suite, parts[i]);
		struct words likely = { 0 };
		if (!has_part(r, i))
			continue;
		add_likely(&likely, b->arena, parts[i], mirrors);
		add_source(b, suite, end_words(&likely, b->arena), main_only, keys, i, i == PART_UPDATES);
	}
}

/* All mirrors of the archive of the first such entry: another key means another archive. */
static bool add_mirrors(struct words *w, struct arena *a, const struct apt *apt, const char *base,
			const char *part, const char **ret_key)
{
	const struct apt_entry *first = apt_choice_first(apt, base, part);

	for (size_t i = 0; first && i < apt->count; i++) {
		const struct apt_entry *e = &apt->items[i];
		bool same_key = e->key == first->key || (e->key && first->key && !strcmp(e->key, first->key));
		if (e->usable && same_key && apt_choice_is(e, base, part))
			add_word(w, a, e->uri);
	}
	if (first)
		*ret_key = first->key;
	return first != NULL;
}

static struct err *no_mirror(const struct apt *apt, const char *suite)
{
	AUTO_TEXT struct text seen = { 0 };

	for (size_t i = 0; i < apt->count; i++)
		text_printf(&seen, "%s%s %s%s", i ? ", " : "", apt->items[i].uri, apt->items[i].suite,
			    apt->items[i].usable ? "" : " (not usable here)");
	return err_new(ERR_RECIPE, "no mirror of %s is known: name one in base.mirrors (%s has %s)", suite,
		       apt_folder(), seen.len ? seen.bytes : "no archive");
}

static struct err *from_apt(struct building *b, const struct apt *apt, const struct recipe *r)
{
	const char *suite = r->base.suite;
	AUTO_FREE char *base = apt_choice_base(apt, suite);
	const char *key = NULL;
	const char *const *main_only = one_word(b->arena, "main"), *const *own = NULL;

	if (!base)
		return no_mirror(apt, suite);
	for (enum part i = PART_SUITE; i < PART_COUNT; i++) {
		AUTO_FREE char *name = mem_printf("%s%s", suite, parts[i]);
		struct words w = { 0 };
		if (!has_part(r, i))
			continue;
		bool named = add_mirrors(&w, b->arena, apt, base, parts[i], &key);
		if (!named && own)
			add_likely(&w, b->arena, parts[i], own);
		const char *const *mirrors = end_words(&w, b->arena);
		const char *const *keys = r->base.key ? recipe_keys(r, r->base.key, b->arena) :
					  key	      ? one_word(b->arena, key) :
							default_keys(b->arena, true);
		own = i ? own : mirrors;
		add_source(b, name, mirrors, main_only, keys, i,
			   i == PART_UPDATES && !(named && !strcmp(base, suite)));
	}
	return NULL;
}

/* The path of apt's example configuration; the caller's to free. */
static char *apt_examples(void)
{
	AUTO_FREE char *own = mem_printf("%s/examples", apt_folder());

	return access(own, F_OK) ? mem_dup(APT_EXAMPLES) : TAKE(own);
}

/* After an installation from DVD, apt has no archive in the network: the one from its own example is used. */
static struct err *take_example(struct building *b, const struct recipe *r, struct apt *apt)
{
	AUTO_FREE char *known = apt_choice_base(apt, r->base.suite), *folder = apt_examples();
	struct apt example;

	if (known)
		return NULL;
	TRY(apt_read(folder, r->base.architecture, &example));
	AUTO_FREE char *base = apt_choice_base(&example, r->base.suite);
	if (!base) {
		apt_done(&example);
		return NULL;
	}
	progress_note(b->progress,
		      "this machine's apt has no network archive for %s: using %s from the example in %s "
		      "(base.mirrors chooses another)",
		      r->base.suite, example.items[0].uri, folder);
	apt_done(apt);
	*apt = example;
	return NULL;
}

static struct err *suite_sources(struct building *b, const struct recipe *r)
{
	struct apt apt;

	if (r->base.mirrors.count) {
		from_recipe(b, r);
		return NULL;
	}
	TRY(apt_read(apt_folder(), r->base.architecture, &apt));
	apt_follow(&apt, b->store, b->progress);
	struct err *e = take_example(b, r, &apt);
	if (!e)
		e = from_apt(b, &apt, r);
	apt_done(&apt);
	return e;
}

static void add_archives(struct building *b, const struct recipe *r)
{
	const struct archive *more = r->base.archives.items;

	for (size_t i = 0; i < r->base.archives.count; i++) {
		const char *const *names = more[i].components.items;
		struct words url = { 0 }, components = { 0 };
		add_url(&url, b->arena, more[i].url, NULL);
		for (size_t c = 0; c < more[i].components.count; c++)
			add_word(&components, b->arena, names[c]);
		if (!components.count)
			add_word(&components, b->arena, "main");
		add_source(b, more[i].suite, end_words(&url, b->arena), end_words(&components, b->arena),
			   recipe_keys(r, more[i].key, b->arena), PART_SUITE, false);
		b->sources.items[b->sources.count - 1].foreign = true;
	}
}

struct err *archive_sources(const struct recipe *r, struct store *s, struct progress *p, struct sources *ret)
{
	*ret = (struct sources){ 0 };
	struct building b = { .arena = &ret->arena, .store = s, .progress = p };
	struct err *e = proxy_read(p, &ret->proxies);
	if (!e)
		e = suite_sources(&b, r);
	if (!e)
		add_archives(&b, r);
	ret->items = b.sources.items;
	ret->count = b.sources.count;
	ret->old = !r->base.check_valid_until || r->base.snapshot;
	if (e)
		archive_sources_done(ret);
	return e;
}

void archive_sources_done(struct sources *s)
{
	free(s->items);
	proxy_done(&s->proxies);
	arena_done(&s->arena);
	*s = (struct sources){ 0 };
}

void archive_index_done(struct archive_index *ix)
{
	index_free(ix->index);
	for (size_t i = 0; i < ix->text_count; i++)
		free(ix->texts[i]);
	free(ix->texts);
	*ix = (struct archive_index){ 0 };
}
