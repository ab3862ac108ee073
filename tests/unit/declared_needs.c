/* SPDX-License-Identifier: MIT */
#include "service/declared_needs.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "recipe/recipe.h"
#include "service/service.h"
#include "t.h"

/* The names a source gives, or what is said of it. */
static char *read(const char *source)
{
	struct arena a = { 0 };
	struct declared_needs n = { 0 };
	struct text t = { 0 };
	struct err *e = declared_needs_read(&a, "h.py", source, "required_apps", &n);

	if (e) {
		AUTO_FREE char *why = err_text(e);
		text_printf(&t, "%.*s", (int)strcspn(why, "'"), why);
	}
	for (size_t i = 0; !e && i < n.count; i++)
		text_printf(&t, "%s ", n.items[i]);
	err_free(e);
	free(n.items);
	arena_done(&a);
	return text_take(&t);
}

static void test_lists(void)
{
	static const struct {
		const char *source, *want;
	} cases[] = {
		{ "", "" },
		{ "required_apps = []", "" },
		{ "required_apps = [\"one\"]", "one " },
		{ "x = 1\nrequired_apps=['org/one','two',]\ny = 2\n", "one two " },
		{ "required_apps = [\n    \"org/my-app\",  # why\n    # nobody\n\t'two'\n]  # end\n",
		  "my_app two " },
		{ "required_apps = [\"https://h.org/o/a.git\"]\r\n", "a " },
		{ "# required_apps = [\"no\"]\n  required_apps = [\"no\"]\nrequired_apps_too = "
		  "['no']\nxrequired_apps = ['no']\n",
		  "" },
		{ "required_apps: list = [\"a\"]", "h.py:1:14: " },
		{ "required_apps += [\"a\"]", "h.py:1:15: " },
		{ "required_apps.append('a')", "h.py:1:14: " },
		{ "required_apps == [\"a\"]", "h.py:1:16: " },
		{ "required_apps = apps()", "h.py:1:17: " },
		{ "required_apps = (\"a\",)", "h.py:1:17: " },
		{ "\nrequired_apps = [f\"a\"]", "h.py:2:18: " },
		{ "required_apps = [\"a\" \"b\"]", "h.py:1:22: " },
		{ "required_apps = [\"\"\"a\"\"\"]", "h.py:1:18: " },
		{ "required_apps = [\"a\\x41\"]", "h.py:1:18: " },
		{ "required_apps = [\"a b\"]", "h.py:1:18: " },
		{ "required_apps = [\"a'\"]", "h.py:1:18: " },
		{ "required_apps = [\"a\", 1]", "h.py:1:23: " },
		{ "required_apps = [\"a\", *more]", "h.py:1:23: " },
		{ "required_apps = [,]", "h.py:1:18: " },
		{ "required_apps = [\"a\"", "h.py:1:21: " },
		{ "required_apps = [\"a", "h.py:1:18: " },
		{ "required_apps = [\"\xc3\xa9\"]", "h.py:1:18: " },
		{ "required_apps = [\"a\"] + more", "h.py:1:23: " },
		{ "required_apps = [\"a\"]\nrequired_apps = [\"b\"]", "h.py:2:14: " },
		{ "required_apps = [\"a\"]\nrequired_apps.clear()", "h.py:2:14: " },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *got = read(cases[i].source);
		is(got, cases[i].want);
	}
}

#define RECIPE                                                                                             \
	"name: d\nbase: {suite: bookworm}\nframework: %s\napps:\n"                                         \
	"  - {name: first, path: a}\n  - {name: c, path: c}\n  - {name: a, path: a}\n  - {name: b, path: " \
	"b}\nsites:\n  - {name: one.localhost%s}\n"

/* The order in which a site gets its apps, or what is said of them. needs: of first, c, a and b. */
static char *order(const char *const needs[4], const char *site)
{
	char folder[] = "/tmp/mkbench-needs-XXXXXX";
	static const char framework[] =
		"like: wsgi\ntitle: f\napp_needs: { file: \"{{app}}/hooks.py\", variable: required_apps }\n";
	struct recipe r = { 0 };
	struct problems p;
	struct service_set *s = NULL;
	struct tree t = { 0 };

	ok(mkdtemp(folder) != NULL);
	AUTO_FREE char *path = mem_printf("%s/f.yml", folder), *text = mem_printf(RECIPE, path, site),
		       *said = NULL;
	struct err *e = file_write(path, framework, strlen(framework), 0644);
	e = e ? e : recipe_parse("r.yml", text, strlen(text), &r, &p);
	e = e ? e : service_load(".", &r, &s);
	if (s)
		is(service_needs_file(s, 1), "c/hooks.py");
	for (size_t i = 0; !e && i < 4; i++)
		e = service_needs_read(s, i, "h.py", needs[i]);
	e = e ? e : service_needs_settle(s);
	e = e ? e : service_render(s, "0", &t);
	const struct entry *json = e ? NULL : tree_find(&t, "usr/lib/mkbench/bench.json");
	if (json) {
		const char *sites = strstr(json->content.bytes, "\"sites\""),
			   *apps = strstr(sites, "\"apps\": ") + 8;
		said = mem_ndup(apps, (size_t)(strchr(apps, ']') + 1 - apps));
		char *end = said;
		for (const char *c = said; *c; c++)
			if (*c != ' ' && *c != '\n' && *c != '"')
				*end++ = *c;
		*end = '\0';
	} else {
		said = err_text(e);
	}
	err_free(e);
	tree_done(&t);
	service_free(s);
	recipe_done(&r);
	err_free(file_remove_tree(folder));
	return TAKE(said);
}

static void test_order(void)
{
#define R "required_apps = "
	static const struct {
		const char *needs[4], *site, *want;
	} cases[] = {
		{ { "", "", "", "" }, "", "[first,c,a,b]" },
		{ { "", "", "", "" }, ", apps: [b, first]", "[first,b]" },
		{ { "", R "['o/b', 'first']", R "[]", R "['a']" }, "", "[first,a,b,c]" },
		{ { R "['b']", "", "", "" }, "", "[c,a,b,first]" },
		{ { "", R "['b']", "", "" }, ", apps: [c, b]", "[b,c]" },
		{ { "", R "['first']", "", "" }, ", apps: [c]", "[c]" },
		{ { "", "", R "['absent']", "" },
		  "",
		  "r.yml:7:5: the app 'a' needs 'absent', which is not here: add it to 'apps'" },
		{ { "", R "['b']", "", "" },
		  ", apps: [c, a]",
		  "r.yml:10:5: this site's app 'c' needs 'b', too: add it to the site's 'apps'" },
		{ { "", R "['a']", R "['b']", R "['c']" },
		  "",
		  "r.yml:6:5: the app 'c' is needed by apps that it needs itself: none of them can be "
		  "first" },
		{ { "", "", R "['a']", "" },
		  "",
		  "r.yml:7:5: the app 'a' is needed by apps that it needs itself: none of them can be "
		  "first" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *got = order(cases[i].needs, cases[i].site);
		is(got, cases[i].want);
	}
}

int main(void)
{
	test_lists();
	test_order();
	return t_done();
}
