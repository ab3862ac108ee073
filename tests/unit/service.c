#include "service/service.h"

#include <stdlib.h>

#include "base/mem.h"
#include "recipe/recipe.h"
#include "t.h"

static const char demo[] =
	"name: demo\nversion: \"1.0\"\nbase: {suite: bookworm}\nframework: wsgi\n"
	"apps: [{name: demo, path: ./demo}]\nsites: [{name: one.localhost}]\n";

/* Loads the services of a recipe; a failure is a text, the caller's to free. */
static char *load(const char *bytes, struct recipe *r, struct service_set **ret)
{
	struct problems p;
	struct err *e = recipe_parse("demo.yml", bytes, strlen(bytes), r, &p);

	if (e) {
		char *report = problem_report(&p, "demo.yml");
		printf("# %s\n", report);
		free(report);
	} else {
		e = service_load(".", r, ret);
	}
	char *text = e ? err_text(e) : NULL;
	err_free(e);
	return text;
}

static int group_of(const struct service_set *s, const char *name)
{
	const struct service_package *all;
	size_t count = service_packages(s, &all);

	for (size_t i = 0; i < count; i++)
		if (!strcmp(all[i].name, name))
			return all[i].group;
	return -1;
}

static void test_demo(void)
{
	struct recipe r = { 0 };
	struct service_set *s = NULL;
	const struct service_user *users;
	const struct service_step *steps;
	AUTO_FREE char *why = load(demo, &r, &s);

	is(why ? why : "fine", "fine");
	if (s) {
		ok(group_of(s, "nginx") == GROUP_SERVICES);
		ok(group_of(s, "ca-certificates") == GROUP_BASE);
		ok(group_of(s, "python3-rq") == GROUP_RUNTIME);
		ok(group_of(s, "npm") == GROUP_BUILD);
		ok(group_of(s, "apache2") == -1);
		ok(service_users(s, &users) == 3);
		is(users[0].name, "frappe");
		ok(users[0].uid == 1000 && users[0].gid == 1000);
		is(service_masked(s)[0], "/usr/bin/mariadb-install-db");
		ok(service_app_steps(s, r.apps.items, &steps) == 2);
		is(steps[0].argv[0], "npm");
		is(steps[0].cwd, "/home/frappe/frappe-bench/apps/demo");
		is(steps[0].only_with, "package-lock.json");
		ok(steps[0].network && !steps[0].as_root);
		is(service_prune(s)[0], "/home/frappe/frappe-bench/apps/*/node_modules/.package-lock.json");
	}
	service_free(s);
	recipe_done(&r);
}

static void test_refusals(void)
{
	struct recipe r = { 0 };
	struct service_set *s = NULL;
	AUTO_FREE char *text = mem_dup(demo);

	memcpy(strstr(text, "wsgi"), "wsgj", 4);
	AUTO_FREE char *why = load(text, &r, &s);
	is(why, "demo.yml: there is no framework 'wsgj': did you mean 'wsgi'?");
	recipe_done(&r);
}

int main(void)
{
	test_demo();
	test_refusals();
	return t_done();
}
