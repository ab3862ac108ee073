/* SPDX-License-Identifier: MIT */
#include "recipe/apps_json.h"

#include <stdlib.h>

#include "base/mem.h"
#include "recipe/recipe.h"
#include "t.h"

/* What a file becomes: the names of its apps, or its problems. */
static char *read(const char *json)
{
	struct draft d = { 0 };
	struct problems p = { .arena = &d.arena };
	struct text t = { 0 };

	apps_json_read(json, strlen(json), &d, &p);
	if (p.first) {
		AUTO_FREE char *report = problem_report(&p, "a.json");
		text_put(&t, report);
		ok(!d.apps.count == (p.count > 0));
	}
	for (size_t i = 0; i < d.apps.count; i++)
		text_printf(&t, "%s %s %s\n", d.apps.items[i].name, d.apps.items[i].git,
			    d.apps.items[i].ref ? d.apps.items[i].ref : "-");
	draft_done(&d);
	return text_take(&t);
}

static void test_lists(void)
{
#define APP(url, branch) "{\"url\": \"" url "\", \"branch\": \"" branch "\"}"
	static const struct {
		const char *json, *want;
	} cases[] = {
		{ "[" APP("https://git.example.org/o/one", "version-15") "]",
		  "one https://git.example.org/o/one version-15\n" },
		{ "[" APP("https://h.org/o/My-App.git", "v1") ",\n " APP(
			  "git@h.org:o/b.git", "main") ", " APP("ssh://git@h.org/o/c/", "x/y") "]",
		  "my_app https://h.org/o/My-App.git v1\nb git@h.org:o/b.git main\nc ssh://git@h.org/o/c/ "
		  "x/y\n" },
		{ "[{\"branch\": \"m\", \"url\": \"https:\\/\\/h.org\\/o\\/caf\\u0065\"}]",
		  "cafe https://h.org/o/cafe m\n" },
		{ "[ # mine\n/* two\nlines */" APP("https://h.org/o/a#b//c", "m") ",\n// last\n]",
		  "a.json:1:3: warning: a comment is not JSON: it is ignored\n"
		  "a.json:2:1: warning: a comment is not JSON: it is ignored\n"
		  "a.json:3:57: warning: a comma before a bracket is not JSON: it is ignored\n"
		  "a.json:4:1: warning: a comment is not JSON: it is ignored\n"
		  "c https://h.org/o/a#b//c m\n" },
		{ "[]", "a.json:1:1: the list is empty: name at least one app\n" },
		{ "{\"frappe\": {}}", "a.json:1:1: a list of apps is needed: [{\"url\": \"https://…\", "
				      "\"branch\": \"…\"}]; of a bench that is "
				      "there, mkbench init --from FOLDER makes a recipe\n" },
		{ "[\n  \"https://h.org/o/a\"]",
		  "a.json:2:3: an app is a map: write {\"url\": \"https://…\", \"branch\": \"…\"}\n" },
		{ "[{}]", "a.json:1:2: this app has no 'url': write where its repository is\n" },
		{ "[{\"url\": \"https://h.org/o/a\"}, {\"url\": \"https://h.org/o/b\", \"branch\": null}]",
		  "a https://h.org/o/a -\nb https://h.org/o/b -\n" },
		{ "[{\"url\": \"https://h.org/o/a\", \"branch\": 15}]",
		  "a.json:1:41: 'branch' wants a text: name a branch, such as version-15\n" },
		{ "[{\"url\": 1, \"branch\": null}]",
		  "a.json:1:10: 'url' wants a text: write where its repository is\n" },
		{ "[" APP("https://h.org/o/a",
			  "m") ",\n {\"branch\": \"m\",\n  \"url\": \"https://me:hunter2@h.org/o/b\"}]",
		  "a.json:3:10: 'url' holds a user or a token: a recipe never holds a secret; ~/.netrc, "
		  "git's credential helper or an ssh agent do\n" },
		{ "[" APP("https://{{PAT}}@h.org/o/b", "m") "]",
		  "a.json:1:10: 'url' holds a user or a token: a recipe never holds a secret; "
		  "~/.netrc, git's credential helper or an ssh agent do\n" },
		{ "[" APP("/home/me/app", "m") "]", "app /home/me/app m\n" },
		{ "[" APP("https://h.org/o/9lives", "m") "]",
		  "a.json:1:10: 'name at the end of url' cannot be '9lives': a Python package's "
		  "name of a-z, 0-9 and _ is needed\n" },
		{ "[" APP("https://h.org/o/a", "m") ", " APP("https://h.org/o/a", "n") "]",
		  "a.json:1:55: the app 'a' is given twice: once is enough\n" },
		{ "[" APP("https://h.org/o/a", "-x") "]",
		  "a.json:1:41: 'branch' looks like an option: a branch, a tag or a commit is needed\n" },
		{ "[{\"url\": \"https://h.org/o/a\", \"brnach\": \"m\"}]",
		  "a.json:1:41: unknown key 'brnach': did you mean 'branch'?\n" },
		{ "[{\"x\": [{\"url\": [1, \"}\\\"\"]}], \"url\": 2, \"branch\": \"m\"}]",
		  "a.json:1:8: unknown key 'x': 'url' and 'branch' are known\na.json:1:38: 'url' wants a "
		  "text: write where its repository is\n" },
		{ "[" APP("https://h.org/o/a", "m") ",,]",
		  "a.json:1:46: warning: a comma before a bracket is not JSON: it is ignored\n"
		  "a.json:1:47: not JSON, unexpected token: check this line and the one before\n" },
		{ "[{\"url\": \"https://me:hunter2@h.org/o/b\n\"}]",
		  "a.json:1:38: not JSON, unexpected newline: check this line and the one before\n" },
		{ "[{\"url\": \"a\", \"url\": \"b\"}]",
		  "a.json:1:19: not JSON, duplicate object key: check this line and the one before\n" },
		{ "", "a.json:1:1: not JSON, '[' or '{' expected: check this line and the one before\n" },
		{ "[\"\xff\"]",
		  "a.json:1:2: not JSON, unable to decode byte 0xff: check this line and the one before\n" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *got = read(cases[i].json);
		is(got, cases[i].want);
		ok(!strstr(got, "hunter2"));
	}
}

static void test_many(void)
{
	struct text t = { 0 };

	text_put(&t, "[");
	for (int i = 0; i <= 100; i++)
		text_printf(&t, "%s{\"url\": \"https://h.org/o/a%d\", \"branch\": \"m\"}", i ? "," : "", i);
	text_put(&t, "]");
	AUTO_FREE char *got = read(t.bytes);
	is(got, "a.json:1:1: the list has 101 apps: at most 100 are possible\n");
	text_done(&t);
}

/* Whatever is accepted makes a recipe without a problem, and is in it as it was. */
static void test_draft(void)
{
	static const char *const names[] = { "notes", "on", "1.0", "1e3", "0x10", "y", "2024-01-01" };
	static const char *const paths[] = { "./notes", "a b: c #d", "-x", "\"q\\", "/srv/é", "~x", "." };

	for (size_t i = 0; i < COUNT(names); i++) {
		struct draft d = {
			.name = names[i], .suite = "bookworm", .time_zone = "Europe/Paris", .language = "no"
		};
		struct text t = { 0 };
		struct recipe r = { 0 };
		struct problems p;
		const char *path = paths[i % COUNT(paths)][0] == '~' ? "x~" : paths[i % COUNT(paths)];
		VEC_PUSH(&d.apps, (struct draft_app){ .name = "off", .path = path });
		VEC_PUSH(&d.apps,
			 (struct draft_app){ .name = "two", .git = "https://h.org/a?b#c", .ref = "15" });
		VEC_PUSH(&d.sites, "1.localhost");
		VEC_PUSH(&d.sites, "no");
		draft_text(&d, &t);
		struct err *e = recipe_parse("d.yml", t.bytes, t.len, &r, &p);
		AUTO_FREE char *report = problem_report(&p, "d.yml");
		is(report, "");
		ok(!e && r.apps.count == 2 && r.sites.count == 2);
		is(r.name, names[i]);
		is(r.apps.count ? ((const struct app *)r.apps.items)->path : NULL, path);
		err_free(e);
		recipe_done(&r);
		draft_done(&d);
		text_done(&t);
	}
}

static void test_names(void)
{
	struct arena a = { 0 };

	is(draft_app_name(&a, "https://h.org/o/Some.App-2.git/"), "some_app_2");
	is(draft_app_name(&a, "notes"), "notes");
	is(draft_image_name(&a, "/srv/My App (new)/"), "my-app-new");
	is(draft_image_name(&a, "--"), "");
	is(draft_image_name(&a, "Café"), "caf");
	arena_done(&a);
}

int main(void)
{
	test_lists();
	test_many();
	test_draft();
	test_names();
	return t_done();
}
