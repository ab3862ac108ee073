/* SPDX-License-Identifier: MIT */
#include "build/build_apps.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "build/build_left_out.h"
#include "layer/layer_set.h"
#include "loaded.h"

static const char recipe[] = "name: d\nversion: \"1\"\nbase: {suite: bookworm}\nframework: wsgi-venv\n"
			     "apps: [{name: demo, path: ./demo}]\nsites: [{name: one.localhost}]\n";

static struct digest key_of(const struct build_context *j)
{
	struct build_apps a;

	struct digest_run *run = digest_start();

	build_apps_plan(j, &(struct digest){ 0 }, &a);
	for (size_t i = 0; i < a.count; i++)
		digest_feed(run, a.keys[i].bytes, sizeof a.keys[i].bytes);
	return digest_finish(run);
}

static void add_file(struct tree *t, const char *path, const char *bytes)
{
	tree_add(t, &(struct entry){ .path = path,
				     .kind = ENTRY_FILE,
				     .mode = 0644,
				     .size_bytes = strlen(bytes),
				     .sha256 = digest_of(bytes, strlen(bytes)) });
}

static void fill(struct build_context *j, const char *python, const char *style, const char *package)
{
	for (size_t app = 0; app < 2; app++) {
		struct tree *t = &j->sources[app].files;
		tree_done(t);
		*t = (struct tree){ 0 };
		add_file(t, "package.json", app ? "two" : package);
		add_file(t, app ? "two/one.py" : "one/one.py", app ? "x" : python);
		add_file(t, app ? "two/public/a.css" : "one/public/a.css", app ? "x" : style);
		tree_sort(t);
	}
}

/* Which parts differ, a letter each: environment, dependencies, app, bench; capital: made again. */
static char *made_again(const struct build_apps *a, const struct build_apps *b)
{
	struct text t = { 0 };

	for (size_t i = 0; i < a->count; i++)
		text_printf(&t, "%c",
			    a->names[i][0] - (digest_equal(&a->keys[i], &b->keys[i]) ? 0 : 'a' - 'A'));
	return text_take(&t);
}

static const char two[] =
	"name: d\nversion: \"1\"\nbase: {suite: bookworm}\nframework: ./tests/unit/parts.yml\n"
	"apps: [{name: one, path: ./demo}, {name: two, path: ./demo}]\nsites: [{name: one.localhost}]\n";

/* A line of Python in one app makes neither its packages nor its assets again, and
 * nothing of the other app's. */
static void test_parts(void)
{
	struct build_context j = { 0 };
	struct build_apps first, python, style, package;
	AUTO_FREE char *why = loaded(two, &j.recipe, &j.services);

	is(why ? why : "fine", "fine");
	AUTO_FREE struct app_source *sources = mem_array(2, sizeof *sources);
	j.sources = sources;
	fill(&j, "x", "x", "x");
	build_apps_plan(&j, &(struct digest){ 0 }, &first);
	fill(&j, "y", "x", "x");
	build_apps_plan(&j, &(struct digest){ 0 }, &python);
	fill(&j, "x", "y", "x");
	build_apps_plan(&j, &(struct digest){ 0 }, &style);
	fill(&j, "x", "x", "y");
	build_apps_plan(&j, &(struct digest){ 0 }, &package);
	/* environment; packages of both; assets of both, the first app's files seen by both; both apps; the
	 * bench with inputs, and without */
	AUTO_FREE char *by_python = made_again(&first, &python), *by_style = made_again(&first, &style),
		       *by_package = made_again(&first, &package);
	is(by_python, "eddddAabB");
	is(by_style, "eddDDAABB");
	is(by_package, "eDdDDAABB");
	/* What the environment is made of counts for what sees it. */
	fill(&j, "x", "x", "x");
	const struct service_step *rows;
	ok(service_prepare_steps(j.services, &rows) == 1);
	((struct service_step *)rows)->network = true;
	build_apps_plan(&j, &(struct digest){ 0 }, &package);
	AUTO_FREE char *by_environment = made_again(&first, &package);
	is(by_environment, "EddDDAABB");
	fill(&j, "", "", "");
	for (size_t app = 0; app < 2; app++)
		tree_done(&sources[app].files);
	service_free(j.services);
	recipe_done(&j.recipe);
}

