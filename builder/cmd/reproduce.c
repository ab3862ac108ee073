/* SPDX-License-Identifier: MIT */
#include "cmd/reproduce.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "build/build_sums.h"
#include "cmd/cmd.h"
#include "cmd/interruptible.h"
#include "cmd/reproduce_elsewhere.h"
#include "cmd/reproduce_images.h"
#include "engine/interrupt.h"
#include "recipe/output.h"
#include "recipe/recipe.h"
#include "report/first_difference.h"
#include "report/report_text.h"
#include "report/sites_alike.h"
#include "service/service.h"

#define WORDS_SHOWN 20u

/* The text of the last error event among lines of events. */
static char *last_error(char *lines)
{
	char *ret = NULL, *rest = NULL;

	for (char *line = strtok_r(lines, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		json_t *event = json_loads(line, 0, NULL);
		const char *kind = json_string_value(json_object_get(event, "event")),
			   *text = json_string_value(json_object_get(event, "text"));
		if (kind && text && !strcmp(kind, "error")) {
			free(ret);
			ret = mem_dup(text);
		}
		json_decref(event);
	}
	return ret ? ret : mem_dup("it has failed");
}

struct err *reproduce_build(const char *program, const char *recipe, const char *folder,
			    const char *const *set, json_t **ret)
{
	AUTO_FREE char *said = NULL, *errors = NULL;
	const char *const argv[] = {
		program, "build", "--progress=json", "--no-push", "--output", folder, recipe, NULL,
	};
	struct child c = { .argv = argv, .set = set };
	int status;

	TRY(child_run(&c, &said, &errors, &status));
	if (status) {
		AUTO_FREE char *why = last_error(errors);
		return err_new(status >= ERR_USAGE && status <= ERR_SYSTEM ? (enum err_kind)status :
									     ERR_SYSTEM,
			       "the build into %s: %s", folder, why);
	}
	*ret = json_loads(said, JSON_DISABLE_EOF_CHECK, NULL);
	return *ret ? NULL : err_new(ERR_SYSTEM, "the build into %s reports nothing", folder);
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* The digest of an output: a layout's manifest, else the file's bytes. "" if it is missing. */
static struct err *sum(const json_t *output, const char *path, char ret[static DIGEST_HEX + 8])
{
	struct digest d;
	char hex[DIGEST_HEX];
	struct stat st;

	ret[0] = '\0';
	if (stat(path, &st) < 0)
		return NULL;
	if (S_ISDIR(st.st_mode)) {
		snprintf(ret, DIGEST_HEX + 8, "%s", text_of(output, "digest"));
		return NULL;
	}
	TRY(build_sums_file(path, &d));
	snprintf(ret, DIGEST_HEX + 8, "sha256:%s", digest_hex(&d, hex));
	return NULL;
}

static struct err *add_row(json_t *rows, const char *kind, const json_t *x, const char *a, const json_t *y,
			   const char *b)
{
	char one[DIGEST_HEX + 8], two[DIGEST_HEX + 8];
	const char *slash = strrchr(a, '/');

	TRY(sum(x, a, one));
	TRY(sum(y, b, two));
	json_array_append_new(rows, json_pack("{s:s, s:s, s:b, s:s, s:s}", "output", kind, "file",
					      slash ? slash + 1 : a, "same", *one && !strcmp(one, two),
					      "first", one, "second", two));
	return NULL;
}

static bool is_output(const json_t *outputs, const char *name)
{
	for (size_t i = 0; i < json_array_size(outputs); i++) {
		AUTO_FREE char *tail = mem_printf("/%s", name);
		if (text_ends(text_of(json_array_get(outputs, i), "path"), tail))
			return true;
	}
	return false;
}

/* Adds the documents that a build with the key `release` writes beside them. */
static struct err *add_documents(json_t *rows, const json_t *outputs, const char *top)
{
	AUTO_FREE char *folder = mem_printf("%s/out", top);
	struct dirent **list;
	int count = scandir(folder, &list, NULL, alphasort);
	struct err *e = NULL;

	for (int i = 0; i < count; i++) {
		const char *name = list[i]->d_name;
		AUTO_FREE char *a = mem_printf("%s/out/%s", top, name),
			       *b = mem_printf("%s/out again/%s", top, name);
		if (!e && name[0] != '.' && list[i]->d_type == DT_REG && !is_output(outputs, name))
			e = add_row(rows, "document", NULL, a, NULL, b);
		free(list[i]);
	}
	if (count >= 0)
		free(list);
	return e;
}

static struct err *list_rows(const json_t *first, const json_t *second, const char *top, json_t *rows)
{
	const json_t *a = json_object_get(first, "outputs"), *b = json_object_get(second, "outputs");

	if (!json_array_size(a) || json_array_size(a) != json_array_size(b))
		return err_new(ERR_SYSTEM, "the two builds report other outputs");
	for (size_t i = 0; i < json_array_size(a); i++) {
		const json_t *x = json_array_get(a, i), *y = json_array_get(b, i);
		TRY(add_row(rows, text_of(x, "output"), x, text_of(x, "path"), y, text_of(y, "path")));
	}
	return add_documents(rows, a, top);
}

static size_t count_bad(const json_t *rows)
{
	size_t bad = 0;

	for (size_t i = 0; i < json_array_size(rows); i++)
		bad += !json_is_true(json_object_get(json_array_get(rows, i), "same"));
	return bad;
}

/* Of files that are not the same where the images are: the first row's. */
static struct err *compare_files(const json_t *rows, const char *top, json_t **ret)
{
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const char *name = text_of(row, "file"), *one = text_of(row, "first"),
			   *two = text_of(row, "second");
		AUTO_FREE char *a = mem_printf("%s/out/%s", top, name),
			       *b = mem_printf("%s/out again/%s", top, name);
		if (json_is_true(json_object_get(row, "same")))
			continue;
		*ret = json_pack("{s:s, s:s, s:s}", "file", name, "first", *one ? one : "nothing", "second",
				 *two ? two : "nothing");
		/* a layout has no bytes of its own */
		return *one && *two && strcmp(text_of(row, "output"), output_words[OUTPUT_OCI]) ?
			       first_difference_bytes(a, b, *ret) :
			       NULL;
	}
	return NULL;
}

static struct err *find_difference(const struct contents *old, const struct contents *new, const json_t *rows,
				   const char *top, json_t **ret)
{
	TRY(first_difference(old, new, ret));
	return *ret ? NULL : compare_files(rows, top, ret);
}

/* A second build makes prebaked sites again, and two databases never have the same bytes. */
static json_t *compare_sites(const struct contents *old, const struct contents *new, bool *alike)
{
	AUTO_TEXT struct text says = { 0 };

	*alike = sites_alike(old, new, &says);
	return json_pack("{s:b, s:s}", "alike", *alike, "says", says.bytes);
}

static json_t *other_layers(const json_t *first, const json_t *second)
{
	const json_t *a = json_object_get(first, "layers"), *b = json_object_get(second, "layers");
	json_t *names = json_array();

	for (size_t i = 0; i < json_array_size(a); i++)
		if (!json_equal(json_array_get(a, i), json_array_get(b, i)))
			json_array_append(names, json_object_get(json_array_get(a, i), "layer"));
	return names;
}

static void print_words(struct text *out, const char *head, const json_t *words)
{
	for (size_t i = 0; i < json_array_size(words) && i < WORDS_SHOWN; i++)
		text_printf(out, "%s%s", i ? ", " : head, json_string_value(json_array_get(words, i)));
	text_put(out, json_array_size(words) > WORDS_SHOWN ? ", …" : "");
	text_put(out, json_array_size(words) ? "\n" : "");
}

static void print_difference(struct text *out, const json_t *d)
{
	static const char *const kinds[] = { "path", "setting", "layer", "file" };
	const json_t *at = json_object_get(d, "at");

	for (size_t i = 0; i < COUNT(kinds); i++)
		if (json_object_get(d, kinds[i]))
			text_printf(out, "the first difference: %s %s\n", kinds[i], text_of(d, kinds[i]));
	text_printf(out, "  here       %s\n  elsewhere  %s\n", text_of(d, "first"), text_of(d, "second"));
	if (at)
		text_printf(out, "  %s\n  here       %s\n  elsewhere  %s\n", text_of(at, "where"),
			    text_of(at, "first"), text_of(at, "second"));
	print_words(out, "different, too: ", json_object_get(d, "also"));
}

static void print(const json_t *all)
{
	const json_t *rows = json_object_get(all, "outputs"), *d = json_object_get(all, "first_difference");
	AUTO_TEXT struct text out = { 0 };

	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		bool same = json_is_true(json_object_get(row, "same"));
		text_printf(&out, "%-10s %-10s %s  %s\n", text_of(row, "output"), same ? "same" : "different",
			    text_of(row, "first"), text_of(row, "file"));
		if (!same)
			text_printf(&out, "%-10s %-10s %s\n", "", "", text_of(row, "second"));
	}
	print_words(&out, "other in the second build: ", json_object_get(all, "varied"));
	print_words(&out, "the same in both: ", json_object_get(all, "kept"));
	print_words(&out, "layers that differ: ", json_object_get(all, "layers"));
	if (json_is_object(d))
		print_difference(&out, d);
	if (json_object_get(all, "sites"))
		text_printf(&out,
			    "two databases never have the same bytes, so their content was compared:\n%s",
			    text_of(json_object_get(all, "sites"), "says"));
	fputs(out.bytes, stdout);
}

