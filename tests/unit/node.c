/* SPDX-License-Identifier: MIT */
#include "schema/node.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/mem.h"
#include "schema/problem.h"
#include "t.h"

static struct arena arena;

static const struct node *read(const char *yaml, struct problems *p)
{
	*p = (struct problems){ .arena = &arena };
	return node_read(yaml, strlen(yaml), p);
}

/* The one problem of a text, without its place. */
static const char *only(const char *yaml)
{
	struct problems p;

	read(yaml, &p);
	return p.first && !p.first->next ? p.first->text : NULL;
}

static void places(void)
{
	struct problems p;
	const struct node *root = read("a: 1\nb:\n  - é: x\n    c: \"y\"\n", &p),
			  *c = node_find(root, "b/0/c");

	ok(root->kind == NODE_MAP && root->at.line == 1 && root->at.column == 1);
	ok(c->at.line == 4 && c->at.column == 8 && !c->plain);
	ok(c->key->at.line == 4 && c->key->at.column == 5 && c->key->plain);
	is(c->text, "y");
	ok(node_find(root, "b/0/é")->at.column == 8); /* characters, not bytes */
	ok(!node_find(root, "b/1") && !node_find(root, "b/0/d") && !node_find(root, "a/0") &&
	   !node_find(root, "b/c") && !node_find(root, "c"));
	ok(node_mark(root, "b/%d/d", 0).line == 3 && node_mark(root, "b/7/c").line == 3 &&
	   node_mark(root, "z").line == 1);
	ok(node_get(root, "a") == root->child && !node_get(root->child, "a"));
}

static void scalars(void)
{
	struct problems p;
	const struct node *root =
		read("a: |\n  one\n  two\nb: 'it''s'\nc: \"\\u00e9\\t\"\nd: plain text\ne:\n", &p);

	ok(!p.first);
	is(node_get(root, "a")->text, "one\ntwo\n");
	is(node_get(root, "b")->text, "it's");
	is(node_get(root, "c")->text, "é\t");
	ok(node_get(root, "d")->plain && !node_get(root, "a")->plain);
	ok(node_get(root, "e")->plain && !*node_get(root, "e")->text);
}

static void refusals(void)
{
	struct problems p;

	is(only("a: *b\n"), "the alias '*b' is not allowed: write the value out");
	is(only("a: &b c\n"), "the anchor '&b' is not allowed: write each value where it is used");
	is(only("a: !b c\n"),
	   "a tag such as !!str is not allowed: quotes make a text, nothing else needs one");
	is(only("a: 1\nb: 2\na: 3\n"), "'a' is given twice: line 1 has it already");
	is(only("a: 1\n---\nb: 2\n"), "a second document starts here: one recipe a file");
	is(only("\"a\": \"\\0\"\n"), "the text holds an invisible character (U+0000): type it again");
	is(only("\xff\xfe"
		"a"),
	   "the file is UTF-16: save it as UTF-8");
	is(only("a: \xed\xa0\x80\n"), "the byte 0xed is not UTF-8: save the file as UTF-8");
	is(only("a: \xf4\x90\x80\x80\n"), "the byte 0xf4 is not UTF-8: save the file as UTF-8");
	is(only("a: \xe2\x82"), "the byte 0xe2 is not UTF-8: save the file as UTF-8");
	is(only(" \n# nothing\n"), "nothing is written here: at least 'name' is needed");
	ok(!only("a: [😀, \xc3\xa9, \"\\U0001F600\"]\r\n"));

	const struct node *root = read("a: *b\nc: 1\na: 2\n", &p);
	ok(p.count == 2 && node_get(root, "a")->kind == NODE_BROKEN &&
	   node_get(root, "c")->kind == NODE_SCALAR);
	ok(root->child->next && !root->child->next->next);
}

static void depth(void)
{
	char yaml[2 * NODE_DEPTH + 3] = "";
	struct problems p;

	memset(yaml, '[', NODE_DEPTH - 1);
	memset(yaml + NODE_DEPTH - 1, ']', NODE_DEPTH - 1);
	ok(read(yaml, &p) && !p.first);
	memset(yaml, '[', NODE_DEPTH);
	memset(yaml + NODE_DEPTH, ']', NODE_DEPTH);
	ok(read(yaml, &p) && !p.first);
	memset(yaml, '[', NODE_DEPTH + 1);
	memset(yaml + NODE_DEPTH + 1, ']', NODE_DEPTH + 1);
	ok(!read(yaml, &p) && p.count == 1);
}

static void parse(void)
{
	const struct node *root = NULL;
	struct err *e = node_parse(&arena, "a: 1\n", 5, &root);

	ok(!e && root && root->kind == NODE_MAP);
	e = node_parse(&arena, "a: 1\nb: *c\n", 11, &root);
	AUTO_FREE char *text = err_text(e);
	is(text, "2:4: the alias '*c' is not allowed: write the value out");
	ok(err_kind(e) == ERR_RECIPE);
	err_free(e);
}

int main(void)
{
	places();
	scalars();
	refusals();
	depth();
	parse();
	arena_done(&arena);
	return t_done();
}
