/* SPDX-License-Identifier: MIT */
#include "schema/jsonschema.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "schema/scalar.h"

#define SIZE_PATTERN "[0-9]+([KMGT]|[KMGT]iB)"

static void put_text(json_t *o, const char *key, const char *text)
{
	json_object_set_new(o, key, json_string(text));
}

static json_t *with_text(const char *key, const char *text)
{
	json_t *o = json_object();

	put_text(o, key, text);
	return o;
}

static json_t *text_pattern(const char *regex)
{
	json_t *o = with_text("type", "string");

	put_text(o, "pattern", regex);
	return o;
}

static json_t *either(json_t *a, json_t *b)
{
	json_t *o = json_object(), *both = json_array();

	json_array_append_new(both, a);
	json_array_append_new(both, b);
	json_object_set_new(o, "anyOf", both);
	return o;
}

static json_t *integer(const struct field *f)
{
	json_t *o = with_text("type", "integer");

	json_object_set_new(o, "minimum", json_integer((json_int_t)f->min));
	if (f->max)
		json_object_set_new(o, "maximum", json_integer((json_int_t)f->max));
	return o;
}

static json_t *choices(const struct field *f)
{
	json_t *o = json_object(), *words = json_array();

	for (size_t i = 0; f->choices[i]; i++)
		json_array_append_new(words, json_string(f->choices[i]));
	json_object_set_new(o, "enum", words);
	return o;
}

static json_t *scalar(const struct field *f, enum field_kind kind)
{
	json_t *o;

	switch (kind) {
	case FIELD_TEXT:
		if (f->choices && !f->others)
			return choices(f);
		o = f->pattern ? text_pattern(f->pattern->regex) : with_text("type", "string");
		if (f->pattern && f->pattern->max_len)
			json_object_set_new(o, "maxLength", json_integer((json_int_t)f->pattern->max_len));
		return o;
	case FIELD_ENUM: return choices(f);
	case FIELD_BOOL: return with_text("type", "boolean");
	case FIELD_COUNT: return f->zero ? either(integer(f), with_text("const", f->zero)) : integer(f);
	case FIELD_SECONDS: return either(integer(f), text_pattern("^[0-9]+[smh]?$"));
	case FIELD_SHARE: return text_pattern("^([0-9]+%|" SIZE_PATTERN ")$");
	default:
		o = text_pattern("^" SIZE_PATTERN "$");
		return f->zero ? either(o, with_text("const", f->zero)) : o;
	}
}

static json_t *object(const struct field *fields);

static json_t *list(const struct field *f)
{
	json_t *o = with_text("type", "array");

	if (f->min)
		json_object_set_new(o, "minItems", json_integer((json_int_t)f->min));
	if (f->max)
		json_object_set_new(o, "maxItems", json_integer((json_int_t)f->max));
	json_object_set_new(o, "items",
			    f->fields ? object(f->fields) :
			    f->others ? either(scalar(f, f->items), scalar(f, FIELD_TEXT)) :
					scalar(f, f->items));
	return o;
}

static json_t *pairs(const struct field *f)
{
	json_t *o = with_text("type", "object"), *kinds = json_array();

	if (f->pattern)
		json_object_set_new(o, "propertyNames", with_text("pattern", f->pattern->regex));
	json_array_append_new(kinds, json_string("string"));
	json_array_append_new(kinds, json_string("number"));
	json_array_append_new(kinds, json_string("boolean"));
	json_t *value = json_object();
	json_object_set_new(value, "type", kinds);
	json_object_set_new(o, "additionalProperties", value);
	return o;
}

static json_t *value(const struct node *n)
{
	json_t *o;

	switch (n->kind) {
	case NODE_LIST:
		o = json_array();
		for (const struct node *c = n->child; c; c = c->next)
			json_array_append_new(o, value(c));
		return o;
	case NODE_MAP:
		o = json_object();
		for (const struct node *c = n->child; c; c = c->next)
			json_object_set_new(o, c->key->text, value(c));
		return o;
	default:
		if (!strcmp(n->text, "true") || !strcmp(n->text, "false"))
			return json_boolean(*n->text == 't');
		return scalar_disguise(n->text) ? json_integer(strtoll(n->text, NULL, 10)) :
						  json_string(n->text);
	}
}

static void put_fallback(json_t *o, const char *fallback)
{
	AUTO_ARENA struct arena a = { 0 };
	struct problems p = { .arena = &a };
	const struct node *n = node_read(fallback, strlen(fallback), &p);

	if (n)
		json_object_set_new(o, "default", value(n));
}

static json_t *property(const struct field *f)
{
	json_t *o = f->kind == FIELD_MAP   ? object(f->fields) :
		    f->kind == FIELD_LIST  ? list(f) :
		    f->kind == FIELD_PAIRS ? pairs(f) :
					     scalar(f, f->kind);

	put_text(o, "description", f->help);
	if (f->fallback)
		put_fallback(o, f->fallback);
	return o;
}

static json_t *object(const struct field *fields)
{
	json_t *o = with_text("type", "object"), *all = json_object(), *needed = json_array(),
	       *beside = json_object();

	for (const struct field *f = fields; f->name; f++) {
		if (f->kind != FIELD_REFUSED)
			json_object_set_new(all, f->name, property(f));
		if (f->required)
			json_array_append_new(needed, json_string(f->name));
		if (f->needs)
			json_object_set_new(beside, f->name, json_pack("[s]", f->needs));
	}
	json_object_set_new(o, "properties", all);
	json_object_set_new(o, "required", needed);
	if (json_object_size(beside))
		json_object_set(o, "dependentRequired", beside);
	json_decref(beside);
	json_object_set_new(o, "additionalProperties", json_false());
	return o;
}

char *jsonschema_text(const struct field *fields, const char *title)
{
	json_t *o = with_text("$schema", "https://json-schema.org/draft/2020-12/schema"),
	       *body = object(fields);

	put_text(o, "title", title);
	json_object_update(o, body);
	json_decref(body);
	char *text = json_dumps(o, JSON_INDENT(2));
	if (!text)
		mem_exhausted();
	json_decref(o);
	return text;
}
