/* SPDX-License-Identifier: MIT */
#include "layer/layer.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "layer/audit.h"
#include "layer/deb/cached_package.h"
#include "says.h"

static char area[] = "/tmp/layer-test-XXXXXX";
static const struct service_user users[] = { { "frappe", "/home/frappe", "/bin/bash", "Bench", 1000, 1000 } };
static const char *const masked[] = { "/usr/bin/noisy", NULL };
static const char *const exclude[] = { "/usr/share/doc/*", NULL };

/* A store of its own, and a request for some of the packages of make-debs. */
struct world {
	struct store *store;
	struct layer_package packages[16];
	struct layer_request request;
};

static struct digest put(struct store *s, const char *name)
{
	AUTO_FREE char *path = mem_printf("%s/debs/%s.deb", area, name), *bytes = NULL;
	struct digest d = { 0 };
	size_t len;
	struct err *e = file_read(path, 64 << 20, &bytes, &len);

	if (!e)
		e = store_put(s, bytes, len, &d);
	if (!e)
		e = cached_package_make(s, &d);
	ok(!e);
	err_free(e);
	return d;
}

static void ask_for(struct world *w, struct layer_package *packages, const char *const *names)
{
	size_t n = 0;

	for (; names[n]; n++)
		packages[n] = (struct layer_package){ put(w->store, names[n]), n > 2 };
	w->request = (struct layer_request){
		.store = w->store,
		.packages = packages,
		.package_count = n,
		.group_count = 2,
		.architecture = "amd64",
		.exclude = exclude,
		.users = users,
		.user_count = 1,
		.masked = masked,
		.epoch = 86400 * 100,
	};
}

static void begin(struct world *w, const char *name, const char *const *names)
{
	AUTO_FREE char *path = mem_printf("%s/%s", area, name);
	struct err *e = store_open(path, &w->store);

	ok(!e);
	ask_for(w, w->packages, names);
}

#define NAMES(...) ((const char *const[]){ "base-files", "base-passwd", "tools", __VA_ARGS__, NULL })

static char *content(const struct tree *t, const char *path)
{
	const struct entry *e = tree_find(t, path);
	char *bytes = NULL;
	size_t len;

	if (!e || e->kind != ENTRY_FILE || e->content.kind != CONTENT_DISK)
		return mem_dup("(no file)");
	struct err *err = file_read(e->content.path, 1 << 20, &bytes, &len);
	if (!err)
		return bytes;
	err_free(err);
	return mem_dup("(unreadable)");
}

static void holds(const struct tree *t, const char *path, const char *want)
{
	AUTO_FREE char *bytes = content(t, path);

	is(bytes, want);
}

static void look_at_delta(const struct tree *t)
{
	AUTO_FREE char *passwd = content(t, "etc/passwd"), *status = content(t, "var/lib/dpkg/status");
	const struct entry *user = tree_find(t, "etc/a.user");
	const struct entry *gone = tree_find(t, "usr/share/a/gone"), *home = tree_find(t, "home/frappe");

	is(passwd, "root:*:0:0:root:/root:/bin/sh\nfrappe:*:1000:1000:Bench:/home/frappe:/bin/bash\n");
	holds(t, "etc/a.sorted", "a\nb\n");
	holds(t, "etc/a.user", "frappe\n");
	ok(user && user->uid == 33 && user->gid == 4 && user->mode == 04710);
	ok(home && home->uid == 1000 && home->gid == 1000);
	ok(gone && gone->kind == ENTRY_WHITEOUT);
	holds(t, "usr/share/a/changed", "changed\n");
	ok(!tree_find(t, "usr/share/a/same")); /* copied up, yet what it was */
	holds(t, "etc/shadow", "root:*:100:0:99999:7:::\n");
	holds(t, "etc/machine-id", "");
	holds(t, "var/log/a.log", "");
	holds(t, "var/lib/b.calls", "configure \n");
	ok(!tree_find(t, "etc/ssh/ssh_host_key") && !tree_find(t, "etc/passwd-") &&
	   !tree_find(t, "etc/noise"));
	ok(!tree_find(t, "var/lib/mysql/db") && !tree_find(t, "usr/sbin/policy-rc.d") &&
	   !tree_find(t, "tmp/left"));
	ok(strstr(status, "Package: a\nStatus: install ok installed\n") != NULL);
	ok(strstr(status, "Conffiles:\n /etc/a.conf d5e29449b9e66d5b4bb0d6ce48fbbcb1") != NULL);
	ok(!strstr(status, "unpacked"));
}

