/* SPDX-License-Identifier: MIT */
#include "report/contents_packages.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "debian/control.h"
#include "report/contents_modules.h"

static const char *keep(struct contents *c, struct slice s)
{
	return s.at ? arena_dup(&c->arena, s.at, s.len) : NULL;
}

/* "glibc (2.36-9)": the source and its version, if they differ from the package's. */
static void take_source(struct contents *c, struct contents_package *p, struct slice field)
{
	struct slice name, version;

	p->source = p->name;
	p->source_version = p->version;
	if (!control_word(&field, &name))
		return;
	p->source = keep(c, name);
	if (control_word(&field, &version) && version.len > 2 && *version.at == '(' &&
	    version.at[version.len - 1] == ')')
		p->source_version = keep(c, (struct slice){ version.at + 1, version.len - 2 });
}

static bool is_installed(struct slice status)
{
	struct slice word;
	bool last = false;

	while (control_word(&status, &word))
		last = control_is(word, "installed") || control_is(word, "triggers-pending") ||
		       control_is(word, "triggers-awaited") || control_is(word, "unpacked") ||
		       control_is(word, "half-configured");
	return last;
}

/* An image without dpkg has one file for each package in status.d; those have no Status field. */
static void take_status(struct contents *c, size_t at, bool apart)
{
	const struct entry *e = &c->tree.items[at];
	size_t len;
	const char *text = contents_text(e, &len);
	struct control walk = { text, text + len };
	struct slice stanza;
	struct {
		struct contents_package *items;
		size_t count, room;
	} list = { c->packages, c->package_count, c->package_count };

	while (control_next(&walk, &stanza)) {
		struct slice name = control_get(stanza, "Package"), status = control_get(stanza, "Status");
		if (!name.at || !(status.at ? is_installed(status) : apart))
			continue;
		struct contents_package p = {
			.kind = PACKAGE_DEBIAN,
			.name = keep(c, name),
			.version = keep(c, control_get(stanza, "Version")),
			.architecture = keep(c, control_get(stanza, "Architecture")),
			.depends = keep(c, control_get(stanza, "Depends")),
			.path = arena_dup(&c->arena, e->path, strlen(e->path)),
			.layer = c->layer_of[at],
		};
		take_source(c, &p, control_get(stanza, "Source"));
		VEC_PUSH(&list, p);
	}
	c->packages = list.items;
	c->package_count = list.count;
	c->has_dpkg = true;
}

static int by_name(const void *a, const void *b)
{
	const struct contents_package *x = a, *y = b;
	int order = x->kind < y->kind ? -1 : x->kind > y->kind;

	order = order ? order : strcmp(x->name, y->name);
	order = order ? order : strcmp(x->version ? x->version : "", y->version ? y->version : "");
	order = order ? order :
			strcmp(x->architecture ? x->architecture : "",
			       y->architecture ? y->architecture : "");
	return order ? order : strcmp(x->path, y->path);
}

/* "libc6" or "libc6:amd64", from the name of a file list. */
static size_t find_package(const struct contents *c, const char *name, size_t len)
{
	const char *colon = memchr(name, ':', len);
	size_t word = colon ? (size_t)(colon - name) : len, low = 0, high = c->package_count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct contents_package *p = &c->packages[middle];
		int order = p->kind != PACKAGE_DEBIAN ? 1 : strncmp(p->name, name, word);
		if (!order && p->name[word])
			order = 1;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < c->package_count && c->packages[low].kind == PACKAGE_DEBIAN; low++) {
		const struct contents_package *p = &c->packages[low];
		if (strlen(p->name) != word || strncmp(p->name, name, word))
			break;
		const char *architecture = p->architecture ? p->architecture : "";
		if (!colon || (strlen(architecture) == len - word - 1 &&
			       !strncmp(architecture, colon + 1, len - word - 1)))
			return low;
	}
	return CONTENTS_NOBODY;
}

/* A folder that several packages contain has no owner, nor does a link that replaces it at the top, such as
 * /bin. */
static void own(struct contents *c, const char *path, size_t package)
{
	const struct entry *e = contents_find(c, path);
	size_t at = e ? (size_t)(e - c->tree.items) : 0;

	if (!e || (e->kind == ENTRY_SYMLINK && !strchr(e->path, '/')) || e->kind == ENTRY_FOLDER ||
	    e->kind == ENTRY_OPAQUE || c->owner_of[at] != CONTENTS_NOBODY)
		return;
	c->owner_of[at] = package;
	c->packages[package].file_count++;
	c->packages[package].size_bytes += e->kind == ENTRY_FILE ? e->size_bytes : 0;
}

static void take_list(struct contents *c, const struct entry *list)
{
	const char *name = strrchr(list->path, '/') + 1;
	size_t package = find_package(c, name, strlen(name) - strlen(".list")), len;
	const char *text = contents_text(list, &len);

	for (const char *at = text, *end = text + len; package != CONTENTS_NOBODY && at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		AUTO_FREE char *path = mem_ndup(at, (size_t)((stop ? stop : end) - at));
		own(c, path, package);
		at = stop ? stop + 1 : end;
	}
}