struct finding {
	json_t *difference, *sites; /* NULL: none was looked for */
	bool alike;		    /* the sites */
};

static struct err *look(const json_t *first, const json_t *second, const json_t *layers, const json_t *rows,
			const char *top, struct finding *ret)
{
	AUTO_FREE char *store = mem_printf("%s/store", top);
	AUTO_CONTENTS struct contents old = { 0 }, new = { 0 };

	TRY(reproduce_images(first, second, store, &old, &new));
	if (json_array_size(layers) == 1 && !strcmp(json_string_value(json_array_get(layers, 0)), "sites")) {
		ret->sites = compare_sites(&old, &new, &ret->alike);
		return NULL;
	}
	return find_difference(&old, &new, rows, top, &ret->difference);
}

static struct err *judge(const json_t *first, const json_t *elsewhere, const char *top, bool json)
{
	const json_t *second = json_object_get(elsewhere, "report");
	json_t *rows = json_array(), *layers = other_layers(first, second);
	struct finding f = { 0 };
	struct err *e = list_rows(first, second, top, rows);
	size_t count = json_array_size(rows), bad = count_bad(rows);

	if (!e && bad)
		e = look(first, second, layers, rows, top, &f);
	json_t *all =
		json_pack("{s:i, s:b, s:o, s:O, s:O, s:o, s:o, s:o*}", "format", 1, "ok", !bad || f.alike,
			  "outputs", rows, "varied", json_object_get(elsewhere, "varied"), "kept",
			  json_object_get(elsewhere, "kept"), "layers", layers, "first_difference",
			  f.difference ? f.difference : json_null(), "sites", f.sites);
	if (!e && json) {
		AUTO_TEXT struct text out = { 0 };
		report_text_dump(&out, json_incref(all));
		fputs(out.bytes, stdout);
	} else if (!e) {
		print(all);
	}
	json_decref(all);
	if (e || !bad || f.alike)
		return e;
	if (f.sites)
		return err_new(ERR_BUILD, "the prebaked sites hold something else under other circumstances");
	return err_new(ERR_BUILD, "%zu of %zu file%s when built under other circumstances", bad, count,
		       count == 1 ? " differs" : "s differ");
}

