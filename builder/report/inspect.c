/* SPDX-License-Identifier: MIT */
#include "report/inspect.h"

#include <string.h>

#include "base/mem.h"
#include "report/ranking.h"
#include "report/report_text.h"

#define SHOWN 10u   /* of each ranking, in text for people */
#define LISTED 100u /* the same, in JSON */
#define BAR 30u
#define SECOND 1e9

static void put_size(struct text *out, uint64_t bytes)
{
	char buf[16];

	text_printf(out, "  %10s", text_size((double)bytes, buf));
}

static void put_word(struct text *out, const char *head, const char *word)
{
	if (!word || !*word)
		return;
	text_printf(out, "  %-9s ", head);
	report_text_put(out, word);
	text_put(out, "\n");
}

static void put_list(struct text *out, const char *head, const json_t *array, size_t skip)
{
	AUTO_TEXT struct text words = { 0 };

	text_put(&words, "");
	for (size_t i = skip; i < json_array_size(array); i++) {
		const char *word = json_string_value(json_array_get(array, i));
		text_printf(&words, "%s%s", words.len ? " " : "", word ? word : "?");
	}
	put_word(out, head, words.bytes);
}

static void put_keys(struct text *out, const char *head, json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) put_word(out, head, key);
}

static json_t *setting(const struct contents *c, const char *key)
{
	return json_object_get(json_object_get(c->source.config, "config"), key);
}

static void put_head(const struct contents *c, struct text *out)
{
	const json_t *config = c->source.config, *health = setting(c, "Healthcheck");
	const char *os = json_string_value(json_object_get(config, "os")),
		   *arch = json_string_value(json_object_get(config, "architecture"));
	AUTO_FREE char *platform = mem_printf("%s/%s", os ? os : "?", arch ? arch : "?");
	AUTO_FREE char *release =
		c->os ? mem_printf("%s %s", c->os, c->os_version ? c->os_version : "") : NULL;
	double every = json_number_value(json_object_get(health, "Interval")) / SECOND;
	char hex[DIGEST_HEX];

	report_text_put(out, c->source.name ? c->source.name : c->source.path);
	text_put(out, "\n");
	if (!digest_is_zero(&c->source.manifest))
		put_word(out, "manifest", digest_hex(&c->source.manifest, hex));
	put_word(out, "image id", digest_hex(&c->source.config_digest, hex));
	put_word(out, "platform", platform);
	put_word(out, "release", release);
	put_word(out, "created", json_string_value(json_object_get(config, "created")));
	put_list(out, "runs", setting(c, "Entrypoint"), 0);
	put_list(out, "with", setting(c, "Cmd"), 0);
	put_word(out, "as", contents_setting(c, "User"));
	put_word(out, "in", contents_setting(c, "WorkingDir"));
	put_keys(out, "port", setting(c, "ExposedPorts"));
	put_keys(out, "volume", setting(c, "Volumes"));
	put_list(out, "health", json_object_get(health, "Test"), 1);
	if (every > 0)
		text_printf(out, "            every %g s\n", every);
	put_word(out, "stop", contents_setting(c, "StopSignal"));
}

static void put_layers(const struct contents *c, struct text *out)
{
	uint64_t largest = 0, packed = 0, unpacked = 0;

	for (size_t i = 0; i < c->layer_count; i++) {
		largest = c->layers[i].unpacked_bytes > largest ? c->layers[i].unpacked_bytes : largest;
		packed += c->layers[i].packed_bytes;
		unpacked += c->layers[i].unpacked_bytes;
	}
	text_printf(out, "\n%-4s  %10s  %10s  %7s\n", "layer", "packed", "unpacked", "files");
	for (size_t i = 0; i < c->layer_count; i++) {
		const struct contents_layer *l = &c->layers[i];
		AUTO_FREE char *name = mem_ndup(l->name, strnlen(l->name, 40));
		text_printf(out, "%4zu ", i + 1);
		put_size(out, l->packed_bytes);
		put_size(out, l->unpacked_bytes);
		text_printf(out, "  %7zu  ", l->file_count);
		report_text_put(out, name);
		text_printf(out, "%*s ", strlen(name) < 14 ? 14 - (int)strlen(name) : 0, "");
		report_text_bar(out, l->unpacked_bytes, largest, BAR);
		text_put(out, "\n");
	}
	text_put(out, " all ");
	put_size(out, packed);
	put_size(out, unpacked);
	text_put(out, "\n");
}

static void put_package(struct text *out, const struct contents_package *p)
{
	report_text_put(out, p->name);
	if (p->version) {
		text_put(out, " ");
		report_text_put(out, p->version);
	}
	if (p->kind != PACKAGE_DEBIAN)
		text_printf(out, " (%s)", contents_kind_names[p->kind]);
}

