/* SPDX-License-Identifier: MIT */
#include "report/diff_print.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "report/report_text.h"

#define SHOWN 20u /* files, in text for people */

/* In Markdown, characters from outside are escaped. */
static void put(struct text *out, enum diff_form form, const char *foreign)
{
	AUTO_TEXT struct text plain = { 0 };

	text_put(&plain, "");
	report_text_put(&plain, foreign);
	for (size_t i = 0; i < plain.len; i++) {
		if (form == DIFF_MARKDOWN && strchr("\\`*_{}[]<>()#+!|~@&", plain.bytes[i]))
			text_put(out, "\\");
		text_add(out, &plain.bytes[i], 1);
	}
}

static void put_row(struct text *out, enum diff_form form, const char *name, const char *old, const char *new)
{
	bool table = form == DIFF_MARKDOWN;

	text_put(out, table ? "| " : !old ? "  + " : !new ? "  - " : "  ~ ");
	put(out, form, name);
	text_put(out, table ? " | " : " ");
	put(out, form, old ? old : table ? "" : new ? new : "");
	text_put(out, table ? " | " : old && new ? " -> " : "");
	put(out, form, table || old ? (new ? new : "") : "");
	text_put(out, table ? " |\n" : "\n");
}

static void put_heading(struct text *out, enum diff_form form, const char *what, const char *column)
{
	if (form == DIFF_MARKDOWN)
		text_printf(out, "\n**%s**\n\n| %s | old | new |\n|---|---|---|\n", what, column);
	else
		text_printf(out, "\n%s\n", what);
}

static void put_sizes(const struct diff *d, enum diff_form form, struct text *out)
{
	char old[16], new[16], count[2][24];

	put_heading(out, form, "sizes", "of");
	put_row(out, form, "layers, packed", text_size((double)d->sizes[0].packed, old),
		text_size((double)d->sizes[1].packed, new));
	put_row(out, form, "layers, unpacked", text_size((double)d->sizes[0].unpacked, old),
		text_size((double)d->sizes[1].unpacked, new));
	for (size_t i = 0; i < 2; i++)
		snprintf(count[i], sizeof count[i], "%zu", d->sizes[i].files);
	put_row(out, form, "files", count[0], count[1]);
}

static void put_packages(const struct diff *d, enum diff_form form, struct text *out)
{
	if (d->packages.count)
		put_heading(out, form, "packages", "package");
	for (size_t i = 0; i < d->packages.count; i++) {
		const struct diff_package *row = &d->packages.items[i];
		const struct contents_package *p = row->new ? row->new : row->old;
		AUTO_FREE char *name = p->kind == PACKAGE_DEBIAN ?
					       mem_dup(p->name) :
					       mem_printf("%s (%s)", p->name, contents_kind_names[p->kind]);
		put_row(out, form, name, row->old ? diff_version(row->old) : NULL,
			row->new ? diff_version(row->new) : NULL);
	}
}

static void put_settings(const struct diff *d, enum diff_form form, struct text *out)
{
	if (d->settings.count)
		put_heading(out, form, "settings", "setting");
	for (size_t i = 0; i < d->settings.count; i++)
		put_row(out, form, d->settings.items[i].name, d->settings.items[i].old,
			d->settings.items[i].new);
}

/* A size, and what else differs if the sizes are equal. */
static char *describe(const struct entry *e, const struct entry *other)
{
	char size[16];

	if (!e)
		return NULL;
	if (other && other->mode != e->mode)
		return mem_printf("mode %04o", e->mode);
	if (other && (other->uid != e->uid || other->gid != e->gid))
		return mem_printf("owner %u:%u", e->uid, e->gid);
	if (e->kind == ENTRY_SYMLINK || e->kind == ENTRY_HARDLINK)
		return mem_printf("link to %s", e->link ? e->link : "");
	if (e->kind == ENTRY_FILE)
		return mem_dup(text_size((double)e->size_bytes, size));
	return mem_dup(e->kind == ENTRY_FOLDER || e->kind == ENTRY_OPAQUE ? "folder" : "device or pipe");
}

