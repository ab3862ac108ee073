/* SPDX-License-Identifier: MIT */
#include "layer/deb/python_modules.h"

#include "layer/layer.h"
#include "layer_world.h"

#define OWN "usr/lib/python3.11/"
#define OTHERS "usr/lib/python3/dist-packages/"
#define CACHE(name) "__pycache__/" name ".cpython-311.pyc"

/* A module that was asked for is what was compiled ahead, unless it could not be or has changed since. */
int main(void)
{
	struct world w = { 0 };
	struct layer_set *set = NULL;
	struct layer_root root = { 0 };
	struct layer_delta delta = { 0 };

	if (!make_packages())
		return t_done();
	begin(&w, "one", NAMES("python", "module"));
	ok(fine(layer_open(&w.request, NULL, &set)));
	ok(fine(layer_unpack(set, &root)));
	ok(fine(layer_configure(set, &root, &delta)));
	holds(&delta.tree, OWN CACHE("one"), "ahead /" OWN "one.py\n");
	holds(&delta.tree, OWN CACHE("broken"), "asked /" OWN "broken.py\n");
	holds(&delta.tree, OWN CACHE("changed"), "asked /" OWN "changed.py\n");
	holds(&delta.tree, OTHERS CACHE("module"), "ahead /" OTHERS "module.py\n");
	ok(!tree_find(&delta.tree, OWN CACHE("unasked")) && !tree_find(&delta.tree, OWN CACHE("py_compile")));
	layer_delta_done(&delta);
	layer_root_done(&root);
	layer_close(set);
	store_close(w.store);
	ok(fine(file_remove_tree(area)));
	return t_done();
}
