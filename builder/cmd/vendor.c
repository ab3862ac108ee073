/* SPDX-License-Identifier: MIT */
#include "cmd/vendor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "build/build_context.h"
#include "build/build_layers.h"
#include "build/build_packages.h"
#include "cmd/cmd.h"
#include "cmd/event_line.h"
#include "layer/sandbox/sandbox.h"
#include "store/store_bundle.h"

/* Copies a blob from another store; if that fails it will be fetched. */
static struct err *copy_blob(const struct store *from, struct store *to, const struct digest *d)
{
	AUTO_FREE char *chunk = mem_new(1 << 18);
	AUTO_CLOSE int fd = -1;
	struct store_writer *w;
	uint64_t size;

	if (!store_has(from, d))
		return NULL;
	TRY(store_open_blob(from, d, &fd, &size));
	TRY(store_begin(to, &w));
	for (ssize_t n; (n = read(fd, chunk, 1 << 18)) != 0;) {
		struct err *e = n > 0 ? store_feed(w, chunk, (size_t)n) : err_errno(errno, "read the store");
		if (e) {
			store_abort(w);
			return e;
		}
	}
	return store_commit(w, d, NULL, NULL);
}

/* Records everything that is fetched, and nothing that is built. */
static struct err *build(struct build_context *j, const struct store *own)
{
	struct build_layers layers = { 0 };
	bool locked;

	store_bundle_watch(j->store);
	TRY(build_context_lock_read(j, &locked));
	TRY(build_context_sources(j));
	store_bundle_unwatch(j->store);
	for (size_t i = 0; i < j->lock.package_count; i++) {
		TRY(copy_blob(own, j->store, &j->lock.packages[i].sha256));
		store_bundle_add(j->store, &j->lock.packages[i].sha256);
	}
	store_bundle_add(j->store, &j->lock.programs.sha256);
	store_bundle_add(j->store, &j->lock.programs.note);
	TRY(copy_blob(own, j->store, &j->lock.programs.sha256));
	TRY(copy_blob(own, j->store, &j->lock.programs.note));
	TRY(build_packages(j));
	struct err *e = build_layers(j, &layers);
	build_layers_done(&layers);
	return e ? e : store_bundle_add_caches(j->store);
}

static struct err *fill(const char *recipe, const char *folder, enum progress_style style,
			const struct store *own)
{
	AUTO_BUILD_CONTEXT struct build_context j = { 0 };
	size_t files;
	uint64_t bytes;
	char size[16];

	TRY(cmd_check_open(&j, recipe, style));
	TRY(build(&j, own));
	TRY(store_bundle_write_folder(j.store, folder, &files, &bytes));
	if (style == PROGRESS_JSON)
		event_line_result(json_pack("{s:s, s:I, s:I}", "path", folder, "files", (json_int_t)files,
					    "size_bytes", (json_int_t)bytes));
	else
		printf("%s: %zu file%s, %s: 'mkbench store import' takes it in\n", folder, files,
		       text_plural(files), text_size((double)bytes, size));
	return NULL;
}

struct err *vendor(const char *recipe, const char *folder, enum progress_style style)
{
	AUTO_FREE char *empty = NULL;
	struct store *own;

	TRY(sandbox_enter_user_namespace());
	TRY(store_open(NULL, &own));
	struct err *e = store_work_folder(own, "vendor", &empty);
	if (!e && setenv("MKBENCH_STORE", empty, 1) < 0)
		e = err_errno(errno, "set MKBENCH_STORE");
	if (!e)
		e = fill(recipe, folder, style, own);
	store_close(own);
	return e;
}
