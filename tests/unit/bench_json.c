/* SPDX-License-Identifier: MIT */
/* bench.json's table: what is written is what is read, key by key; services/guest/README.md says the same.
 *   bench_json              compares
 *   bench_json update       writes the reference into the README */
#include "contract/bench_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "recipe/recipe.h"
#include "t.h"

#define README "services/guest/README.md"
#define BEGIN "<!-- the table of builder/contract/bench_json.c: build/dev/t/bench_json update -->\n"

_Static_assert((int)ON_FAILURE_HOLD == UPGRADE_HOLDS && (int)ON_FAILURE_EXIT == UPGRADE_EXITS,
	       "bench_values passes the recipe's word on");

struct rows {
	char *items;
	size_t count;
};

static struct arena arena;
static unsigned number = 41;

static void fill(const struct contract_field *f, char *base);

static const char *new_text(const char *key)
{
	AUTO_FREE char *text = mem_printf("%s %u", key, ++number);

	return arena_dup(&arena, text, strlen(text));
}

/* A value that is not the default and that no other key has. */
static void fill_one(const struct contract_field *f, void *to)
{
	const char **words;
	struct rows *rows;

	switch (f->kind) {
	case CONTRACT_TEXT: *(const char **)to = new_text(f->key); break;
	case CONTRACT_NUMBER: *(uint64_t *)to = ((uint64_t)1 << 40) + ++number; break;
	case CONTRACT_COUNT: *(unsigned *)to = ++number; break;
	case CONTRACT_MODE: *(unsigned *)to = 01000 + ++number % 512; break;
	case CONTRACT_FLAG: *(bool *)to = true; break;
	case CONTRACT_CHOICE: *(int *)to = 1; break;
	case CONTRACT_VALUES: *(json_t **)to = json_pack("{s:s}", "any", new_text(f->key)); break;
	case CONTRACT_SECTION: fill(f->fields, to); break;
	case CONTRACT_WORDS:
		*(const char ***)to = words = arena_new(&arena, 3 * sizeof *words);
		words[0] = new_text(f->key);
		words[1] = new_text(f->key);
		break;
	case CONTRACT_ROWS:
		rows = to;
		rows->items = arena_new(&arena, (rows->count = 2) * f->size);
		fill(f->fields, rows->items);
		fill(f->fields, rows->items + f->size);
		break;
	}
}

static void fill(const struct contract_field *f, char *base)
{
	for (; f->key; f++)
		fill_one(f, base + f->offset);
}

/* Every key of the table is in the document. */
static size_t missing(const struct contract_field *f, const json_t *o)
{
	size_t count = 0;

	for (; f->key; f++) {
		const json_t *value = json_object_get(o, f->key);
		if (f->kind == CONTRACT_ROWS)
			value = json_array_get(value, 1);
		if (!value)
			printf("# %s is not written\n", f->key);
		count += value ? f->fields ? missing(f->fields, value) : 0 : 1;
	}
	return count;
}

static void round_trip(void)
{
	struct bench whole = { 0 };
	AUTO_BENCH struct bench read = { 0 };

	fill(bench_json_fields, (char *)&whole);
	whole.format = BENCH_JSON_FORMAT;
	AUTO_FREE char *text = bench_json_write(&whole);
	json_t *root = json_loads(text, 0, NULL);
	ok(!missing(bench_json_fields, root));
	ok(!bench_json_read(text, strlen(text), &read));
	AUTO_FREE char *again = bench_json_write(&read);
	is(again, text);
	ok(read.sites.count == 2 && read.folders.items[1].mode == whole.folders.items[1].mode &&
	   read.development && read.logs_events);
	json_decref(root);
	json_decref(whole.common_site_config);
	json_decref(whole.site_config);
}

/* Reads the document and forgets it; the error's text, or "" */
static char *said_of(const json_t *root)
{
	AUTO_FREE char *text = json_dumps(root, 0);
	AUTO_BENCH struct bench b = { 0 };
	struct err *e = bench_json_read(text, strlen(text), &b);
	char *said = e ? err_text(e) : mem_dup("");

	err_free(e);
	return said;
}

/* Without each key: its default, or an error that names it. Of another type: an error that names it.
 * Returns the number of mistakes. */
static size_t without(const json_t *root, const struct contract_field *f, json_t *o)
{
	size_t wrong = 0;

	for (; f->key; f++) {
		json_t *value = json_incref(json_object_get(o, f->key));
		AUTO_FREE char *quoted = mem_printf("'%s'", f->key);
		json_object_del(o, f->key);
		AUTO_FREE char *absent = said_of(root);
		json_object_set_new(o, f->key,
				    f->kind == CONTRACT_NUMBER || f->kind == CONTRACT_COUNT ?
					    json_string("1") :
					    json_integer(1));
		AUTO_FREE char *other = said_of(root);
		json_object_set(o, f->key, value);
		bool told = f->need == CONTRACT_REQUIRED ?
				    strstr(absent, quoted) || !strcmp(f->key, "format") :
				    !*absent;
		told = told && (strstr(other, quoted) || strstr(other, "another format"));
		if (!told)
			printf("# %s: without it '%s', of another type '%s'\n", f->key, absent, other);
		wrong += !told;
		if (f->fields)
			wrong += without(root, f->fields,
					 f->kind == CONTRACT_ROWS ? json_array_get(value, 0) : value);
		json_decref(value);
	}
	return wrong;
}

static void each_key(void)
{
	struct bench whole = { 0 };

	fill(bench_json_fields, (char *)&whole);
	whole.format = BENCH_JSON_FORMAT;
	json_t *root = contract_write(bench_json_fields, &whole);
	AUTO_FREE char *said = said_of(root);
	is(said, "");
	ok(!without(root, bench_json_fields, root));
	json_decref(root);
	json_decref(whole.common_site_config);
	json_decref(whole.site_config);
}

static void reference(bool update)
{
	AUTO_FREE char *readme = NULL;
	AUTO_TEXT struct text table = { 0 };
	size_t len;

	ok(!file_read(README, 1 << 20, &readme, &len));
	char *from = strstr(readme, BEGIN), *to = from ? strstr(from, "\n\n") : NULL;
	ok(to != NULL);
	if (!to)
		return;
	from += strlen(BEGIN);
	bench_json_describe(&table);
	if (update) {
		AUTO_FREE char *changed =
			mem_printf("%.*s%s%s", (int)(from - readme), readme, table.bytes, to + 1);
		ok(!file_write(README, changed, strlen(changed), 0644));
		return;
	}
	AUTO_FREE char *there = mem_ndup(from, (size_t)(to + 1 - from));
	is(there, table.bytes);
}

int main(int argc, char **argv)
{
	round_trip();
	each_key();
	reference(argc == 2 && !strcmp(argv[1], "update"));
	arena_done(&arena);
	return t_done();
}