/* What the list in a part's folder becomes: paths by space, or the error. */
static char *left_out(const struct build_context *j, const char *list)
{
	AUTO_FREE char *room = mem_dup("/tmp/left-out-XXXXXX");
	struct build_apps apps = { .count = 2 };
	struct tree t = { 0 };
	struct text names = { 0 };

	ok(mkdtemp(room) != NULL);
	AUTO_FREE char *folder = mem_printf("%s%s", room, service_bench_path(j->services)),
		       *path = mem_printf("%s/.left-out", folder);
	layer_root_push(&apps.made[0], room);
	layer_root_push(&apps.made[1], "/nowhere");
	ok(!file_make_folder(folder, 0755));
	ok(!list || !file_write(path, list, strlen(list), 0644));
	struct err *e = build_left_out(j, &apps, &t);
	for (size_t i = 0; !e && i < t.count; i++)
		text_printf(&names, "%s%s", i ? " " : "",
			    t.items[i].kind == ENTRY_WHITEOUT ? t.items[i].path : "?");
	char *ret = e ? err_text(e) : text_take(&names);
	err_free(e);
	tree_done(&t);
	for (size_t i = 0; i < apps.count; i++)
		layer_root_done(&apps.made[i]);
	ok(!file_remove_tree(room));
	return ret;
}

static void test_left_out(void)
{
	static const struct {
		const char *list, *says;
	} rows[] = {
		{ NULL, "" },
		{ "", "home/frappe/frappe-bench/.left-out" },
		{ "apps/b\napps/a c/d", "home/frappe/frappe-bench/.left-out home/frappe/frappe-bench/apps/a "
					"c/d home/frappe/frappe-bench/apps/b" },
		{ "apps/../../../etc\n",
		  "/home/frappe/frappe-bench/.left-out: 'apps/../../../etc' is no path in the bench" },
		{ "/etc\n", "/home/frappe/frappe-bench/.left-out: '/etc' is no path in the bench" },
		{ "a\n\nb\n", "/home/frappe/frappe-bench/.left-out: '' is no path in the bench" },
	};
	struct build_context j = { 0 };
	AUTO_FREE char *why = loaded(two, &j.recipe, &j.services);

	is(why ? why : "fine", "fine");
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO_FREE char *says = left_out(&j, rows[i].list);
		is(says ? says : "", rows[i].says);
	}
	service_free(j.services);
	recipe_done(&j.recipe);
}

/* What a step can reach decides what it leaves, as its words do: an earlier result
 * is not that of a step with more. */
int main(void)
{
	struct build_context j = { 0 };
	AUTO_FREE char *why = loaded(recipe, &j.recipe, &j.services);
	const struct service_step *rows;

	is(why ? why : "fine", "fine");
	AUTO_FREE struct app_source *sources = mem_array(1, sizeof *sources);
	j.sources = sources;
	ok(service_prepare_steps(j.services, &rows) > 0);
	struct service_step *step = (struct service_step *)rows;
	struct digest first = key_of(&j), again = key_of(&j);
	ok(digest_equal(&first, &again));
	step->network = !step->network;
	struct digest reach = key_of(&j);
	ok(!digest_equal(&first, &reach));
	step->network = !step->network;
	step->cache = "other";
	struct digest cache = key_of(&j);
	ok(!digest_equal(&first, &cache));
	step->cache = NULL;
	step->as_root = !step->as_root;
	struct digest root = key_of(&j);
	ok(!digest_equal(&first, &root));
	service_free(j.services);
	recipe_done(&j.recipe);
	test_parts();
	test_left_out();
	return t_done();
}
