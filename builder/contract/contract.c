/* SPDX-License-Identifier: MIT */
#include "contract/contract.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct rows {
	char *items;
	size_t count;
}; /* fits any CONTRACT_LIST */

struct reading {
	struct arena *arena;
	bool lenient;	    /* required fields may be missing */
	struct err *failed; /* the first error; after it everything reads as absent */
};

static void read_fields(struct reading *r, json_t *o, const struct contract_field *f, char *base);

static void want(struct reading *r, const struct contract_field *f, const char *what)
{
	if (!r->failed)
		r->failed = err_new(ERR_RECIPE, "'%s' must be %s", f->key, what);
}

static int choice_of(const struct contract_field *f, const char *word)
{
	for (int i = 0; f->choices[i]; i++)
		if (!strcmp(f->choices[i], word))
			return i;
	return -1;
}

static const char *read_text(struct reading *r, const struct contract_field *f, json_t *value)
{
	if (value && !json_is_string(value))
		want(r, f, "a string");
	return json_is_string(value) ? json_string_value(value) : f->absent;
}

static uint64_t read_number(struct reading *r, const struct contract_field *f, json_t *value, uint64_t most)
{
	uint64_t number =
		value ? (uint64_t)json_integer_value(value) : strtoull(f->absent ? f->absent : "0", NULL, 10);

	if (value && (!json_is_integer(value) || json_integer_value(value) < 0 || number > most))
		want(r, f, "a whole number");
	return number;
}

static int read_choice(struct reading *r, const struct contract_field *f, json_t *value)
{
	const char *word = read_text(r, f, value);
	int found = word ? choice_of(f, word) : 0;
	AUTO_TEXT struct text words = { 0 };

	for (size_t i = 0; f->choices[i]; i++)
		text_printf(&words, "%s%s", i ? ", " : "one of ", f->choices[i]);
	if (found < 0)
		want(r, f, words.bytes);
	return found < 0 ? 0 : found;
}

static unsigned read_mode(struct reading *r, const struct contract_field *f, json_t *value)
{
	const char *text = read_text(r, f, value);
	char *end = NULL;
	unsigned long mode = text ? strtoul(text, &end, 8) : 0;

	if (text && (!*text || *end || mode > 07777))
		want(r, f, "a mode, such as \"0755\"");
	return (unsigned)mode;
}

static const char *const *default_words(struct reading *r, const char *text)
{
	size_t count = 0;
	const char **words = arena_new(r->arena, (strlen(text) / 2 + 2) * sizeof *words);

	for (size_t len; *text; text += len + (text[len] == ' ')) {
		len = strcspn(text, " ");
		words[count++] = arena_dup(r->arena, text, len);
	}
	return words;
}

static const char *const *read_words(struct reading *r, const struct contract_field *f, json_t *value)
{
	size_t i, count = json_array_size(value);
	json_t *item;

	if (value && !json_is_array(value))
		want(r, f, "a list of strings");
	if (!count && f->need == CONTRACT_REQUIRED && !r->lenient)
		want(r, f, "a list of strings");
	if (!count && f->absent)
		return default_words(r, f->absent);
	const char **words = arena_new(r->arena, (count + 1) * sizeof *words);
	json_array_foreach(value, i, item)
	{
		if (!json_is_string(item))
			want(r, f, "a list of strings");
		words[i] = json_is_string(item) ? json_string_value(item) : "";
	}
	return words;
}

static void read_rows(struct reading *r, const struct contract_field *f, json_t *value, struct rows *ret)
{
	json_t *item;
	size_t i;

	if (value && !json_is_array(value))
		want(r, f, "a list");
	ret->count = json_array_size(value);
	ret->items = arena_new(r->arena, ret->count * f->size);
	json_array_foreach(value, i, item)
	{
		if (!json_is_object(item))
			want(r, f, "a list of objects");
		read_fields(r, item, f->fields, ret->items + i * f->size);
	}
}

static json_t *read_object(struct reading *r, const struct contract_field *f, json_t *value)
{
	if (value && !json_is_object(value))
		want(r, f, "an object");
	return json_is_object(value) ? value : NULL;
}

static const char *name_of(enum contract_kind kind)
{
	static const char *const names[] = {
		[CONTRACT_TEXT] = "a string",		[CONTRACT_NUMBER] = "a whole number",
		[CONTRACT_COUNT] = "a whole number",	[CONTRACT_MODE] = "a string",
		[CONTRACT_FLAG] = "true or false",	[CONTRACT_CHOICE] = "a word",
		[CONTRACT_WORDS] = "a list of strings", [CONTRACT_VALUES] = "an object",
		[CONTRACT_SECTION] = "an object",	[CONTRACT_ROWS] = "a list of objects",
	};

	return names[kind];
}

static void read_field(struct reading *r, const struct contract_field *f, json_t *value, char *base)
{
	void *to = base + f->offset;

	switch (f->kind) {
	case CONTRACT_TEXT: *(const char **)to = read_text(r, f, value); break;
	case CONTRACT_NUMBER: *(uint64_t *)to = read_number(r, f, value, INT64_MAX); break;
	case CONTRACT_COUNT: *(unsigned *)to = (unsigned)read_number(r, f, value, UINT_MAX); break;
	case CONTRACT_MODE: *(unsigned *)to = read_mode(r, f, value); break;
	case CONTRACT_CHOICE: *(int *)to = read_choice(r, f, value); break;
	case CONTRACT_WORDS: *(const char *const **)to = read_words(r, f, value); break;
	case CONTRACT_VALUES: *(json_t **)to = read_object(r, f, value); break;
	case CONTRACT_SECTION: read_fields(r, read_object(r, f, value), f->fields, to); break;
	case CONTRACT_ROWS: read_rows(r, f, value, to); break;
	case CONTRACT_FLAG:
		if (value && !json_is_boolean(value))
			want(r, f, "true or false");
		*(bool *)to = json_is_true(value);
		break;
	}
}

