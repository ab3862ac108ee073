/* SPDX-License-Identifier: MIT */
/* Steps over configured packages: what they see, leave and share. */
#include "layer_world.h"

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

/* Each start of a program has the same addresses: stack, heap, and all that it maps. */
static void same_addresses(struct world *w, struct layer_root *root)
{
	ok(fine(layer_steps_forget(
		&(struct layer_steps){
			.store = w->store,
			.steps =
				(struct service_step[]){
					{ .name = "addresses",
					  .argv =
						  (const char *const[]){
							  "sh", "-c",
							  "first=$(cat /proc/self/maps); "
							  "case $first in *stack*) ;; *) exit 2;; esac; "
							  "test \"$(cat /proc/self/maps)\" = \"$first\"",
							  NULL } } },
			.step_count = 1,
			.uid = 1000,
			.gid = 1000 },
		root)));
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
	same_addresses(&w, &root);
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
	if (!make_packages())
		return t_done();
	builds_above();
	ok(fine(file_remove_tree(area)));
	return t_done();
}
