/* SPDX-License-Identifier: MIT */
/* Packages made on the spot (tests/layer/make-debs), and layers of them. */
#pragma once
#include <stdlib.h>

#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "layer/deb/cached_package.h"
#include "layer/layer.h"
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

static inline struct digest put(struct store *s, const char *name)
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

static inline void ask_for(struct world *w, struct layer_package *packages, const char *const *names)
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

static inline void begin(struct world *w, const char *name, const char *const *names)
{
	AUTO_FREE char *path = mem_printf("%s/%s", area, name);
	struct err *e = store_open(path, &w->store);

	ok(!e);
	ask_for(w, w->packages, names);
}

#define NAMES(...) ((const char *const[]){ "base-files", "base-passwd", "tools", __VA_ARGS__, NULL })

static inline char *content(const struct tree *t, const char *path)
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

static inline void holds(const struct tree *t, const char *path, const char *want)
{
	AUTO_FREE char *bytes = content(t, path);

	is(bytes, want);
}

/* False, with a test skipped, where no sandbox can be. */
static inline bool make_packages(void)
{
	struct err *e = sandbox_enter_user_namespace();

	if (e) {
		AUTO_FREE char *text = err_text(e);
		t_skip(text);
		err_free(e);
		return false;
	}
	ok(mkdtemp(area) != NULL);
	AUTO_FREE char *debs = mem_printf("%s/debs", area), *output = NULL;
	int status;
	ok(fine(file_make_folder(debs, 0755)));
	const char *const argv[] = { "tests/layer/make-debs", debs, NULL };
	ok(fine(child_run(&(struct child){ .argv = argv }, &output, NULL, &status)));
	ok(!status);
	return true;
}
