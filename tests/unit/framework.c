/* SPDX-License-Identifier: MIT */
#include "base/file.h"
#include "loaded.h"

/* The framework that a recipe turns out to mean, as its bench.json names it. */
static void check_framework(const char *share, const char *text, const char *want)
{
	struct recipe r = { 0 };
	struct service_set *s = NULL;
	struct tree t = { 0 };
	AUTO_FREE char *why = loaded_from(share, text, &r, &s), *line = mem_printf("\"name\": \"%s\"", want);

	is(why ? why : "fine", "fine");
	struct err *e = s ? service_render(s, "0", &t) : NULL;
	ok(!e);
	const struct entry *json = tree_find(&t, "usr/lib/mkbench/bench.json");
	ok(json && memmem(json->content.bytes, json->size_bytes, line, strlen(line)));
	tree_done(&t);
	service_free(s);
	recipe_done(&r);
}

/* A share of its own: one service, one framework, with some of their text replaced. */
static char *load_share(const char *service, const char *framework, const char *recipe)
{
	char folder[] = "/tmp/mkbench-service-XXXXXX";
	struct recipe r = { 0 };
	struct service_set *s = NULL;
	struct problems p;

	ok(mkdtemp(folder) != NULL);
	AUTO_FREE char *yml = mem_printf("%s/services/one/service.yml", folder),
		       *like = mem_printf("%s/services/frameworks/l.yml", folder);
	AUTO_FREE char *frame = mem_printf("%s/services/frameworks/f.yml", folder),
		       *root = mem_printf("%s/rootfs/manifest", folder);
	AUTO_FREE char *one = mem_printf("%s/services/one", folder),
		       *all = mem_printf("%s/services/frameworks", folder);
	AUTO_FREE char *fs = mem_printf("%s/rootfs", folder),
		       *audit = mem_printf("%s/services/audit.yml", folder);
	struct err *e = file_make_folder(one, 0755);
	e = e ? e : file_make_folder(all, 0755);
	e = e ? e : file_make_folder(fs, 0755);
	e = e ? e : file_write(yml, service, strlen(service), 0644);
	e = e ? e : file_write(frame, framework, strlen(framework), 0644);
	e = e ? e : file_write(like, "like: f\ntitle: l\nprune: [\"{{x}}\"]\n", 34, 0644);
	e = e ? e : file_write(root, "# none\n", 7, 0644);
	e = e ? e : file_write(audit, "{}\n", 3, 0644);
	e = e ? e : recipe_parse("r.yml", recipe, strlen(recipe), &r, &p);
	e = e ? e : service_load(folder, &r, &s);
	char *text = e ? err_text(e) : mem_dup("fine");
	err_free(e);
	service_free(s);
	recipe_done(&r);
	err_free(file_remove_tree(folder));
	return text;
}