/* KEY=value, KEY="value" of os-release(5); NULL: not set. */
static const char *release_word(struct contents *c, const char *key)
{
	size_t len, word = strlen(key);
	const struct entry *e = contents_find(c, "usr/lib/os-release");
	const char *text = contents_text(e ? e : contents_find(c, "etc/os-release"), &len), *end = text + len;

	for (const char *at = text; at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		stop = stop ? stop : end;
		if ((size_t)(stop - at) > word && !strncmp(at, key, word) && at[word] == '=') {
			const char *from = at + word + 1, *to = stop;
			if (to - from >= 2 && (*from == '"' || *from == '\'') && to[-1] == *from) {
				from++;
				to--;
			}
			return arena_dup(&c->arena, from, (size_t)(to - from));
		}
		at = stop + (stop < end);
	}
	return NULL;
}

/* Lines "NAME,HASH,SIZE", names relative to the folder with the dist-info; quoted names are skipped. */
static void take_record(struct contents *c, size_t package)
{
	const char *path = c->packages[package].path, *slash = strrchr(path, '/');
	AUTO_FREE char *record = mem_printf("%.*s/RECORD", slash ? (int)(slash - path) : 0, path),
		       *site = mem_dup(record);
	size_t len;
	const char *text = contents_text(tree_find(&c->tree, record), &len);

	for (unsigned up = 0; up < 2; up++) {
		char *cut = strrchr(site, '/');
		*(cut ? cut : site) = '\0';
	}
	for (const char *at = text, *end = text + len; at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at)),
			   *comma = memchr(at, ',', (size_t)((stop ? stop : end) - at));
		AUTO_FREE char *name = mem_ndup(at, comma ? (size_t)(comma - at) : 0),
			       *folder = mem_dup(site);
		const char *rest = name;
		for (char *cut; text_starts(rest, "../"); rest += 3) {
			cut = strrchr(folder, '/');
			*(cut ? cut : folder) = '\0';
		}
		AUTO_FREE char *whole = mem_printf("%s/%s", folder, rest);
		if (comma && *name != '"')
			own(c, whole, package);
		at = stop ? stop + 1 : end;
	}
}

struct folder {
	char *path;
	size_t package;
};

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct folder *)a)->path, ((const struct folder *)b)->path);
}

/* The package that owns the nearest folder above. */
static size_t find_folder(const struct folder *list, size_t count, const char *path)
{
	AUTO_FREE char *up = mem_dup(path);

	for (char *slash; (slash = strrchr(up, '/'));) {
		*slash = '\0';
		const struct folder key = { .path = up },
				    *found = bsearch(&key, list, count, sizeof *list, by_path);
		if (found)
			return found->package;
	}
	return CONTENTS_NOBODY;
}

/* Assigns files below the folder of a Python package, a Node module, an app or an interpreter, if no package
 * lists them by name. */
static void own_folders(struct contents *c)
{
	struct {
		struct folder *items;
		size_t count, room;
	} list = { 0 };

	for (size_t i = 0; i < c->package_count; i++) {
		const struct contents_package *p = &c->packages[i];
		const char *slash = strrchr(p->path, '/');
		if (p->kind == PACKAGE_PYTHON)
			take_record(c, i);
		if (p->kind == PACKAGE_APP || p->kind == PACKAGE_INTERPRETER)
			VEC_PUSH(&list, (struct folder){ mem_dup(p->path), i });
		else if (p->kind != PACKAGE_DEBIAN && slash && !text_ends(p->path, ".egg-info"))
			VEC_PUSH(&list, (struct folder){ mem_ndup(p->path, (size_t)(slash - p->path)), i });
	}
	if (list.count)
		qsort(list.items, list.count, sizeof *list.items, by_path);
	for (size_t n = 0; list.count && n < c->tree.count; n++) {
		size_t package = c->owner_of[n] == CONTENTS_NOBODY ?
					 find_folder(list.items, list.count, c->tree.items[n].path) :
					 CONTENTS_NOBODY;
		if (package != CONTENTS_NOBODY)
			own(c, c->tree.items[n].path, package);
	}
	for (size_t i = 0; i < list.count; i++)
		free(list.items[i].path);
	free(list.items);
}

void contents_packages(struct contents *c)
{
	c->owner_of = mem_array(c->tree.count + 1, sizeof *c->owner_of);
	for (size_t i = 0; i < c->tree.count; i++) {
		const char *path = c->tree.items[i].path;
		c->owner_of[i] = CONTENTS_NOBODY;
		if (!strcmp(path, "var/lib/dpkg/status"))
			take_status(c, i, false);
		else if (text_starts(path, "var/lib/dpkg/status.d/") && !text_ends(path, ".md5sums"))
			take_status(c, i, true);
	}
	contents_modules(c);
	if (c->package_count)
		qsort(c->packages, c->package_count, sizeof *c->packages, by_name);
	for (size_t i = 0; i < c->tree.count; i++)
		if (text_starts(c->tree.items[i].path, "var/lib/dpkg/info/") &&
		    text_ends(c->tree.items[i].path, ".list"))
			take_list(c, &c->tree.items[i]);
	own_folders(c);
	c->os = release_word(c, "ID");
	c->os_version = release_word(c, "VERSION_ID");
}
