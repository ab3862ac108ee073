/* SPDX-License-Identifier: MIT */
/* Explains what brought a file into an image. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "debian/control.h"
#include "report/inspect.h"
#include "report/report_text.h"

/* Whether a word of a Depends field is that name; versions and alternatives count as separate words. */
static bool depends_on(const char *field, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = field; at && (at = strstr(at, name)); at++) {
		char before = at == field ? ' ' : at[-1], after = at[len];
		if (strchr(" ,|\n", before) && (!after || strchr(" ,|:(\n", after)))
			return true;
	}
	return false;
}

static const struct contents_package *package_of(const struct contents *c, const struct entry *e)
{
	size_t owner = c->owner_of[e - c->tree.items];

	return owner == CONTENTS_NOBODY ? NULL : &c->packages[owner];
}

static json_t *needed_by(const struct contents *c, const struct contents_package *p)
{
	json_t *list = json_array();

	for (size_t i = 0; p && p->kind == PACKAGE_DEBIAN && i < c->package_count; i++)
		if (c->packages[i].depends && depends_on(c->packages[i].depends, p->name))
			json_array_append_new(list, report_text_json(c->packages[i].name));
	return list;
}

static const char *const kinds[] = {
	[ENTRY_FILE] = "file",		[ENTRY_FOLDER] = "folder", [ENTRY_SYMLINK] = "link",
	[ENTRY_HARDLINK] = "hard link", [ENTRY_CHAR] = "device",   [ENTRY_BLOCK] = "device",
	[ENTRY_FIFO] = "pipe",		[ENTRY_WHITEOUT] = "",	   [ENTRY_OPAQUE] = "folder",
};

static void print_json(const struct contents *c, const struct entry *e, struct text *out)
{
	const struct contents_package *p = package_of(c, e);
	size_t layer = c->layer_of[e - c->tree.items];
	AUTO_FREE char *path = mem_printf("/%s", e->path), *mode = mem_printf("%04o", e->mode);

	report_text_dump(
		out, json_pack("{s:i, s:o, s:s, s:s, s:I, s:I, s:I, s:o, s:o, s:I, s:o, s:o}", "format", 1,
			       "path", report_text_json(path), "kind", kinds[e->kind], "mode", mode, "uid",
			       (json_int_t)e->uid, "gid", (json_int_t)e->gid, "size_bytes",
			       (json_int_t)e->size_bytes, "sha256", report_text_digest(&e->sha256), "link",
			       report_text_json(e->link), "layer", (json_int_t)layer + 1, "step",
			       report_text_json(c->layers[layer].name), "package",
			       p ? json_pack("{s:s, s:o, s:o, s:o, s:o}", "kind",
					     contents_kind_names[p->kind], "name", report_text_json(p->name),
					     "version", report_text_json(p->version), "commit",
					     report_text_json(p->commit), "needed_by", needed_by(c, p)) :
				   json_null()));
}

static void print_package(const struct contents *c, const struct contents_package *p, struct text *out)
{
	json_t *list = needed_by(c, p);

	text_printf(out, "  package  ");
	report_text_put(out, p->name);
	text_put(out, p->version ? " " : "");
	report_text_put(out, p->version ? p->version : "");
	text_printf(out, " (%s)\n", contents_kind_names[p->kind]);
	if (p->commit) {
		text_put(out, "  commit   ");
		report_text_put(out, p->commit);
		text_put(out, "\n");
	}
	for (size_t i = 0; i < json_array_size(list); i++) {
		text_put(out, i ? ", " : "  needed by ");
		report_text_put(out, json_string_value(json_array_get(list, i)));
	}
	text_put(out, json_array_size(list) ? "\n" : "");
	json_decref(list);
}

static void print(const struct contents *c, const struct entry *e, struct text *out)
{
	const struct contents_package *p = package_of(c, e);
	size_t layer = c->layer_of[e - c->tree.items];
	char size[16];

	text_put(out, "/");
	report_text_put(out, e->path);
	if (e->kind == ENTRY_SYMLINK || e->kind == ENTRY_HARDLINK) {
		text_put(out, " -> ");
		report_text_put(out, e->link ? e->link : "");
	}
	text_printf(out, "\n  is       a %s, mode %04o, owner %u:%u", kinds[e->kind], e->mode, e->uid,
		    e->gid);
	text_printf(out, e->kind == ENTRY_FILE ? ", %s\n" : "\n", text_size((double)e->size_bytes, size));
	text_printf(out, "  layer    %zu, of the step: ", layer + 1);
	report_text_put(out, *c->layers[layer].name ? c->layers[layer].name : "not said");
	text_put(out, "\n");
	if (p)
		print_package(c, p, out);
	else
		text_put(out, e->kind == ENTRY_FOLDER || e->kind == ENTRY_OPAQUE ?
				      "  package  folders are of no one package\n" :
				      "  package  none: the step wrote it\n");
}

struct err *inspect_why(const struct contents *c, const char *path, bool json, struct text *out)
{
	AUTO_FREE char *plain = mem_dup(path);
	size_t len = strlen(plain);

	while (len && plain[len - 1] == '/')
		plain[--len] = '\0';
	const struct entry *e = contents_find(c, plain);
	if (!e)
		return err_new(ERR_USAGE, "the image has no %s", path);
	if (json)
		print_json(c, e, out);
	else
		print(c, e, out);
	return NULL;
}
