/* SPDX-License-Identifier: MIT */
#include "fetch/apt_follow.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include "debian/control.h"
#include "fetch/http.h"

#define LIST_LIMIT (1u << 20)
#define MIRRORS_MAX 64

struct mirror {
	struct slice uri;
	uint64_t priority; /* lowest is best, as in apt */
};

static void arrived(void *arg, const struct digest *d, const char *url)
{
	(void)url;
	*(struct digest *)arg = *d;
}

/* apt's own folder may be redirected (archive.h). */
static char *list_path(const char *path, const char *folder)
{
	return text_starts(path, APT_FOLDER "/") ? mem_printf("%s%s", folder, path + strlen(APT_FOLDER)) :
						   mem_dup(path);
}

static struct err *read_list(struct store *s, const char *uri, const char *apt_folder, char **ret)
{
	const char *rest = uri + strlen(text_starts(uri, "mirror+") ? "mirror+" : "");
	size_t len;

	if (text_starts(rest, "file:")) {
		const char *path = rest + strlen("file:");
		AUTO_FREE char *whole = list_path(path + (text_starts(path, "//") ? 2 : 0), apt_folder);
		return file_read_text(whole, LIST_LIMIT, ret, &len);
	}
	struct digest d = { 0 };
	AUTO_FREE char *url = text_starts(rest, "mirror://") ?
				      mem_printf("http://%s", rest + strlen("mirror://")) :
				      mem_dup(rest);
	const char *urls[] = { url, NULL };
	struct want want = {
		.what = "a list of mirrors",
		.urls = urls,
		.limit_bytes = LIST_LIMIT,
		.arrived = arrived,
		.arg = &d,
	};
	TRY(http_fetch(s, &want, 1, NULL));
	TRY(store_read(s, &d, LIST_LIMIT, ret, &len));
	return utf8_from_file(ret, &len) ? NULL : err_new(ERR_FETCH, "%s is not a text", uri);
}

/* "URI key:value …"; entries for other content, architectures or suites are skipped. */
static bool read_mirror(struct slice line, struct mirror *ret)
{
	struct slice word;

	*ret = (struct mirror){ .priority = UINT64_MAX };
	if (!control_word(&line, &ret->uri) || *ret->uri.at == '#')
		return false;
	while (control_word(&line, &word)) {
		AUTO_FREE char *pair = mem_ndup(word.at, word.len);
		if (text_starts(pair, "priority:"))
			ret->priority = strtoull(pair + strlen("priority:"), NULL, 10);
		else if (strchr(pair, ':'))
			return false;
	}
	return true;
}

static int by_priority(const void *a, const void *b)
{
	const struct mirror *x = a, *y = b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return (x->uri.at > y->uri.at) - (x->uri.at < y->uri.at);
}

static size_t read_mirrors(const char *text, struct mirror mirrors[static MIRRORS_MAX])
{
	size_t count = 0;

	for (const char *at = text; *at && count < MIRRORS_MAX; at += strcspn(at, "\n"), at += *at == '\n')
		count += read_mirror((struct slice){ at, strcspn(at, "\n") }, &mirrors[count]);
	qsort(mirrors, count, sizeof *mirrors, by_priority);
	return count;
}

struct entries {
	struct apt_entry *items;
	size_t count, room;
};

static void follow(struct apt *apt, const struct apt_entry *e, struct store *s, struct progress *p,
		   struct entries *all)
{
	struct mirror mirrors[MIRRORS_MAX];
	AUTO_FREE char *text = NULL;
	struct err *failed = read_list(s, e->uri, apt->folder, &text);
	size_t count = failed ? 0 : read_mirrors(text, mirrors);

	for (size_t i = 0; i < count; i++) {
		struct apt_entry one = *e;
		one.uri = apt_uri(&apt->arena, mirrors[i].uri);
		one.usable = e->sound && apt_is_followed(one.uri);
		VEC_PUSH(all, one);
	}
	if (count)
		return;
	AUTO_FREE char *why = failed ? err_text(failed) : mem_dup("it names none");
	err_free(failed);
	progress_note(p, "apt's list of mirrors %s: %s", e->uri, why);
	VEC_PUSH(all, *e);
}

void apt_follow(struct apt *apt, struct store *s, struct progress *p)
{
	struct entries all = { 0 };

	for (size_t i = 0; i < apt->count; i++) {
		const struct apt_entry *e = &apt->items[i];
		if (text_starts(e->uri, "mirror+") || text_starts(e->uri, "mirror://"))
			follow(apt, e, s, p, &all);
		else
			VEC_PUSH(&all, *e);
	}
	free(apt->items);
	apt->items = all.items;
	apt->count = all.count;
}
