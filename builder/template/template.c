/* SPDX-License-Identifier: MIT */
#include "template/template.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define DEPTH 16
#define ALL_LIMIT (64u << 20)
/* of a text with its variables: they may refer to one another and grow without limit */
#define TEXT_LIMIT (1u << 20)

struct expansion {
	const struct variables *scope;
	const struct source *from;
	const char *start; /* of the whole text */
	const char *at;	   /* what is read next */
	unsigned depth;	   /* of nested sections */
	struct text out;
};

/* The node whose scalar is this very text: schema_read passes texts on without copying them. */
static const struct node *written(const struct node *n, const char *text)
{
	if (n->text == text)
		return n;
	for (const struct node *c = n->child; c; c = c->next) {
		const struct node *hit = c->key && c->key->text == text ? c->key : written(c, text);
		if (hit)
			return hit;
	}
	return NULL;
}

static struct mark locate(const struct source *from, const char *text, const char *at)
{
	if (!from->root)
		return problem_mark(text, at);
	const struct node *n = written(from->root, text);
	return n ? n->at : (struct mark){ 0 };
}

static struct err *refuse(const struct source *from, const char *text, const char *at, const char *what)
{
	const struct source *s = from;

	do {
		struct mark m = locate(s, text, at);
		if (m.line)
			return err_new(ERR_RECIPE, "%s:%u:%u: %s", s->path, m.line, m.column, what);
		s = s->base;
	} while (s);
	return err_new(ERR_RECIPE, "%s: %s", from->path, what);
}

struct err *template_refuse(const struct source *from, const char *text, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	AUTO_FREE char *what = mem_vprintf(fmt, ap);
	va_end(ap);
	return refuse(from, text, text, what);
}

static struct err *refuse_name(const struct expansion *x, const char *at, const char *name)
{
	const char *near = variables_nearest(x->scope, name);
	AUTO_FREE char *what = near ? mem_printf("unknown variable '%s': did you mean '%s'?", name, near) :
				      mem_printf("unknown variable '%s'", name);

	return refuse(x->from, x->start, at, what);
}

/* A mark that is alone on its line removes the line with it. */
static void drop_line(struct expansion *x, const char *mark, bool live)
{
	const char *before = mark, *after = x->at;

	while (before > x->start && (before[-1] == ' ' || before[-1] == '\t'))
		before--;
	while (*after == ' ' || *after == '\t')
		after++;
	if ((before > x->start && before[-1] != '\n') || *after != '\n')
		return;
	if (live)
		x->out.len -= (size_t)(mark - before);
	x->at = after + 1;
}

static struct err *expand_part(struct expansion *x, const char *until, const char *opened, bool live);

static struct err *expand_section(struct expansion *x, char kind, const char *name, const char *mark,
				  bool live)
{
	const char *text = variables_get(x->scope, name, strlen(name));

	if (!text)
		return refuse_name(x, mark, name);
	if (++x->depth > DEPTH)
		return refuse(x->from, x->start, mark, "sections lie too deep in one another");
	drop_line(x, mark, live);
	TRY(expand_part(x, name, mark, live && (kind == '#') == (*text != 0)));
	x->depth--;
	return NULL;
}

/* Handles one {{mark}}; *ret_end is set if it closes the current section. */
static struct err *expand_mark(struct expansion *x, const char *until, bool live, bool *ret_end)
{
	const char *mark = x->at, *close = strstr(mark, "}}");

	if (!close || memchr(mark, '\n', (size_t)(close - mark)))
		return refuse(x->from, x->start, mark, "'{{' has no '}}' on its line");
	char kind = strchr("#^/", mark[2]) ? mark[2] : 0;
	const char *first = mark + 2 + (kind != 0);
	AUTO_FREE char *name = mem_ndup(first, (size_t)(close - first));
	const char *text = variables_get(x->scope, name, strlen(name));
	x->at = close + 2;
	if (kind == '#' || kind == '^')
		return expand_section(x, kind, name, mark, live);
	if (kind == '/' && (!until || strcmp(until, name)))
		return refuse(x->from, x->start, mark, "this mark closes nothing that is open");
	if (kind == '/') {
		drop_line(x, mark, live);
		*ret_end = true;
	} else if (!text) {
		return refuse_name(x, mark, name);
	} else if (live) {
		if (x->out.len + strlen(text) > TEXT_LIMIT)
			return refuse(x->from, x->start, mark,
				      "this text grows beyond a mebibyte: no file of ours is so large");
		text_put(&x->out, text);
	}
	return NULL;
}

static struct err *expand_part(struct expansion *x, const char *until, const char *opened, bool live)
{
	bool end = false;

	while (!end) {
		const char *mark = strstr(x->at, "{{");
		size_t len = mark ? (size_t)(mark - x->at) : strlen(x->at);
		if (live)
			text_add(&x->out, x->at, len);
		x->at += len;
		if (!mark)
			break;
		TRY(expand_mark(x, until, live, &end));
	}
	if (until && !end)
		return refuse(x->from, x->start, opened, "this section is not closed");
	return NULL;
}

struct err *template_text(struct arena *a, const struct variables *s, const struct source *from,
			  const char *text, const char **ret)
{
	struct expansion x = { .scope = s, .from = from, .start = text, .at = text };
	struct err *e = expand_part(&x, NULL, NULL, true);

	if (!e && arena_bytes(a) > ALL_LIMIT)
		e = refuse(from, text, text,
			   "all texts together grow beyond 64 MiB: variables name one another too often");
	if (!e)
		*ret = arena_dup(a, x.out.bytes ? x.out.bytes : "", x.out.len);
	text_done(&x.out);
	return e;
}

struct err *template_list(struct arena *a, const struct variables *s, const struct source *from,
			  const struct list *texts, const char *const **ret)
{
	const char *const *items = texts->items;
	const char **vector = arena_new(a, (texts->count + 1) * sizeof *vector);

	for (size_t i = 0; i < texts->count; i++)
		TRY(template_text(a, s, from, items[i], &vector[i]));
	*ret = vector;
	return NULL;
}