/* Also what packages hold: their group is searched, and remembered as it is found fine. */
static void audits(const struct world *w, const struct layer_set *set, const struct tree *delta)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct audit_rules rules;
	struct audit_allow row = { .path = "/usr/share/a/key.pem" };
	struct recipe r = { .name = "test" };
	char hex[DIGEST_HEX];

	ok(fine(audit_rules_read(&arena, ".", &rules)));
	const struct audit a = { w->store, NULL, &rules, &r };
	const struct entry *key = tree_find(layer_whole(set), row.path + 1);
	row.sha256 = digest_hex(&key->sha256, hex);
	ok(fine(audit_tree(&a, delta, "configure")));
	AUTO_FREE char *want = mem_printf(
		"1 file may not be in an image: remove it in a build step, name it under prune, or, when "
		"meant, under "
		"audit.allow of the recipe with path and sha256\n  %s:2: a private key (sha256: %s)",
		row.path, hex);
	for (unsigned i = 0; i < 2; i++)
		ok(says(audit_tree(&a, layer_whole(set), "base"), ERR_BUILD, want));
	r.allow = (struct list){ &row, 1 };
	for (unsigned i = 0; i < 2; i++)
		ok(fine(audit_tree(&a, layer_whole(set), "base")));
	r.allow.count = 0;
	ok(says(audit_tree(&a, layer_whole(set), "base"), ERR_BUILD, want));
}

static void configures(void)
{
	struct world w = { 0 };
	struct layer_set *set = NULL;
	struct layer_root root = { 0 };
	struct layer_delta delta = { 0 }, again = { 0 };

	begin(&w, "one", NAMES("a", "b"));
	ok(fine(layer_open(&w.request, NULL, &set)));
	const struct tree *whole = layer_whole(set);
	ok(tree_find(whole, "lib") && tree_find(whole, "usr/share/doc/a/copyright") &&
	   !tree_find(whole, "usr/share/doc/a/NEWS"));
	ok(tree_find(whole, "var/lib/dpkg/info/b:amd64.triggers") != NULL);
	ok(tree_find(whole, "etc/dpkg/dpkg.cfg.d/mkbench") != NULL);
	ok(layer_group(set, 1)->count < layer_group(set, 0)->count);
	ok(fine(layer_unpack(set, &root)));
	ok(fine(layer_configure(set, &root, &delta)));
	ok(!delta.cached);
	look_at_delta(&delta.tree);
	audits(&w, set, &delta.tree);
	layer_root_done(&root);
	ok(fine(layer_unpack(set, &root)));
	ok(fine(layer_configure(set, &root, &again)));
	ok(again.cached && again.tree.count == delta.tree.count);
	layer_delta_done(&again);
	layer_delta_done(&delta);
	layer_root_done(&root);
	layer_close(set);
	store_close(w.store);
}

static struct digest configured_in(const char *name)
{
	struct world w = { 0 };
	struct layer_set *set = NULL;
	struct layer_root root = { 0 };
	struct layer_delta delta = { 0 };

	begin(&w, name, NAMES("b", "a"));
	ok(fine(layer_open(&w.request, NULL, &set)));
	ok(fine(layer_unpack(set, &root)));
	ok(fine(layer_configure(set, &root, &delta)));
	struct digest d = tree_digest(&delta.tree);
	layer_delta_done(&delta);
	layer_root_done(&root);
	layer_close(set);
	store_close(w.store);
	return d;
}