static struct err *build_twice(const char *recipe, const char *top, bool json)
{
	AUTO_FREE char *whole = realpath(recipe, NULL), *folder = mem_printf("%s/out", top);
	json_t *first = NULL, *second = NULL;

	if (!whole)
		return err_new(ERR_RECIPE, "cannot read the recipe %s: %s", recipe,
			       errno == ENOENT ? "there is no such file" : strerror(errno));
	TRY(file_make_folder(folder, 0700));
	struct err *e =
		reproduce_build("/proc/self/exe", whole, folder, (const char *const[]){ NULL }, &first);
	if (!e)
		e = reproduce_elsewhere(whole, top, &second);
	if (!e)
		e = judge(first, second, top, json);
	json_decref(first);
	json_decref(second);
	return e;
}

struct task {
	const char *recipe, *top;
	bool json;
};

static struct err *do_task(void *arg)
{
	const struct task *t = arg;

	return build_twice(t->recipe, t->top, t->json);
}

static struct err *check_recipe(const char *path)
{
	struct recipe r;
	struct service_set *services = NULL;
	struct err *e = cmd_check_recipe(path, &r, &services);

	service_free(services);
	recipe_done(&r);
	return e;
}

struct err *reproduce(const char *recipe, bool json)
{
	TRY(check_recipe(recipe));
	interrupt_catch(); /* from here on an interrupt must clean up */
	const char *temporary = getenv("TMPDIR");
	AUTO_FREE char *top =
		mem_printf("%s/mkbench-reproduce.XXXXXX", temporary && *temporary ? temporary : "/var/tmp");

	if (!mkdtemp(top))
		return err_errno(errno, "make %s", top);
	struct err *e = interruptible_run(do_task, &(struct task){ recipe, top, json });
	/* files of an ordinary user's build with other ids stay in a scratch folder */
	err_free(file_remove_tree(top));
	return e;
}
