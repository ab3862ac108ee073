/* SPDX-License-Identifier: MIT */
#include "fetch/apt.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "debian/control.h"

#define FILE_LIMIT (1u << 20)

struct reading {
	struct apt *apt;
	const char *architecture;
	size_t room;
};

/* Options of an entry, in either format. */
struct about {
	struct slice uris, suites, components, architectures, key;
	bool trusted;
};

static const char *keep(struct arena *a, struct slice s)
{
	return arena_dup(a, s.at, s.len);
}

static bool holds_word(struct slice words, const char *wanted)
{
	struct slice word;

	while (control_word(&words, &word))
		if (control_is(word, wanted))
			return true;
	return false;
}

static const char *const *keep_words(struct arena *a, struct slice words)
{
	struct slice rest = words, word;
	size_t count = 0;

	while (control_word(&rest, &word))
		count++;
	const char **list = arena_new(a, (count + 1) * sizeof *list);
	for (size_t i = 0; control_word(&words, &word); i++)
		list[i] = keep(a, word);
	return list;
}

const char *apt_uri(struct arena *a, struct slice uri)
{
	while (uri.len && uri.at[uri.len - 1] == '/')
		uri.len--;
	AUTO_FREE char *text = mem_ndup(uri.at, uri.len);
	bool plain_file = text_starts(text, "file:/") && !text_starts(text, "file://");
	AUTO_FREE char *whole = plain_file ? mem_printf("file://%s", text + strlen("file:")) : mem_dup(text);
	return arena_dup(a, whole, strlen(whole));
}

bool apt_is_followed(const char *uri)
{
	return text_starts(uri, "http://") || text_starts(uri, "https://") || text_starts(uri, "file:///");
}

/* Whether keys are given as a path or inline; fingerprints would need keyrings that nobody named. */
static bool names_keys(const char *key)
{
	return !key || *key == '/' || text_starts(key, "-----BEGIN");
}

static void add(struct reading *r, const struct about *about)
{
	struct slice uris = about->uris, uri, suite;
	struct arena *a = &r->apt->arena;

	if (about->architectures.len && !holds_word(about->architectures, r->architecture))
		return;
	const char *const *components = keep_words(a, about->components);
	const char *key = about->key.len ? keep(a, about->key) : NULL;
	while (control_word(&uris, &uri))
		for (struct slice suites = about->suites; control_word(&suites, &suite);) {
			const char *where = apt_uri(a, uri);
			if (suite.at[suite.len - 1] == '/')
				continue;
			if (r->apt->count == r->room) {
				r->room = r->room ? 2 * r->room : 16;
				r->apt->items = mem_resize(r->apt->items, r->room, sizeof *r->apt->items);
			}
			r->apt->items[r->apt->count++] = (struct apt_entry){
				.uri = where,
				.suite = keep(a, suite),
				.components = components,
				.key = key,
				.sound = names_keys(key) && !about->trusted,
				.usable = apt_is_followed(where) && names_keys(key) && !about->trusted,
			};
		}
}

/* apt(8) allows commas between the values of one-line options. */
static struct slice commas_to_blanks(struct arena *a, struct slice value)
{
	char *copy = arena_dup(a, value.at, value.len);

	for (char *c = copy; *c; c++)
		if (*c == ',')
			*c = ' ';
	return (struct slice){ copy, value.len };
}

static void read_option(struct reading *r, struct slice option, struct about *about)
{
	const char *equals = memchr(option.at, '=', option.len);

	if (!equals)
		return;
	struct slice name = { option.at, (size_t)(equals - option.at) };
	struct slice value =
		commas_to_blanks(&r->apt->arena, (struct slice){ equals + 1, option.len - name.len - 1 });
	if (control_is(name, "arch"))
		about->architectures = value;
	else if (control_is(name, "signed-by"))
		about->key = value;
	else if (control_is(name, "trusted"))
		about->trusted = control_is(value, "yes");
}

