/* SPDX-License-Identifier: MIT */
#include "schema/schema.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/mem.h"
#include "schema/jsonschema.h"
#include "schema/schema_markdown.h"
#include "schema/scalar.h"
#include "t.h"

struct part {
	const char *name;
	struct mark at;
};

struct thing {
	const char *text, *word;
	uint64_t count, size, seconds, share[2];
	bool flag;
	int choice;
	struct list parts, words, choices, pairs, either, others;
	struct part inner;
};

static const char *refuse_x(const char *text)
{
	return *text == 'x' ? "begins with x: begin with a" : NULL;
}

static const struct pattern letters = { "^[a-z]+$", "small letters", 5, refuse_x };
static const struct pattern path = { "^[a-z]+/[a-z]+$", "a path", 9, NULL };
static const char *const colours[] = { "red", "green", NULL }, *const planned[] = { "blue", NULL };

static const struct field part_fields[] = {
	{ "name", FIELD_TEXT, .required = true, .offset = offsetof(struct part, name), .pattern = &letters,
	  .help = "its name" },
	{ .name = NULL },
};
static const struct field inner_fields[] = {
	{ "name", FIELD_TEXT, .offset = offsetof(struct part, name), .fallback = "inside",
	  .help = "its name" },
	{ .name = NULL },
};
static const struct field fields[] = {
	{ "text", FIELD_TEXT, .offset = offsetof(struct thing, text), .help = "any text" },
	{ "word", FIELD_TEXT, .offset = offsetof(struct thing, word), .choices = colours, .fallback = "green",
	  .help = "a colour" },
	{ "count", FIELD_COUNT, .offset = offsetof(struct thing, count), .min = 1, .max = 9, .zero = "auto",
	  .fallback = "auto", .help = "how many" },
	{ "size", FIELD_SIZE, .offset = offsetof(struct thing, size), .min = 1024, .fallback = "64M",
	  .help = "how large" },
	{ "seconds", FIELD_SECONDS, .offset = offsetof(struct thing, seconds), .fallback = "2m",
	  .help = "how long" },
	{ "share", FIELD_SHARE, .offset = offsetof(struct thing, share), .fallback = "25%",
	  .help = "how much" },
	{ "flag", FIELD_BOOL, .offset = offsetof(struct thing, flag), .fallback = "true", .help = "whether" },
	{ "choice", FIELD_ENUM, .offset = offsetof(struct thing, choice), .choices = colours,
	  .later = planned, .help = "which" },
	{ "parts", FIELD_LIST, .offset = offsetof(struct thing, parts), .max = 3, .fields = part_fields,
	  .item_size = sizeof(struct part), .item_mark = offsetof(struct part, at), .help = "its parts" },
	{ "words", FIELD_LIST, .offset = offsetof(struct thing, words), .pattern = &letters,
	  .fallback = "[a, b]", .help = "some words" },
	{ "choices", FIELD_LIST, .offset = offsetof(struct thing, choices), .items = FIELD_ENUM,
	  .choices = colours, .help = "some colours" },
	{ "either", FIELD_LIST, .offset = offsetof(struct thing, either), .items = FIELD_ENUM,
	  .choices = colours, .pattern = &path, .others = offsetof(struct thing, others),
	  .help = "colours and paths" },
	{ "pairs", FIELD_PAIRS, .offset = offsetof(struct thing, pairs), .pattern = &letters,
	  .help = "own keys" },
	{ "inner", FIELD_MAP, .offset = offsetof(struct thing, inner), .fields = inner_fields,
	  .help = "inside" },
	{ "wings", FIELD_REFUSED, .help = "is not yet possible: walk" },
	{ .name = NULL },
};

static struct arena arena;
static struct thing thing;

/* Reads into thing; the report, line by line, is the arena's. */
static const char *report(const char *yaml)
{
	struct problems p = { .arena = &arena };
	const struct node *root = node_read(yaml, strlen(yaml), &p);

	thing = (struct thing){ 0 };
	if (root)
		schema_read(fields, root, &thing, &p);
	AUTO_FREE char *text = problem_report(&p, "f");
	return arena_dup(&arena, text, strlen(text));
}