static void read_fields(struct reading *r, json_t *o, const struct contract_field *f, char *base)
{
	for (; f->key; f++) {
		json_t *value = json_object_get(o, f->key);
		if (json_is_null(value))
			value = NULL;
		if (!value && f->need == CONTRACT_REQUIRED && !r->lenient)
			want(r, f, name_of(f->kind));
		read_field(r, f, value, base);
	}
}

struct err *contract_read_some(struct arena *a, json_t *root, const struct contract_field *fields, void *ret)
{
	struct reading r = { .arena = a, .lenient = true };

	read_fields(&r, root, fields, ret);
	return r.failed;
}

struct err *contract_read(struct arena *a, json_t *root, const struct contract_field *fields, void *ret)
{
	struct reading r = { .arena = a };

	read_fields(&r, root, fields, ret);
	return r.failed;
}

static json_t *write_words(const char *const *items)
{
	json_t *list = json_array();

	for (; items && *items; items++)
		json_array_append_new(list, json_string(*items));
	return list;
}

static json_t *write_rows(const struct contract_field *f, const struct rows *rows)
{
	json_t *list = rows->count || f->need != CONTRACT_QUIET ? json_array() : NULL;

	for (size_t i = 0; i < rows->count; i++)
		json_array_append_new(list, contract_write(f->fields, rows->items + i * f->size));
	return list;
}

static json_t *write_number(const struct contract_field *f, uint64_t number)
{
	return number || f->need != CONTRACT_QUIET ? json_integer((json_int_t)number) : NULL;
}

static json_t *write_mode(unsigned mode)
{
	AUTO_FREE char *text = mem_printf("%04o", mode);

	return json_string(text);
}

static json_t *write_section(const struct contract_field *f, const void *from)
{
	json_t *o = contract_write(f->fields, from);

	if (f->need != CONTRACT_QUIET || json_object_size(o))
		return o;
	json_decref(o);
	return NULL;
}

/* NULL: not written. */
static json_t *write_field(const struct contract_field *f, const char *base)
{
	const void *from = base + f->offset;
	const char *text;

	switch (f->kind) {
	case CONTRACT_TEXT: return (text = *(const char *const *)from) ? json_string(text) : NULL;
	case CONTRACT_NUMBER: return write_number(f, *(const uint64_t *)from);
	case CONTRACT_COUNT: return write_number(f, *(const unsigned *)from);
	case CONTRACT_MODE: return write_mode(*(const unsigned *)from);
	case CONTRACT_FLAG: return json_boolean(*(const bool *)from);
	case CONTRACT_CHOICE: return json_string(f->choices[*(const int *)from]);
	case CONTRACT_WORDS: return write_words(*(const char *const *const *)from);
	case CONTRACT_VALUES: return json_incref(*(json_t *const *)from);
	case CONTRACT_SECTION: return write_section(f, from);
	case CONTRACT_ROWS: return write_rows(f, from);
	}
	return NULL;
}

json_t *contract_write(const struct contract_field *fields, const void *from)
{
	json_t *o = json_object();

	for (const struct contract_field *f = fields; f->key; f++) {
		json_t *value = write_field(f, from);
		if (value)
			json_object_set_new(o, f->key, value);
	}
	return o;
}

static void describe_type(const struct contract_field *f, struct text *t)
{
	if (f->kind == CONTRACT_CHOICE)
		for (size_t i = 0; f->choices[i]; i++)
			text_printf(t, "%s`%s`", i ? ", " : "", f->choices[i]);
	else
		text_put(t, f->kind == CONTRACT_MODE ? "octal digits" : name_of(f->kind));
}

/* The earlier row with the same fields, or NULL. */
static const struct contract_field *twin_of(const struct contract_field *fields,
					    const struct contract_field *f)
{
	for (const struct contract_field *before = fields; before < f; before++)
		if (f->kind == CONTRACT_ROWS && before->fields == f->fields)
			return before;
	return NULL;
}

void contract_describe(const struct contract_field *fields, const char *within, struct text *ret)
{
	for (const struct contract_field *f = fields; f->key; f++) {
		AUTO_FREE char *path =
			mem_printf("%s%s%s", within, f->key, f->kind == CONTRACT_ROWS ? "[]" : "");
		const struct contract_field *twin = twin_of(fields, f);
		if (twin) {
			text_printf(ret, "| `%s` | %s |  | as `%s` |\n", path, name_of(f->kind), twin->key);
			continue;
		}
		if (f->fields) {
			AUTO_FREE char *inner = mem_printf("%s.", path);
			contract_describe(f->fields, inner, ret);
			continue;
		}
		text_printf(ret, "| `%s` | ", path);
		describe_type(f, ret);
		if (f->need == CONTRACT_REQUIRED)
			text_put(ret, " | required");
		else if (f->absent && *f->absent)
			text_printf(ret, " | `%s`", f->absent);
		else
			text_put(ret, " | ");
		text_printf(ret, " | %s |\n", f->meaning);
	}
}