static void twice_is_the_same(void)
{
	struct digest first = configured_in("two"), second = configured_in("three");

	ok(digest_equal(&first, &second));
}

static void explains_failures(void)
{
	struct world w = { 0 };
	struct layer_set *set = NULL;
	struct layer_root root = { 0 };

	begin(&w, "four", NAMES("a", "bad"));
	ok(fine(layer_open(&w.request, NULL, &set)));
	ok(fine(layer_unpack(set, &root)));
	ok(says(layer_configure(set, &root, NULL), ERR_BUILD, "\n  | the reason of it all\n"));
	layer_root_done(&root);
	layer_close(set);
	ask_for(&w, w.packages, NAMES("a", "spoiler"));
	ok(fine(layer_open(&w.request, NULL, &set)));
	ok(fine(layer_unpack(set, &root)));
	ok(says(layer_configure(set, &root, NULL), ERR_BUILD,
		"dpkg --audit finds the packages in disorder:"));
	layer_root_done(&root);
	layer_close(set);
	ask_for(&w, w.packages, NAMES("a", "thief"));
	ok(says(layer_open(&w.request, NULL, &set), ERR_BUILD,
		"/usr/share/a/same is in package a and in package thief"));
	ask_for(&w, w.packages, NAMES("a", "heir"));
	ok(fine(layer_open(&w.request, NULL, &set)));
	layer_close(set);
	store_close(w.store);
}

/* What one step leaves in a cache another finds, and no layer holds. */
static void cached_steps(struct world *w, struct layer_root *root)
{
	struct layer_delta delta = { 0 };
	const struct service_step steps[] = {
		{ .name = "fill",
		  .cache = "c",
		  .argv = (const char *const[]){ "sh", "-c", "echo kept >" SERVICE_CACHE "/file", NULL } },
		{ .name = "without",
		  .argv = (const char *const[]){ "sh", "-c", "test ! -e " SERVICE_CACHE, NULL } },
		{ .name = "use",
		  .cache = "c",
		  .argv = (const char *const[]){ "sh", "-c", "cat " SERVICE_CACHE "/file >/home/frappe/got",
						 NULL } },
	};

	ok(fine(layer_steps(&(struct layer_steps){ .store = w->store,
						   .key.bytes = { 2 },
						   .steps = steps,
						   .step_count = 3,
						   .uid = 1000,
						   .gid = 1000 },
			    root, &delta)));
	holds(&delta.tree, "home/frappe/got", "kept\n");
	ok(!tree_find(&delta.tree, "run/mkbench"));
	ok(fine(layer_steps_forget(
		&(struct layer_steps){
			.store = w->store,
			.steps =
				(struct service_step[]){
					{ .name = "forgotten",
					  .cache = "c",
					  .argv = (const char *const[]){ "sh", "-c",
									 "rm " SERVICE_CACHE
									 "/file; touch /home/frappe/no",
									 NULL } } },
			.step_count = 1,
			.uid = 1000,
			.gid = 1000 },
		root)));
	ok(fine(layer_steps_forget(
		&(struct layer_steps){
			.store = w->store,
			.steps =
				(struct service_step[]){
					{ .name = "look",
					  .cache = "c",
					  .argv =
						  (const char *const[]){
							  "sh", "-c",
							  "test ! -e /home/frappe/no -a ! -e " SERVICE_CACHE
							  "/file",
							  NULL } } },
			.step_count = 1,
			.uid = 1000,
			.gid = 1000 },
		root)));
	layer_delta_done(&delta);
}

