#include "cmd/build_apps.h"

#include "loaded.h"

static const char recipe[] = "name: d\nversion: \"1\"\nbase: {suite: bookworm}\nframework: wsgi-venv\n"
			     "apps: [{name: demo, path: ./demo}]\nsites: [{name: one.localhost}]\n";

static struct digest key_of(const struct job *j)
{
	struct build_apps a;

	build_apps_plan(j, &(struct digest){ 0 }, &a);
	return a.keys[a.count - 1];
}

/* What a step can reach decides what it leaves, as its words do: an earlier result is not that of a step with more. */
int main(void)
{
	struct job j = { 0 };
	AUTO_FREE char *why = loaded(recipe, &j.recipe, &j.services);
	const struct app *apps = j.recipe.apps.items;
	const struct service_step *rows;

	is(why ? why : "fine", "fine");
	AUTO_FREE struct app_source *sources = mem_array(1, sizeof *sources);
	j.sources = sources;
	ok(service_app_steps(j.services, &apps[0], &rows) > 0);
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
	return t_done();
}
