/* SPDX-License-Identifier: MIT */
#include <jansson.h>

#include "loaded.h"

static const char demo[] = "name: demo\nversion: \"1.0\"\nbase: {suite: bookworm}\nframework: wsgi\n"
			   "apps: [{name: demo, path: ./demo}]\nsites: [{name: one.localhost}]\n";

static int group_of(const struct service_set *s, const char *name)
{
	const struct service_package *all;
	size_t count = service_packages(s, &all);

	for (size_t i = 0; i < count; i++)
		if (!strcmp(all[i].name, name))
			return all[i].group;
	return -1;
}

static bool leaves_out(const struct service_set *s, const char *glob)
{
	for (const char *const *at = service_exclude(s); *at; at++)
		if (!strcmp(*at, glob))
			return true;
	return false;
}

static void test_demo(void)
{
	struct recipe r = { 0 };
	struct service_set *s = NULL;
	const struct service_user *users;
	const struct service_step *steps;
	AUTO_FREE char *why = loaded(demo, &r, &s);

	is(why ? why : "fine", "fine");
	if (s) {
		ok(group_of(s, "nginx") == GROUP_SERVICES);
		ok(group_of(s, "ca-certificates") == GROUP_BASE);
		ok(group_of(s, "python3-rq") == GROUP_RUNTIME);
		ok(group_of(s, "npm") == GROUP_BUILD);
		ok(group_of(s, "apache2") == -1);
		ok(leaves_out(s, "/usr/share/man/*") && leaves_out(s, "/usr/bin/aria_*") &&
		   !leaves_out(s, "/usr/share/zoneinfo/*"));
		ok(service_users(s, &users) == 3);
		is(users[0].name, "frappe");
		ok(users[0].uid == 1000 && users[0].gid == 1000);
		is(service_masked(s)[0], "/usr/bin/mariadb-install-db");
		ok(service_app_steps(s, r.apps.items, &steps) == 2);
		is(steps[0].argv[0], "npm");
		is(steps[0].cwd, "/home/frappe/frappe-bench/apps/demo");
		is(steps[0].only_with, "package-lock.json");
		ok(steps[0].network && !steps[0].as_root);
		is(steps[0].cache, "npm");
		is(service_prune(s)[1], "/home/frappe/frappe-bench/apps/*/node_modules/.package-lock.json");
	}
	service_free(s);
	recipe_done(&r);
}

/* A way in is there only when the recipe wants it. */
static void check_disk(const char *more, bool ssh)
{
	struct recipe r = { 0 };
	struct service_set *s = NULL;
	struct tree t = { 0 };
	AUTO_FREE char *text = mem_printf("%soutputs: [raw]\n%s", demo, more), *why = loaded(text, &r, &s);

	is(why ? why : "fine", "fine");
	struct err *e = s ? service_render_disk(s, &t) : NULL;
	ok(!e);
	ok(group_of(s, "udev") == GROUP_DISK);
	ok(group_of(s, "openssh-server") == (ssh ? GROUP_DISK : -1));
	ok(tree_find(&t, "etc/systemd/system/mkbench.service") != NULL);
	const struct entry *unit = tree_find(&t, "etc/systemd/system/redis-server.service");
	is(unit ? unit->link : NULL, "/dev/null");
	ok((tree_find(&t, "etc/ssh/sshd_config.d/50-mkbench.conf") != NULL) == ssh);
	tree_done(&t);
	service_free(s);
	recipe_done(&r);
}

static void test_disk(void)
{
	check_disk("", false);
	check_disk("disk: {ssh: true}\n", true);
}

/* An app of git says its branch beside the commit; a commit that the recipe names is not one. */
static void check_app(const char *source, const char *want)
{
	static const char commit[] = "0123456789012345678901234567890123456789";
	struct recipe r = { 0 };
	struct service_set *s = NULL;
	struct tree t = { 0 };
	const char *of = strstr(demo, "path: ./demo"), *rest = strchr(of, '}');
	AUTO_FREE char *text = mem_printf("%.*s%s%s", (int)(of - demo), demo, source, rest),
		       *why = loaded(text, &r, &s);

	is(why ? why : "fine", "fine");
	if (s) {
		service_identify(s, 0, &(struct app_identity){ commit, "sha256:00", "1.2" });
		ok(!service_render(s, "0", &t));
		const struct entry *e = tree_find(&t, "usr/lib/mkbench/bench.json");
		json_t *all = e ? json_loadb(e->content.bytes, (size_t)e->size_bytes, 0, NULL) : NULL,
		       *app = json_array_get(json_object_get(all, "apps"), 0);
		is(json_string_value(json_object_get(app, "commit")), commit);
		const char *ref = json_string_value(json_object_get(app, "ref"));
		is(ref ? ref : "none", want);
		json_decref(all);
	}
	tree_done(&t);
	service_free(s);
	recipe_done(&r);
}

static void test_refusals(void)
{
	struct recipe r = { 0 };
	struct service_set *s = NULL;
	AUTO_FREE char *text = mem_dup(demo);

	memcpy(strstr(text, "wsgi"), "wsgj", 4);
	AUTO_FREE char *why = loaded(text, &r, &s);
	is(why, "demo.yml:4:12: there is no framework 'wsgj': did you mean 'wsgi'?");
	recipe_done(&r);
	AUTO_FREE char *twice = mem_printf("%sworkers: [{queues: [a, b]}, {queues: [a, b]}]\n", demo);
	AUTO_FREE char *same = loaded(twice, &r, &s);
	is(same, "demo.yml: two rows of 'workers' have the same queues: add their counts in one");
	recipe_done(&r);
}

int main(void)
{
	test_demo();
	test_refusals();
	test_disk();
	check_app("git: ./demo, ref: version-1", "version-1");
	check_app("git: ./demo, ref: \"0123456789012345678901234567890123456789\"", "none");
	check_app("path: ./demo", "none");
	return t_done();
}