static void put_files(const struct diff *d, enum diff_form form, struct text *out)
{
	if (d->files.count)
		put_heading(out, form, "files", "file");
	for (size_t i = 0; i < d->files.count && i < SHOWN; i++) {
		const struct diff_file *row = &d->files.items[i];
		AUTO_FREE char *path = mem_printf("/%s", (row->new ? row->new : row->old)->path);
		AUTO_FREE char *old = describe(row->old, row->new), *new = describe(row->new, row->old);
		put_row(out, form, path, old, new);
	}
	if (d->files.count > SHOWN)
		text_printf(out, "%s%zu more; --json has all of them\n", form == DIFF_MARKDOWN ? "\n" : "  ",
			    d->files.count - SHOWN);
}

static const char *change(const void *old, const void *new)
{
	return !old ? "added" : !new ? "removed" : "changed";
}

static json_t *packages_json(const struct diff *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->packages.count; i++) {
		const struct diff_package *row = &d->packages.items[i];
		const struct contents_package *p = row->new ? row->new : row->old;
		json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "change", change(row->old, row->new),
				  "kind", contents_kind_names[p->kind], "name", report_text_json(p->name),
				  "architecture", report_text_json(p->architecture), "old",
				  report_text_json(row->old ? diff_version(row->old) : NULL), "new",
				  report_text_json(row->new ? diff_version(row->new) : NULL)));
	}
	return list;
}

static json_t *settings_json(const struct diff *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->settings.count; i++) {
		const struct diff_setting *row = &d->settings.items[i];
		json_t *old = row->old ? json_loads(row->old, JSON_DECODE_ANY, NULL) : json_null();
		json_t *new = row->new ? json_loads(row->new, JSON_DECODE_ANY, NULL) : json_null();
		json_array_append_new(list,
				      json_pack("{s:s, s:o, s:o, s:o}", "change", change(row->old, row->new),
						"name", report_text_json(row->name), "old",
						old ? old : json_null(), "new", new ? new : json_null()));
	}
	return list;
}

static json_t *files_json(const struct diff *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->files.count; i++) {
		const struct diff_file *row = &d->files.items[i];
		AUTO_FREE char *path = mem_printf("/%s", (row->new ? row->new : row->old)->path);
		json_array_append_new(
			list,
			json_pack("{s:s, s:o, s:o, s:o}", "change", change(row->old, row->new), "path",
				  report_text_json(path), "old_bytes",
				  row->old ? json_integer((json_int_t)row->old->size_bytes) : json_null(),
				  "new_bytes",
				  row->new ? json_integer((json_int_t)row->new->size_bytes) : json_null()));
	}
	return list;
}

static json_t *side(const struct diff *d, const struct contents *c, size_t i)
{
	return json_pack("{s:o, s:o, s:I, s:I, s:I}", "name", report_text_json(c->source.name), "image_id",
			 report_text_digest(&c->source.config_digest), "size_bytes",
			 (json_int_t)d->sizes[i].packed, "unpacked_bytes", (json_int_t)d->sizes[i].unpacked,
			 "files", (json_int_t)d->sizes[i].files);
}

void diff_print(const struct diff *d, enum diff_form form, struct text *out)
{
	const struct contents *both[] = { d->old, d->new };

	if (form == DIFF_JSON) {
		report_text_dump(out, json_pack("{s:i, s:o, s:o, s:o, s:o, s:o}", "format", 1, "old",
						side(d, d->old, 0), "new", side(d, d->new, 1), "packages",
						packages_json(d), "settings", settings_json(d), "files",
						files_json(d)));
		return;
	}
	text_put(out, form == DIFF_MARKDOWN ? "### " : "");
	for (size_t i = 0; i < COUNT(both); i++) {
		text_put(out, i ? " → " : "");
		put(out, form, both[i]->source.name ? both[i]->source.name : both[i]->source.path);
	}
	text_put(out, "\n");
	if (diff_is_empty(d)) {
		text_put(out, form == DIFF_MARKDOWN ? "\nThe same packages, settings and files.\n" :
						      "the same packages, settings and files\n");
		return;
	}
	put_packages(d, form, out);
	put_settings(d, form, out);
	put_sizes(d, form, out);
	put_files(d, form, out);
}