static void defaults(void)
{
	is(report("{}"), "");
	ok(!thing.text && !thing.count && thing.size == 64u << 20 && thing.seconds == 120 && thing.flag &&
	   !thing.choice);
	ok(!thing.share[0] && thing.share[1] == 25 && !thing.parts.items && !thing.parts.count &&
	   thing.words.count == 2);
	is(thing.word, "green");
	is(thing.inner.name, "inside");
	is(((const char **)thing.words.items)[1], "b");
}

static void values(void)
{
	is(report("text: any thing\ncount: 9\nsize: 3KiB\nseconds: 1h\nshare: 2G\nflag: false\nchoice: "
		  "green\n"
		  "parts:\n  - name: a\n  - {name: b}\nwords: []\nchoices: [green, red]\n"),
	   "");
	ok(thing.count == 9 && thing.size == 3072 && thing.seconds == 3600 && thing.share[0] == 2ull << 30 &&
	   !thing.share[1]);
	ok(!thing.flag && thing.choice == 1 && thing.parts.count == 2 && !thing.words.count);
	const struct part *parts = thing.parts.items;
	ok(parts[0].at.line == 9 && parts[0].at.column == 5 && parts[1].at.line == 10);
	is(parts[1].name, "b");
	ok(((int *)thing.choices.items)[0] == 1 && ((int *)thing.choices.items)[1] == 0);
	is(report("either: [a/b, green, red, c/d]\n"), "");
	ok(thing.either.count == 2 && ((int *)thing.either.items)[0] == 1 &&
	   !((int *)thing.either.items)[1] && thing.others.count == 2);
	is(((const char **)thing.others.items)[0], "a/b");
	is(((const char **)thing.others.items)[1], "c/d");
}

static void own_keys(void)
{
	is(report("pairs: {a: on, b: 012, c: \"\"}\n"), "");
	const struct pair *pairs = thing.pairs.items;
	ok(thing.pairs.count == 3 && pairs[1].at.line == 1 && pairs[1].at.column == 16);
	is(pairs[0].value, "on");
	is(pairs[1].value, "012");
	is(pairs[2].value, "");
}

static void mistakes(void)
{
	is(report("word: gren\n"), "f:1:7: 'word' cannot be 'gren': did you mean 'green'?\n");
	is(report("choice: blue\n"), "f:1:9: 'choice' cannot be 'blue', not yet: write red or green\n");
	is(report("wings: 2\n"), "f:1:1: 'wings' is not yet possible: walk\n");
	is(report("word: 1\nword: 2\n"), "f:1:7: 'word' cannot be '1': write red or green\nf:2:1: 'word' is "
					 "given twice: line 1 has it already\n");
	is(report("words: [abc, xyz, abcdef, A1]\n"),
	   "f:1:14: 'words' begins with x: begin with a\nf:1:19: 'words' is 6 bytes long: at most 5 are "
	   "possible\n"
	   "f:1:27: 'words' cannot be 'A1': small letters is needed\n");
	is(report("parts: [{}, {nam: a}, 1]\n"),
	   "f:1:9: 'name' is missing: its name\nf:1:14: unknown key 'nam': did you mean 'name'?\n"
	   "f:1:23: an item of 'parts' is a map: write 'key: value' lines, the first after '- '\n");
	is(report("parts: [1, 2, 3, 4]\n"), "f:1:8: 'parts' has 4 items: at most 3 are possible\n");
	ok(!thing.parts.count);
	is(report("size: 1023K\ncount: 10\n"),
	   "f:2:8: 'count' cannot be 10: from 1 to 9 is possible, or auto\n");
	is(report("pairs: {A: 1}\n"), "f:1:9: 'pairs' cannot be 'A': small letters is needed\n");
	is(report("either: [red, blau, A/b, {a: b/c}]\n"),
	   "f:1:15: 'either' cannot be 'blau': write red or green, or a path\nf:1:21: 'either' cannot be "
	   "'A/b': a path is needed\n"
	   "f:1:26: an item of 'either' is one value: write it after '- '\n");
	ok(thing.either.count == 1 && !thing.others.count);
	is(report("inner: [1]\n"), "f:1:8: 'inner' is a map: write 'key: value' lines below it\n");
	is(report("- 1\n"), "f:1:1: a map is needed here: write 'key: value' lines\n");
	is(report("text: \"a\"\nt€xt: 1\n"), "f:2:1: unknown key 't€xt': did you mean 'text'?\n");
}

