/* SPDX-License-Identifier: MIT */
#include "fetch/git_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "fetch/source_limit.h"

#define GITMODULES_LIMIT (1u << 20)

struct reading {
	struct git_amount *amount;
	struct git_links *links;
	struct text record; /* incomplete */
	bool too_much, has_modules;
};

/* Parses "MODE TYPE ID SIZE\tPATH" from git-ls-tree(1); the size is "-" for anything but a file. */
static void take_entry(struct reading *r, char *record)
{
	char *path = strchr(record, '\t'), *words[4] = { NULL }, *save;

	if (!path)
		return;
	*path++ = '\0';
	char *word = strtok_r(record, " ", &save);
	for (size_t i = 0; word && i < COUNT(words); i++, word = strtok_r(NULL, " ", &save))
		words[i] = word;
	if (!words[3])
		return;
	if (!strcmp(words[0], "160000")) {
		VEC_PUSH(r->links, (struct git_link){ .path = mem_dup(path), .commit = mem_dup(words[2]) });
		return;
	}
	r->has_modules |= !strcmp(path, ".gitmodules") && text_starts(words[0], "100");
	r->links->files++;
	r->amount->files++;
	r->amount->names += strlen(path);
	r->amount->bytes += strtoull(words[3], NULL, 10);
}

static bool take(void *arg, const char *bytes, size_t len)
{
	struct reading *r = arg;

	for (const char *end; (end = memchr(bytes, '\0', len));) {
		text_add(&r->record, bytes, (size_t)(end - bytes));
		len -= (size_t)(end + 1 - bytes);
		bytes = end + 1;
		if (r->record.bytes)
			take_entry(r, r->record.bytes);
		r->record.len = 0;
	}
	text_add(&r->record, bytes, len);
	const struct git_amount *a = r->amount;
	r->too_much = a->files > SOURCE_FILES_MAX || a->bytes > SOURCE_BYTES_MAX ||
		      a->names > SOURCE_NAMES_MAX || r->links->count > SOURCE_FILES_MAX / 100 ||
		      r->record.len > (1u << 20);
	return !r->too_much;
}

static struct git_link *link_at(struct git_links *l, const char *path)
{
	for (size_t i = 0; i < l->count; i++)
		if (!strcmp(l->items[i].path, path))
			return &l->items[i];
	return NULL;
}

static bool gather(void *arg, const char *bytes, size_t len)
{
	struct text *all = arg;

	text_add(all, bytes, len);
	return all->len < GITMODULES_LIMIT;
}

/* The value in .gitmodules of a key, "submodule.NAME.path", from git's output "KEY\nVALUE\0". */
static const char *value_of(const struct text *pairs, const char *name, size_t name_len, const char *key)
{
	for (size_t at = 0; at < pairs->len; at += strlen(pairs->bytes + at) + 1) {
		const char *pair = pairs->bytes + at, *newline = strchr(pair, '\n');
		if (newline && text_starts(pair, "submodule.") &&
		    !strncmp(pair + strlen("submodule."), name, name_len) &&
		    !strncmp(pair + strlen("submodule.") + name_len, key,
			     (size_t)(newline - pair) - strlen("submodule.") - name_len) &&
		    strlen(key) == (size_t)(newline - pair) - strlen("submodule.") - name_len)
			return newline + 1;
	}
	return NULL;
}

static struct err *name_links(struct git *g, const char *commit, struct git_links *links)
{
	AUTO_TEXT struct text pairs = { 0 };
	AUTO_FREE char *blob = mem_printf("--blob=%s:.gitmodules", commit);

	TRY_AS(git_read(g,
			(const char *[]){ "config", blob, "-z", "--get-regexp",
					  "^submodule[.].*[.](path|url)$", NULL },
			gather, &pairs),
	       "read .gitmodules");
	for (size_t at = 0; at < pairs.len; at += strlen(pairs.bytes + at) + 1) {
		const char *pair = pairs.bytes + at, *newline = strchr(pair, '\n'),
			   *name = pair + strlen("submodule.");
		size_t len = newline ? (size_t)(newline - name) : 0;
		if (len <= strlen(".path") || strncmp(newline - strlen(".path"), ".path", strlen(".path")))
			continue;
		struct git_link *link = link_at(links, newline + 1);
		const char *url = value_of(&pairs, name, len - strlen(".path"), ".url");
		if (link && url && !link->url)
			link->url = mem_dup(url);
	}
	return NULL;
}

struct err *git_files(struct git *g, const char *commit, struct git_amount *amount, struct git_links *ret)
{
	struct reading r = { .amount = amount, .links = ret };

	struct err *e = git_read(
		g, (const char *[]){ "ls-tree", "-r", "-l", "-z", "--full-tree", commit, NULL }, take, &r);
	free(text_take(&r.record));
	TRY(e);
	if (r.too_much)
		return err_new(ERR_FETCH,
			       "commit %s holds more than %llu GB, %d files or %llu MB of names: an app's "
			       "source may not",
			       commit, SOURCE_BYTES_MAX >> 30, SOURCE_FILES_MAX, SOURCE_NAMES_MAX >> 20);
	return r.has_modules && ret->count ? name_links(g, commit, ret) : NULL;
}

void git_files_done(struct git_links *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->items[i].path);
		free(l->items[i].commit);
		free(l->items[i].url);
	}
	free(l->items);
	*l = (struct git_links){ 0 };
}

static bool is_remote(const char *url)
{
	static const char *const schemes[] = { "https://", "http://", "ssh://", "git://" };

	for (size_t i = 0; i < COUNT(schemes); i++)
		if (text_starts(url, schemes[i]))
			return url[strlen(schemes[i])] && url[strlen(schemes[i])] != '-';
	const char *colon = strchr(url, ':'), *slash = strchr(url, '/'), *at = strchr(url, '@');
	return colon && at && at > url && at + 1 < colon && at[1] != '-' && *url != '-' &&
	       (!slash || slash > colon) && colon[1] != ':';
}

static bool is_here(const char *url)
{
	return *url == '/' || text_starts(url, "file:///");
}

/* As git-submodule(1): each "../" removes the last part of the URL above. */
static char *join(const char *url, const char *named)
{
	AUTO_FREE char *base = mem_dup(url);
	char between = '/';

	while (text_ends(base, "/"))
		base[strlen(base) - 1] = '\0';
	for (;;) {
		if (text_starts(named, "./")) {
			named += 2;
		} else if (text_starts(named, "../")) {
			char *slash = strrchr(base, '/'), *colon = strrchr(base, ':'),
			     *cut = slash ? slash : colon;
			if (!cut)
				return NULL;
			named += 3;
			between = *cut;
			*cut = '\0';
		} else {
			return mem_printf("%s%c%s", base, between, named);
		}
	}
}

struct err *git_files_url(const char *url, const char *named, char **ret)
{
	bool relative = text_starts(named, "./") || text_starts(named, "../");
	AUTO_FREE char *whole = relative ? join(url, named) : mem_dup(named);

	if (!whole || !(is_remote(whole) || (is_here(whole) && is_here(url))))
		return err_new(ERR_FETCH, "its URL '%s' cannot be used: %s", named,
			       is_here(whole ? whole : "") ?
				       "a server may not name a folder of this machine" :
				       "https, http, ssh and git are");
	*ret = TAKE(whole);
	return NULL;
}