static void put_counts(const struct contents *c, struct text *out)
{
	size_t counts[PACKAGE_KIND_COUNT] = { 0 };

	for (size_t i = 0; i < c->package_count; i++)
		counts[c->packages[i].kind]++;
	text_printf(out, "\npackages: %zu of Debian%s, %zu of Python, %zu of Node, %zu app%s",
		    counts[PACKAGE_DEBIAN], c->has_dpkg ? "" : " (the image has no dpkg database)",
		    counts[PACKAGE_PYTHON], counts[PACKAGE_NODE], counts[PACKAGE_APP],
		    text_plural(counts[PACKAGE_APP]));
	if (counts[PACKAGE_INTERPRETER])
		text_printf(out, ", %zu interpreter%s of a build", counts[PACKAGE_INTERPRETER],
			    text_plural(counts[PACKAGE_INTERPRETER]));
	text_put(out, "\n");
}

void inspect_print(const struct contents *c, struct text *out)
{
	AUTO_RANKING struct ranking packages = { 0 }, folders = { 0 }, files = { 0 };

	put_head(c, out);
	put_layers(c, out);
	put_counts(c, out);
	ranking_packages(c, &packages);
	for (size_t i = 0; i < packages.count && i < SHOWN; i++) {
		put_size(out, packages.items[i].size_bytes);
		text_put(out, "  ");
		put_package(out, &c->packages[packages.items[i].index]);
		text_put(out, "\n");
	}
	text_put(out, "\nlargest folders\n");
	ranking_folders(c, &folders);
	for (size_t i = 0; i < folders.count && i < SHOWN; i++) {
		put_size(out, folders.items[i].size_bytes);
		text_put(out, "  /");
		report_text_put(out, folders.items[i].folder);
		text_put(out, "\n");
	}
	text_put(out, "\nlargest files\n");
	ranking_files(c, &files);
	for (size_t i = 0; i < files.count && i < SHOWN; i++) {
		put_size(out, files.items[i].size_bytes);
		text_put(out, "  /");
		report_text_put(out, c->tree.items[files.items[i].index].path);
		text_put(out, "\n");
	}
}

static json_t *layers_json(const struct contents *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->layer_count; i++)
		json_array_append_new(list,
				      json_pack("{s:o, s:o, s:o, s:I, s:I, s:I}", "name",
						report_text_json(c->layers[i].name), "digest",
						report_text_digest(&c->layers[i].digest), "diff_id",
						report_text_digest(&c->source.layers[i].diff_id),
						"size_bytes", (json_int_t)c->layers[i].packed_bytes,
						"unpacked_bytes", (json_int_t)c->layers[i].unpacked_bytes,
						"files", (json_int_t)c->layers[i].file_count));
	return list;
}

static json_t *package_json(const struct contents_package *p)
{
	AUTO_FREE char *path = mem_printf("/%s", p->path);
	json_t *j = json_pack("{s:s, s:o, s:o, s:I, s:I, s:I, s:o}", "kind", contents_kind_names[p->kind],
			      "name", report_text_json(p->name), "version", report_text_json(p->version),
			      "size_bytes", (json_int_t)p->size_bytes, "files", (json_int_t)p->file_count,
			      "layer", (json_int_t)p->layer + 1, "path", report_text_json(path));

	if (p->architecture)
		json_object_set_new(j, "architecture", report_text_json(p->architecture));
	if (p->source)
		json_object_set_new(j, "source", report_text_json(p->source));
	if (p->commit)
		json_object_set_new(j, "commit", report_text_json(p->commit));
	return j;
}

void inspect_print_json(const struct contents *c, json_t *lines, struct text *out)
{
	AUTO_RANKING struct ranking packages = { 0 }, folders = { 0 }, files = { 0 };
	json_t *list = json_array(), *large = json_array(), *below = json_array();
	json_t *settings = json_object_get(c->source.config, "config");

	ranking_packages(c, &packages);
	ranking_folders(c, &folders);
	ranking_files(c, &files);
	for (size_t i = 0; i < packages.count; i++)
		json_array_append_new(list, package_json(&c->packages[packages.items[i].index]));
	for (size_t i = 0; i < folders.count; i++) {
		AUTO_FREE char *path = mem_printf("/%s", folders.items[i].folder);
		json_array_append_new(below,
				      json_pack("{s:o, s:I}", "path", report_text_json(path), "size_bytes",
						(json_int_t)folders.items[i].size_bytes));
	}
	for (size_t i = 0; i < files.count && i < LISTED; i++) {
		AUTO_FREE char *path = mem_printf("/%s", c->tree.items[files.items[i].index].path);
		json_array_append_new(large, json_pack("{s:o, s:I}", "path", report_text_json(path),
						       "size_bytes", (json_int_t)files.items[i].size_bytes));
	}
	report_text_dump(
		out,
		json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:O, s:o, s:o, s:o, s:o, s:o*}", "format", 1,
			  "name", report_text_json(c->source.name), "manifest",
			  report_text_digest(&c->source.manifest), "image_id",
			  report_text_digest(&c->source.config_digest), "architecture",
			  report_text_json(
				  json_string_value(json_object_get(c->source.config, "architecture"))),
			  "created",
			  report_text_json(json_string_value(json_object_get(c->source.config, "created"))),
			  "settings", settings ? settings : json_null(), "layers", layers_json(c), "packages",
			  list, "folders", below, "largest_files", large, "lines", lines));
}