static void test_places(void)
{
#define RECIPE(framework)                                                              \
	"name: d\nversion: \"1\"\nbase: {suite: bookworm}\nframework: " framework "\n" \
	"apps: [{name: demo, path: ./demo}]\nsites: [{name: one.localhost}]\n"
#define FRAMEWORK "title: f\nservices: [one]\nprobe_path: /\nadmin_user: a\nmemory_per_worker: 1M\n"
#define PROCESS "processes:\n  - {name: p, role: other, group: g, phase: bench, "
#define LEFT "leave_out: [{name: docs, paths: [/usr/share/doc/*]}]\n"
#define KEEP(words)                                                                         \
	"name: d\nversion: \"1\"\nbase: {suite: bookworm, keep: " words "}\nframework: f\n" \
	"apps: [{name: demo, path: ./demo}]\nsites: [{name: one.localhost}]\n"
#define EIGHT(name) name name name name name name name name
#define GROWS(name, of) "  " name ": \"" EIGHT(EIGHT("{{framework." of "}}")) "\"\n"
#define STOP "stop: {order: 1, hurry_seconds: 1}}\n"
	static const struct {
		const char *service, *framework, *recipe, *want;
	} cases[] = {
		{ "{}", FRAMEWORK, RECIPE("f"), "fine" },
		{ PROCESS "command: [a], " STOP, FRAMEWORK, RECIPE("f"), "fine" },
		{ PROCESS "command: [a, \"{{benc}}\"], " STOP, FRAMEWORK, RECIPE("f"),
		  "services/one/service.yml:2:65: unknown variable 'benc': did you mean 'bench'?" },
		{ PROCESS STOP, FRAMEWORK, RECIPE("f"),
		  "services/frameworks/f.yml: service one: services/one/service.yml:2:12: process 'p' needs "
		  "either 'command' or 'run'" },
		{ PROCESS "command: [a], user: bob, " STOP, FRAMEWORK, RECIPE("f"),
		  "services/one/service.yml:2:72: there is no user 'bob'" },
		{ "proceses: []", FRAMEWORK, RECIPE("f"),
		  "services/frameworks/f.yml: service one: services/one/service.yml:1:1: "
		  "unknown key 'proceses': did you mean 'processes'?" },
		{ "{}", FRAMEWORK "suites: [trixie, sid]\n", RECIPE("f"), "fine" }, /* only a warning */
		{ "{}", FRAMEWORK "app_names: [frappe]\n", RECIPE("f"),
		  "r.yml:5:15: the first app of framework f must be frappe" },
		{ "{}", FRAMEWORK "prune: [\"{{y}}\"]\n", RECIPE("f"),
		  "services/frameworks/f.yml:6:9: unknown variable 'y'" },
		{ "{}", FRAMEWORK, RECIPE("l"), "services/frameworks/l.yml:3:9: unknown variable 'x'" },
		{ "{}", FRAMEWORK "variables: {z: \"{{y}}\"}\n", RECIPE("l"),
		  "services/frameworks/f.yml:6:16: unknown variable 'y'" },
		{ "{}", FRAMEWORK "like: l\n", RECIPE("f"),
		  "services/frameworks/f.yml: like l: services/frameworks/l.yml:1:7: "
		  "this framework is itself like another: name that one" },
		{ "{}", FRAMEWORK "app_steps: [{name: s, cache: c, argv: [a, \"{{cache}}\"]}]\n", RECIPE("f"),
		  "fine" },
		{ "{}", FRAMEWORK "app_steps: [{name: s, argv: [a, \"{{cache}}\"]}]\n", RECIPE("f"),
		  "services/frameworks/f.yml:6:33: unknown variable 'cache'" },
		{ "{}", FRAMEWORK "app_steps: [{name: s, cache: ../c, argv: [a]}]\n", RECIPE("f"),
		  "services/frameworks/f.yml:6:30: 'cache' cannot be '../c': a name of a-z, 0-9, _ and - is "
		  "needed" },
		{ "{}", FRAMEWORK "app_steps: [{name: s, cache: c, as_root: true, argv: [a]}]\n", RECIPE("f"),
		  "services/frameworks/f.yml:6:30: a step with a cache cannot be 'as_root': others could not "
		  "change what it leaves there" },
		{ "{}",
		  FRAMEWORK "pin_steps: [{name: s, pins: p, inputs: [a], argv: "
			    "[\"{{pins}}\"]}]\nbench_steps: [{name: b, argv: [\"{{pins}}\"]}]\n",
		  RECIPE("f"), "fine" },
		{ "{}", FRAMEWORK "bench_steps: [{name: b, argv: [\"{{pins}}\"]}]\n", RECIPE("f"),
		  "services/frameworks/f.yml:6:32: unknown variable 'pins'" },
		{ "{}", FRAMEWORK "pin_steps: [{name: s, pins: p, argv: [a]}]\n", RECIPE("f"),
		  "services/frameworks/f.yml:6:13: 'inputs' is missing: globs: the apps' files that decide" },
		{ "{}", FRAMEWORK "pin_steps: [{name: s, inputs: [a], argv: [a]}]\n", RECIPE("f"),
		  "services/frameworks/f.yml:6:13: 'pins' is missing: the file in {{pins}} that the step "
		  "leaves" },
		{ "{}", FRAMEWORK "bench_steps: [{name: s, pins: p, argv: [a]}]\n", RECIPE("f"),
		  "services/frameworks/f.yml:6:25: unknown key 'pins': known here are name, argv, directory, "
		  "environment, cache, network, hosts, only_with, inputs, first_inputs, seconds, as_root, "
		  "overrides, beside_prepare" },
		{ "{}",
		  FRAMEWORK "pin_steps: [{name: s, pins: p, inputs: [a], argv: [a]}, {name: t, pins: p, "
			    "inputs: [b], argv: [b]}]\n",
		  RECIPE("f"), "services/frameworks/f.yml:6:73: two steps leave pins 'p'" },
		{ "{}", FRAMEWORK "options: {o: x}\napp_steps: [{name: s, argv: [\"{{option.o}}\"]}]\n",
		  RECIPE("f"), "fine" },
		{ "{}", FRAMEWORK "app_steps: [{name: s, argv: [\"{{option.o}}\"]}]\n", RECIPE("f"),
		  "services/frameworks/f.yml:6:30: unknown variable 'option.o'" },
		{ "{}", FRAMEWORK "templates: [{from: ../one/service.yml, to: /x}]\n", RECIPE("f"),
		  "services/frameworks/f.yml:6:20: '../one/service.yml' is outside the folder of this file: "
		  "put it beside it" },
		{ "{}", FRAMEWORK "templates: [{from: /etc/passwd, to: /x}]\n", RECIPE("f"),
		  "services/frameworks/f.yml:6:20: '/etc/passwd' is outside the folder of this file: put it "
		  "beside it" },
		{ "{}", FRAMEWORK "templates: [{from: ../frameworks/f.yml, to: /x}]\n", RECIPE("f"),
		  "services/frameworks/f.yml:6:20: '../frameworks/f.yml' is outside the folder of this file: "
		  "put it beside it" },
		{ "{}", FRAMEWORK "templates: [{from: l.yml, to: /x}]\n", RECIPE("f"), "fine" },
		{ "{}", FRAMEWORK "links: [{path: /srv/../etc, to: x}]\n", RECIPE("f"),
		  "services/frameworks/f.yml:6:16: '/srv/../etc' "
		  "is not a normal path: remove '.', '..', '//' and a final '/'" },
		{ LEFT, FRAMEWORK, KEEP("[docs]"), "fine" },
		{ LEFT, FRAMEWORK, KEEP("[all]"), "fine" },
		{ "{}", FRAMEWORK "links: [{path: etc, to: x}]\n", RECIPE("f"),
		  "services/frameworks/f.yml:6:16: 'etc' is no path in the image: begin it with '/'" },
		{ "{}",
		  FRAMEWORK "variables:\n"
			    "  a: aaaaaaaaaaaaaaaa\n" GROWS("b", "a") GROWS("c", "b") GROWS("d", "c")
				    GROWS("e", "d") GROWS("f", "e") GROWS("g", "f"),
		  RECIPE("f"),
		  "services/frameworks/f.yml:10:6: this text grows beyond a mebibyte: no file of ours is so "
		  "large" },
		{ "{}", FRAMEWORK, RECIPE("auto"),
		  "r.yml:5:8: no framework recognises the first app: name one as 'framework', or a file of "
		  "your own" },
		{ "{}", "title: f\n", RECIPE("f"),
		  "services/frameworks/f.yml:1:1: 'services' is missing: list the services a bench of it "
		  "has" },
		{ "{}", FRAMEWORK, RECIPE("other"),
		  "r.yml:4:12: there is no framework 'other': known are f, l" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *got = load_share(cases[i].service, cases[i].framework, cases[i].recipe);
		is(got, cases[i].want);
	}
}

/* A framework file of one's own that says what differs from another: its stem is its name. */
static void test_own(void)
{
	char folder[] = "/tmp/mkbench-service-XXXXXX";
	static const char like[] = "like: wsgi\ntitle: ours\n";

	ok(mkdtemp(folder) != NULL);
	AUTO_FREE char *path = mem_printf("%s/our-own.yml", folder);
	AUTO_FREE char *text =
		mem_printf("name: d\nbase: {suite: bookworm}\nsites: [{name: one.localhost}]\nframework: %s\n"
			   "apps: [{name: demo, path: ./demo}]\n",
			   path);
	ok(!file_write(path, like, strlen(like), 0644));
	check_framework(".", text, "our-own");
	err_free(file_remove_tree(folder));
}

/* What an app's step is told: the framework's value, or the app's own. */
static void check_option(const char *options, const char *want)
{
	char folder[] = "/tmp/mkbench-service-XXXXXX";
	static const char like[] = "like: wsgi\ntitle: ours\noptions: {o: usual}\napp_steps: [{name: s, "
				   "argv: [a, \"{{option.o}}\"]}]\n";
	struct recipe r = { 0 };
	struct service_set *s = NULL;
	const struct service_step *steps;

	ok(mkdtemp(folder) != NULL);
	AUTO_FREE char *path = mem_printf("%s/own.yml", folder);
	AUTO_FREE char *text =
		mem_printf("name: d\nbase: {suite: bookworm}\nsites: [{name: one.localhost}]\nframework: %s\n"
			   "apps: [{name: demo, path: ./demo%s}]\n",
			   path, options);
	ok(!file_write(path, like, strlen(like), 0644));
	AUTO_FREE char *why = loaded(text, &r, &s);
	is(why ? why : "fine", "fine");
	if (s && service_app_steps(s, r.apps.items, &steps) == 1)
		is(steps->argv[1], want);
	else
		ok(false);
	service_free(s);
	recipe_done(&r);
	err_free(file_remove_tree(folder));
}

static void test_options(void)
{
	check_option("", "usual");
	check_option(", options: {o: its own}", "its own");
}

static const struct {
	const char *files[4][2], *want;
} shown_by[] = {
	{ { { "demo/desk.py", "title = \"Desk\"\n" } }, "desk" },
	{ { { "demo/desk.py", "title = \"Desk\"\n" }, { "demo/__init__.py", "__version__ = \"14.27.0\"\n" } },
	  "desk-14" },
	{ { { "demo/wsgi.py", "application = 1\n" },
	    { "demo/manage.py", "def create_site(): 0\n" },
	    { "socketio.js", "" } },
	  "wsgi" },
	{ { { "demo/wsgi.py", "application = 1\n" },
	    { "demo/manage.py", "def create_site(): 0\n" },
	    { "socketio.js", "" },
	    { "requirements.txt", "" } },
	  "wsgi-venv" },
};

/* The services as they are, and two more frameworks; the folder is the caller's to remove. */
static void make_share(char *folder)
{
	static const char desk[] =
		"title: Desk\nservices: [bench, mariadb]\nprobe_path: /\nadmin_user: a\nmemory_per_worker: "
		"1M\n"
		"app_names: [demo]\nrefs: [\"version-15*\"]\nevidence: {\"demo/desk.py\": Desk}\n";
	static const char older[] = "like: desk\ntitle: Desk 14\nrefs: [\"v14.*\"]\nevidence: "
				    "{\"demo/desk.py\": Desk, \"demo/__init__.py\": '\"14.'}\n";
	AUTO_FREE char *command = mem_printf("cp -r services rootfs %s", folder);
	AUTO_FREE char *first = mem_printf("%s/services/frameworks/desk.yml", folder);
	AUTO_FREE char *second = mem_printf("%s/services/frameworks/desk-14.yml", folder);

	ok(!system(command));
	ok(!file_write(first, desk, strlen(desk), 0644));
	ok(!file_write(second, older, strlen(older), 0644));
}

/* "auto" reads a local app; of one in git it has the ref alone. */
static void test_auto(void)
{
	char share[] = "/tmp/mkbench-share-XXXXXX", folder[] = "/tmp/mkbench-service-XXXXXX";
	static const char head[] = "name: d\nversion: \"1\"\nbase: {suite: bookworm}\nsites: [{name: "
				   "one.localhost}]\nframework: auto\n";
	static const struct {
		const char *ref, *want;
	} refs[] = { { "version-15", "desk" }, { "v14.3.1", "desk-14" } };

	ok(mkdtemp(share) && mkdtemp(folder));
	make_share(share);
	for (size_t i = 0; i < COUNT(shown_by); i++) {
		for (size_t k = 0; k < COUNT(shown_by[i].files) && shown_by[i].files[k][0]; k++) {
			const char *const *file = shown_by[i].files[k];
			AUTO_FREE char *path = mem_printf("%s/%s", folder, file[0]), *above = mem_dup(path);
			*strrchr(above, '/') = 0;
			err_free(file_make_folder(above, 0755));
			err_free(file_write(path, file[1], strlen(file[1]), 0644));
		}
		AUTO_FREE char *text = mem_printf("%sapps: [{name: demo, path: %s}]\n", head, folder);
		check_framework(share, text, shown_by[i].want);
		err_free(file_remove_tree(folder));
	}
	for (size_t i = 0; i < COUNT(refs); i++) {
		AUTO_FREE char *text =
			mem_printf("%sapps: [{name: demo, git: \"https://example.org/f.git\", ref: %s}]\n",
				   head, refs[i].ref);
		check_framework(share, text, refs[i].want);
	}
	err_free(file_remove_tree(share));
}

int main(void)
{
	test_places();
	test_own();
	test_options();
	test_auto();
	return t_done();
}
