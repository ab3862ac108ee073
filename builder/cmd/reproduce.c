/* SPDX-License-Identifier: MIT */
#include "cmd/reproduce.h"

#include <errno.h>
#include <jansson.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "report/diff.h"
#include "report/diff_print.h"
#include "report/sites_alike.h"

/* What `mkbench build` reports in its last line. */
static struct err *build(const char *recipe, const char *folder, const char *const *set, json_t **ret)
{
	AUTO_FREE char *whole = realpath(recipe, NULL), *said = NULL, *errors = NULL;
	const char *const argv[] = { "/proc/self/exe", "build", "--progress=json", "--output", folder, whole, NULL };
	struct child c = { .argv = argv, .set = set };
	int status;

	if (!whole)
		return err_new(ERR_USAGE, "%s: %s", recipe, strerror(errno));
	TRY(child_run(&c, &said, &errors, &status));
	const char *last = strstr(errors, "mkbench: ");
	if (status)
		return err_new(status >= ERR_USAGE && status <= ERR_SYSTEM ? (enum err_kind)status : ERR_SYSTEM, "the build into %s: %.*s", folder,
			       (int)strcspn(last ? last + 9 : "failed", "\n"), last ? last + 9 : "failed");
	*ret = json_loads(said, JSON_DISABLE_EOF_CHECK, NULL);
	return *ret ? NULL : err_new(ERR_SYSTEM, "the build into %s reports nothing", folder);
}

/* The process itself changes, and with it its child; nothing comes after it that would mind. */
static void change_circumstances(void)
{
	cpu_set_t own, one;

	umask(077);
	CPU_ZERO(&one);
	if (!sched_getaffinity(0, sizeof own, &own))
		for (size_t i = 0; i < CPU_SETSIZE && !CPU_COUNT(&one); i++)
			if (CPU_ISSET(i, &own))
				CPU_SET(i, &one);
	if (CPU_COUNT(&one))
		sched_setaffinity(0, sizeof one, &one);
	if (!geteuid() && !unshare(CLONE_NEWUTS) && sethostname("elsewhere", 9) < 0)
		return; /* it keeps its name */
}

static struct err *build_elsewhere(const char *recipe, const char *top, json_t **ret)
{
	AUTO_FREE char *store = mem_printf("MKBENCH_STORE=%s/store", top), *home = mem_printf("HOME=%s/home", top), *folder = mem_printf("%s/other place/out", top);
	AUTO_FREE char *home_path = mem_printf("%s/home", top);
	const char *const set[] = { store, home, "TZ=Pacific/Kiritimati", "LC_ALL=tr_TR.UTF-8", "LANG=tr_TR.UTF-8", "SOURCE_DATE_EPOCH", "USER=somebody", NULL };

	TRY(file_make_folder(home_path, 0700));
	TRY(file_make_folder(folder, 0700));
	change_circumstances();
	return build(recipe, folder, set, ret);
}

static const char *text_of(const json_t *output, const char *key)
{
	const char *text = json_string_value(json_object_get(output, key));

	return text ? text : "";
}

static const char *digest_of_output(const json_t *output)
{
	return json_object_get(output, "inputs") ? text_of(output, "inputs") : text_of(output, "digest");
}

static struct err *show_difference(const json_t *a, const json_t *b)
{
	AUTO_CONTENTS struct contents old = { 0 }, new = { 0 };
	AUTO_DIFF struct diff d = { 0 };
	AUTO_TEXT struct text out = { 0 };

	TRY(contents_open(text_of(a, "path"), NULL, &old));
	TRY(contents_open(text_of(b, "path"), NULL, &new));
	diff_of(&old, &new, &d);
	diff_print(&d, DIFF_TEXT, &out);
	fputs(out.bytes, stdout);
	return NULL;
}

/* The layer of the same name, or else NULL. */
static const json_t *find_layer(const json_t *layers, const json_t *like)
{
	for (size_t i = 0; i < json_array_size(layers); i++)
		if (!strcmp(text_of(json_array_get(layers, i), "layer"), text_of(like, "layer")))
			return json_array_get(layers, i);
	return NULL;
}

