/* SPDX-License-Identifier: MIT */
#include "schema/schema_markdown.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "schema/scalar.h"

static void put_choices(struct text *out, const char *const *choices)
{
	for (size_t i = 0; choices[i]; i++)
		text_printf(out, "%s`%s`", !i ? "" : choices[i + 1] ? ", " : " or ", choices[i]);
}

static void put_number(struct text *out, const struct field *f, enum field_kind kind, const char *noun)
{
	char low[SCALAR_NUMBER], high[SCALAR_NUMBER];

	text_printf(out, "%s, `%s` to `%s`", noun, scalar_number(kind, f->min, low),
		    scalar_number(kind, f->max, high));
	if (f->zero)
		text_printf(out, ", or `%s`", f->zero);
}

static void put_scalar(struct text *out, const struct field *f, enum field_kind kind)
{
	switch (kind) {
	case FIELD_TEXT:
		if (f->choices)
			put_choices(out, f->choices);
		else
			text_put(out, f->pattern ? f->pattern->expected : "text");
		return;
	case FIELD_ENUM: put_choices(out, f->choices); return;
	case FIELD_BOOL: text_put(out, "`true` or `false`"); return;
	case FIELD_COUNT: put_number(out, f, kind, "number"); return;
	case FIELD_SECONDS: put_number(out, f, kind, "time"); return;
	case FIELD_SHARE:
		text_printf(out, "`1%%` to `%d%%`, or ", SCALAR_PERCENT_MAX);
		put_number(out, f, kind, "a size");
		return;
	default: put_number(out, f, kind, "size");
	}
}

static void put_value(struct text *out, const struct field *f)
{
	if (f->kind == FIELD_MAP)
		text_put(out, "map, see below");
	else if (f->kind == FIELD_PAIRS)
		text_put(out, "map with keys of your own");
	else if (f->kind == FIELD_LIST && f->fields)
		text_put(out, "list of maps, see below");
	else if (f->kind == FIELD_LIST)
		text_put(out, "list, each ");
	if (f->kind < FIELD_LIST || (f->kind == FIELD_LIST && !f->fields))
		put_scalar(out, f, f->kind == FIELD_LIST ? f->items : f->kind);
	if (f->others)
		text_printf(out, ", or %s", f->pattern->expected);
}

static void put_row(struct text *out, const struct field *f)
{
	text_printf(out, "| `%s` | ", f->name);
	put_value(out, f);
	if (f->required)
		text_put(out, " | needed");
	else if (f->fallback)
		text_printf(out, " | `%s`", f->fallback);
	else
		text_put(out, " | ");
	text_printf(out, " | %s |\n", f->help);
}

/* Of the refused keys, lists only those planned for later. */
static void put_later(struct text *out, const struct field *fields)
{
	static const char head[] = "is not yet possible: ";
	const char *lead = "\nNot yet:\n\n";

	for (const struct field *f = fields; f->name; f++)
		if (f->kind == FIELD_REFUSED && text_starts(f->help, head)) {
			text_printf(out, "%s- `%s`: %s\n", lead, f->name, f->help + strlen(head));
			lead = "";
		}
}

static void put_map(struct text *out, const struct field *fields, const char *title, const char *path)
{
	text_printf(out, "## %s\n\n| key | value | default | |\n|---|---|---|---|\n", title);
	for (const struct field *f = fields; f->name; f++)
		if (f->kind != FIELD_REFUSED)
			put_row(out, f);
	put_later(out, fields);
	for (const struct field *f = fields; f->name; f++) {
		if (!f->fields)
			continue;
		AUTO_FREE char *below = mem_printf("%s%s%s", path, *path ? "." : "", f->name);
		AUTO_FREE char *head = mem_printf("`%s`: %s", below, f->help);
		text_put(out, "\n");
		put_map(out, f->fields, head, below);
	}
}

char *schema_markdown(const struct field *fields, const char *title)
{
	struct text out = { 0 };

	put_map(&out, fields, title, "");
	return text_take(&out);
}
