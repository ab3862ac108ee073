/* SPDX-License-Identifier: MIT */
#include "fetch/git_ref.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define NAMES_MAX 20000

struct listed {
	const char *wanted;
	struct text line; /* incomplete */
	struct found {
		char *name, *commit;
	} found[8];
	size_t count;
	/* without refs/heads/ and refs/tags/, for suggestions */
	struct {
		char **items;
		size_t count, room;
	} names;
};

static const char *short_name(const char *ref)
{
	return text_starts(ref, "refs/heads/") ? ref + strlen("refs/heads/") :
	       text_starts(ref, "refs/tags/")  ? ref + strlen("refs/tags/") :
						 ref;
}

static bool is_wanted(const char *ref, const char *wanted)
{
	return !strcmp(ref, wanted) ||
	       (text_starts(ref, "refs/") && !strcmp(ref + strlen("refs/"), wanted)) ||
	       !strcmp(short_name(ref), wanted);
}

/* Parses "COMMIT\tREF"; the line of an annotated tag is followed by "REF^{}", the commit it points to. */
static void take_line(struct listed *l, char *line)
{
	char *ref = strchr(line, '\t');

	if (!ref)
		return;
	*ref++ = '\0';
	bool peeled = text_ends(ref, "^{}");
	if (peeled)
		ref[strlen(ref) - 3] = '\0';
	if (!peeled && l->names.count < NAMES_MAX && short_name(ref) != ref)
		VEC_PUSH(&l->names, mem_dup(short_name(ref)));
	if (!is_wanted(ref, l->wanted))
		return;
	if (peeled && l->count && !strcmp(l->found[l->count - 1].name, ref))
		free(l->found[--l->count].name), free(l->found[l->count].commit);
	if (l->count < COUNT(l->found))
		l->found[l->count++] = (struct found){ mem_dup(ref), mem_dup(line) };
}

static bool take(void *arg, const char *bytes, size_t len)
{
	struct listed *l = arg;

	for (const char *newline; (newline = memchr(bytes, '\n', len));) {
		text_add(&l->line, bytes, (size_t)(newline - bytes));
		len -= (size_t)(newline + 1 - bytes);
		bytes = newline + 1;
		if (l->line.bytes)
			take_line(l, l->line.bytes);
		l->line.len = 0;
	}
	text_add(&l->line, bytes, len);
	return l->line.len < 65536;
}

static struct err *judge(const struct listed *l, const char *url, char **ret)
{
	for (size_t i = 1; i < l->count; i++)
		if (strcmp(l->found[0].commit, l->found[i].commit))
			return err_new(ERR_FETCH, "'%s' means two things in %s: write %s or %s", l->wanted,
				       url, l->found[0].name, l->found[i].name);
	if (l->count) {
		*ret = mem_dup(l->found[0].name);
		return NULL;
	}
	if (!l->names.count)
		return err_new(ERR_FETCH,
			       "%s lists no branch and no tag: it is empty, or what answers there is no "
			       "repository (a page to log in?)",
			       url);
	const char *near = text_nearest(l->wanted, (const char *const *)l->names.items, l->names.count);
	return err_new(ERR_FETCH, "%s has no branch and no tag '%s'%s%s%s", url, l->wanted,
		       near ? ": did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static void drop(struct listed *l)
{
	free(text_take(&l->line));
	for (size_t i = 0; i < l->count; i++) {
		free(l->found[i].name);
		free(l->found[i].commit);
	}
	for (size_t i = 0; i < l->names.count; i++)
		free(l->names.items[i]);
	free(l->names.items);
}

static struct err *list(struct git *g, const char *url, struct listed *l)
{
	const char *server = git_server(url);
	TRY(git_ask(
		g,
		(const char *[]){ "ls-remote", server, "--heads", "--tags", "--end-of-options", url, NULL },
		take, l));
	if (l->count || !strchr(l->wanted, '/'))
		return NULL;
	/* others, such as a forge's pull requests */
	AUTO_FREE char *whole =
		text_starts(l->wanted, "refs/") ? mem_dup(l->wanted) : mem_printf("refs/%s", l->wanted);
	return git_ask(g, (const char *[]){ "ls-remote", server, "--end-of-options", url, whole, NULL }, take,
		       l);
}

struct err *git_ref(struct git *g, const char *url, const char *ref, char **ret)
{
	struct listed l = { .wanted = ref };

	*ret = NULL;
	struct err *e = list(g, url, &l);
	if (!e)
		e = judge(&l, url, ret);
	drop(&l);
	return e;
}

struct err *git_ref_default(struct git *g, const char *url, char **ret)
{
	static const char branch[] = "ref: refs/heads/"; /* replaces the commit in such a line */
	struct listed l = { .wanted = "HEAD" };

	*ret = NULL;
	struct err *e = git_ask(g,
				(const char *[]){ "ls-remote", git_server(url), "--symref",
						  "--end-of-options", url, "HEAD", NULL },
				take, &l);
	for (size_t i = 0; !e && !*ret && i < l.count; i++)
		if (text_starts(l.found[i].commit, branch))
			*ret = mem_dup(l.found[i].commit + strlen(branch));
	drop(&l);
	return e || *ret ? e :
			   err_new(ERR_FETCH, "%s does not say which branch is its default: name one", url);
}