/* Prebaked sites, and nothing else, are not the same bytes. */
static bool only_sites_differ(const json_t *first, const json_t *second)
{
	const json_t *layers = json_object_get(first, "layers"), *others = json_object_get(second, "layers");
	bool sites = false;

	for (size_t i = 0; i < json_array_size(layers); i++) {
		const json_t *layer = json_array_get(layers, i);
		if (json_equal(layer, find_layer(others, layer)))
			continue;
		if (strcmp(text_of(layer, "layer"), "sites") || !find_layer(others, layer))
			return false;
		sites = true;
	}
	return sites && json_array_size(layers) == json_array_size(others);
}

/* Of a disk alone nobody here reads the files. */
static struct err *compare_sites(const json_t *a, const json_t *b)
{
	AUTO_CONTENTS struct contents one = { 0 }, other = { 0 };
	AUTO_TEXT struct text says = { 0 };
	size_t at = 0;

	while (at < json_array_size(a) && !json_object_get(json_array_get(a, at), "digest"))
		at++;
	if (at == json_array_size(a))
		return err_new(ERR_BUILD, "the layer of the prebaked sites differs, as it does whenever they are made, and there is no container image among the "
			       "outputs in which they could be compared: add one to 'outputs'");
	TRY(contents_open(text_of(json_array_get(a, at), "path"), NULL, &one));
	TRY(contents_open(text_of(json_array_get(b, at), "path"), NULL, &other));
	bool alike = sites_alike(&one, &other, &says);
	printf("the layer 'sites' alone is not the same bytes, as a database never is when it is made again\n%s", says.bytes);
	return alike ? NULL : err_new(ERR_BUILD, "the prebaked sites hold something else under other circumstances");
}

static bool has_layer(const json_t *layers, const json_t *layer)
{
	for (size_t i = 0; i < json_array_size(layers); i++)
		if (json_equal(json_array_get(layers, i), layer))
			return true;
	return false;
}

static struct err *compare(const json_t *first, const json_t *second)
{
	const json_t *a = json_object_get(first, "outputs"), *b = json_object_get(second, "outputs"), *layers = json_object_get(first, "layers");
	size_t count = json_array_size(a), bad = 0;

	for (size_t i = 0; i < count; i++) {
		const json_t *x = json_array_get(a, i), *y = json_array_get(b, i);
		bool same = !strcmp(digest_of_output(x), digest_of_output(y)) && *digest_of_output(x);
		printf("%-10s %s  %s\n", text_of(x, "output"), same ? "same     " : "different", digest_of_output(x));
		if (!same)
			printf("%-10s            %s\n", "", digest_of_output(y));
		bad += !same;
	}
	for (size_t i = 0; bad && i < json_array_size(layers); i++)
		if (!has_layer(json_object_get(second, "layers"), json_array_get(layers, i)))
			printf("layer %s differs\n", text_of(json_array_get(layers, i), "layer"));
	if (!count || count != json_array_size(b))
		return err_new(ERR_SYSTEM, "the two builds report other outputs");
	if (!bad)
		return NULL;
	if (only_sites_differ(first, second))
		return compare_sites(a, b);
	if (json_object_get(json_array_get(a, 0), "digest"))
		TRY(show_difference(json_array_get(a, 0), json_array_get(b, 0)));
	return err_new(ERR_BUILD, "%zu of %zu output%s not the same bytes under other circumstances", bad, count, count == 1 ? " is" : "s are");
}

struct err *reproduce(const char *recipe)
{
	const char *temporary = getenv("TMPDIR");
	AUTO_FREE char *top = mem_printf("%s/mkbench-reproduce.XXXXXX", temporary && *temporary ? temporary : "/var/tmp");
	json_t *first = NULL, *second = NULL;

	if (!mkdtemp(top))
		return err_errno(errno, "make %s", top);
	AUTO_FREE char *folder = mem_printf("%s/out", top);
	struct err *e = file_make_folder(folder, 0700);
	if (!e)
		e = build(recipe, folder, (const char *const[]){ NULL }, &first);
	if (!e)
		e = build_elsewhere(recipe, top, &second);
	if (!e)
		e = compare(first, second);
	json_decref(first);
	json_decref(second);
	fflush(stdout);
	err_free(file_remove_tree(top)); /* what an ordinary user's build leaves of other ids stays in a folder for such things */
	return e;
}