/* deb [option=value …] URI SUITE COMPONENT… */
static void read_line(struct reading *r, struct slice line)
{
	struct about about = { 0 };
	struct slice word;

	if (!control_word(&line, &word) || !control_is(word, "deb"))
		return;
	const char *open = memchr(line.at, '[', line.len),
		   *close = open ? memchr(open, ']', line.len - (size_t)(open - line.at)) : NULL;
	struct slice rest = line;
	if (close && control_word(&rest, &word) && *word.at == '[') {
		struct slice options = { open + 1, (size_t)(close - open) - 1 };
		while (control_word(&options, &word))
			read_option(r, word, &about);
		line = (struct slice){ close + 1, line.len - (size_t)(close + 1 - line.at) };
	}
	if (!control_word(&line, &about.uris) || !control_word(&line, &about.suites))
		return;
	about.components = line;
	add(r, &about);
}

static void read_list(struct reading *r, char *text)
{
	char *save;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		size_t len = strcspn(line, "#");
		read_line(r, (struct slice){ line, len });
	}
}

/* Removes comment lines, which may be inside a field, before stanzas are parsed. */
static void drop_comments(char *text)
{
	char *to = text;

	for (const char *from = text; *from;) {
		size_t len = strcspn(from, "\n") + 1;
		if (!from[len - 1])
			len--;
		if (*from != '#') {
			memmove(to, from, len);
			to += len;
		}
		from += len;
	}
	*to = '\0';
}

/* A key inside the stanza: each line begins with a blank, an empty line is " .". */
static struct slice inline_key(struct arena *a, struct slice value)
{
	if (!value.at)
		return value;
	char *copy = arena_dup(a, value.at, value.len), *to = copy;
	const char *end = value.at + value.len;

	for (const char *from = value.at; from < end;) {
		const char *newline = memchr(from, '\n', (size_t)(end - from)),
			   *stop = newline ? newline : end;
		while (from < stop && (*from == ' ' || *from == '\t'))
			from++;
		if (stop - from != 1 || *from != '.') {
			memcpy(to, from, (size_t)(stop - from));
			to += stop - from;
		}
		*to++ = '\n';
		from = stop + 1;
	}
	if (to > copy)
		*--to = '\0';
	return (struct slice){ copy, (size_t)(to - copy) };
}

static void read_stanzas(struct reading *r, char *text)
{
	struct slice stanza;

	drop_comments(text);
	struct control c = { text, text + strlen(text) };
	while (control_next(&c, &stanza)) {
		struct about about = {
			.uris = control_get(stanza, "URIs"),
			.suites = control_get(stanza, "Suites"),
			.components = control_get(stanza, "Components"),
			.architectures = control_get(stanza, "Architectures"),
			.key = inline_key(&r->apt->arena, control_get(stanza, "Signed-By")),
			.trusted = control_is(control_get(stanza, "Trusted"), "yes"),
		};
		if (holds_word(control_get(stanza, "Types"), "deb") &&
		    !control_is(control_get(stanza, "Enabled"), "no"))
			add(r, &about);
	}
}

static struct err *read_file(struct reading *r, const char *folder, const char *name)
{
	AUTO_FREE char *path = mem_printf("%s/%s", folder, name);
	AUTO_FREE char *text = NULL;
	size_t len;
	struct err *e = file_read_text(path, FILE_LIMIT, &text, &len);

	if (e && err_code(e) == ENOENT) {
		err_free(e);
		return NULL;
	}
	TRY(e);
	(text_ends(name, ".sources") ? read_stanzas : read_list)(r, text);
	return NULL;
}

static int is_source_file(const struct dirent *d)
{
	return text_ends(d->d_name, ".list") || text_ends(d->d_name, ".sources");
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static struct err *read_all(struct reading *r, const char *folder)
{
	AUTO_FREE char *more = mem_printf("%s/sources.list.d", folder);
	struct dirent **names = NULL;
	struct err *e = read_file(r, folder, "sources.list");

	int count = e ? 0 : scandir(more, &names, is_source_file, by_name);
	for (int i = 0; i < count; i++) {
		if (!e)
			e = read_file(r, more, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return e;
}

struct err *apt_read(const char *folder, const char *architecture, struct apt *ret)
{
	struct reading r = { .apt = ret, .architecture = architecture };

	*ret = (struct apt){ 0 };
	ret->folder = arena_dup(&ret->arena, folder, strlen(folder));
	struct err *e = read_all(&r, folder);
	if (e)
		apt_done(ret);
	return e ? err_wrap(e, "read apt's configuration") : NULL;
}

void apt_done(struct apt *a)
{
	free(a->items);
	arena_done(&a->arena);
	*a = (struct apt){ 0 };
}