static void disguises(void)
{
	static const char *const worn[] = { "",	    "~",	"null",	  "true",      "No",	"ON",
					    "y",    "0",	"012",	  "-1",	       "+5",	"0x1F",
					    "0b1",  "0o7",	"1_000",  "1.5",       "15.10", ".5",
					    "1.",   "1e3",	"1.5E+3", ".inf",      "-.INF", ".nan",
					    "1:30", "12:30:00", "1:30.5", "2024-01-31" };
	static const char *const texts[] = { "a",     "bookworm", "1.2.3",    "v1",	   "1a",
					     "12:3x", "nope",	  "nullable", "yess",	   "2G",
					     "25%",   "-",	  "e3",	      "192.0.2.1", "tRUE" };

	for (size_t i = 0; i < COUNT(worn); i++) {
		if (!scalar_disguise(worn[i]))
			printf("# '%s' was taken for a text\n", worn[i]);
		ok(scalar_disguise(worn[i]) != NULL);
	}
	for (size_t i = 0; i < COUNT(texts); i++) {
		if (scalar_disguise(texts[i]))
			printf("# '%s' was taken for %s\n", texts[i], scalar_disguise(texts[i]));
		ok(!scalar_disguise(texts[i]));
	}
	ok(scalar_names_secret("db_password") && scalar_names_secret("token") &&
	   !scalar_names_secret("password_length"));
}

static void numbers(void)
{
	char buf[SCALAR_NUMBER];

	is(scalar_number(FIELD_SIZE, 1ull << 30, buf), "1G");
	is(scalar_number(FIELD_SIZE, 1536ull << 20, buf), "1536M");
	is(scalar_number(FIELD_SIZE, 1000, buf), "1000");
	is(scalar_number(FIELD_SECONDS, 86400, buf), "24h");
	is(scalar_number(FIELD_SECONDS, 90, buf), "90s");
	is(scalar_number(FIELD_COUNT, 1024, buf), "1024");
	is(scalar_number(FIELD_SIZE, 0, buf), "0");
}

static void texts(void)
{
	AUTO_FREE char *markdown = schema_markdown(fields, "Keys"), *json = jsonschema_text(fields, "Thing");
	json_t *o = json_loads(json, 0, NULL), *all = json_object_get(o, "properties");

	ok(!!strstr(markdown, "| `count` | number, `1` to `9`, or `auto` | `auto` | how many |\n"));
	ok(!!strstr(markdown, "## `parts`: its parts\n") &&
	   !!strstr(markdown, "\nNot yet:\n\n- `wings`: walk\n"));
	ok(!!strstr(markdown, "| `either` | list, each `red` or `green`, or a path |"));
	const json_t *kinds =
		json_object_get(json_object_get(json_object_get(all, "either"), "items"), "anyOf");
	ok(json_array_size(json_object_get(json_array_get(kinds, 0), "enum")) == 2);
	is(json_string_value(json_object_get(json_array_get(kinds, 1), "pattern")), path.regex);
	ok(json_object_size(all) == COUNT(fields) - 2); /* all but wings and the end */
	ok(json_is_false(json_object_get(o, "additionalProperties")));
	is(json_string_value(json_object_get(json_object_get(all, "word"), "default")), "green");
	ok(json_array_size(json_object_get(json_object_get(all, "words"), "default")) == 2);
	json_decref(o);
}

static void limit(void)
{
	struct problems p = { .arena = &arena };

	for (unsigned i = 0; i < 2 * PROBLEM_LIMIT; i++)
		problem_add(&p, (struct mark){ 1000 - i, 1 }, "%u", i);
	ok(problem_full(&p) && p.kept == PROBLEM_LIMIT && p.count == 2 * PROBLEM_LIMIT);
	is(p.first->text, "199");
}

int main(void)
{
	defaults();
	values();
	own_keys();
	mistakes();
	disguises();
	numbers();
	texts();
	limit();
	arena_done(&arena);
	return t_done();
}