/* Packages above others, as those that only build apps are, and a step that uses them. */
static void builds_above(void)
{
	struct world w = { 0 };
	struct layer_package tools[4];
	struct layer_set *set = NULL, *above = NULL;
	struct layer_root root = { 0 };
	struct layer_delta delta = { 0 };
	struct tree seed = { 0 };
	const struct service_step steps[] = {
		{ .name = "build",
		  .argv = (const char *const[]){ "build-it", NULL },
		  .cwd = "/home/frappe/app" },
		{ .name = "not here",
		  .argv = (const char *const[]){ "false", NULL },
		  .cwd = "/home/frappe",
		  .only_with = "absent" },
		{ .name = "as root",
		  .argv = (const char *const[]){ "touch", "/etc/by-root", NULL },
		  .cwd = "/",
		  .as_root = true },
	};

	begin(&w, "five", NAMES("a"));
	ok(fine(layer_open(&w.request, NULL, &set)));
	ok(fine(layer_unpack(set, &root)));
	ok(fine(layer_configure(set, &root, NULL)));
	ask_for(&w, tools, (const char *const[]){ "builder", NULL });
	ok(fine(layer_open(&w.request, set, &above)));
	ok(layer_whole(above)->count < layer_whole(set)->count &&
	   !tree_find(layer_whole(above), "usr/bin/dpkg"));
	ok(fine(layer_unpack(above, &root)));
	ok(fine(layer_configure(above, &root, NULL)));
	tree_add(&seed, &(struct entry){ .path = "home/frappe/app",
					 .kind = ENTRY_FOLDER,
					 .mode = 0755,
					 .uid = 1000,
					 .gid = 1000 });
	ok(fine(layer_steps(&(struct layer_steps){ .store = w.store,
						   .seed = &seed,
						   .steps = steps,
						   .step_count = 3,
						   .uid = 1000,
						   .gid = 1000,
						   .epoch = 5 },
			    &root, &delta)));
	holds(&delta.tree, "home/frappe/app/built", "built by frappe at 5\n");
	ok(tree_find(&delta.tree, "etc/by-root") != NULL);
	for (int i = 0; i < 2; i++) { /* read from the folder, then with what was remembered of it */
		struct layer_root again = { 0 };
		struct layer_delta kept = { 0 };
		ok(fine(layer_steps(&(struct layer_steps){ .store = w.store,
							   .seed = &seed,
							   .steps = steps,
							   .step_count = 3,
							   .uid = 1000,
							   .gid = 1000,
							   .epoch = 5 },
				    &again, &kept)));
		struct digest is_now = tree_digest(&kept.tree), was = tree_digest(&delta.tree);
		ok(kept.cached && digest_equal(&is_now, &was));
		layer_delta_done(&kept);
		layer_root_done(&again);
	}
	ok(tree_find(&delta.tree, "home/frappe")->uid == 1000); /* as it is below */
	cached_steps(&w, &root);
	ok(says(layer_steps(
			&(struct layer_steps){
				.store = w.store,
				.key.bytes = { 1 },
				.steps =
					&(struct service_step){
						.name = "the step",
						.argv = (const char *const[]){ "sh", "-c",
									       "echo because; exit 3",
									       NULL } },
				.step_count = 1 },
			&root, NULL),
		ERR_BUILD, "the step failed with status 3\n  | because"));
	tree_done(&seed);
	layer_delta_done(&delta);
	layer_root_done(&root);
	layer_close(above);
	layer_close(set);
	store_close(w.store);
}

int main(void)
{
	struct err *e = sandbox_enter_user_namespace();

	if (e) {
		AUTO_FREE char *text = err_text(e);
		t_skip(text);
		err_free(e);
		return t_done();
	}
	ok(mkdtemp(area) != NULL);
	AUTO_FREE char *debs = mem_printf("%s/debs", area), *output = NULL;
	int status;
	ok(fine(file_make_folder(debs, 0755)));
	const char *const argv[] = { "tests/layer/make-debs", debs, NULL };
	ok(fine(child_run(&(struct child){ .argv = argv }, &output, NULL, &status)));
	ok(!status);
	configures();
	twice_is_the_same();
	explains_failures();
	builds_above();
	ok(fine(file_remove_tree(area)));
	return t_done();
}
