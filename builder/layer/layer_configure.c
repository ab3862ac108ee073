/* SPDX-License-Identifier: MIT */
/* Runs dpkg --configure, once for each set of packages. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "layer/scrub.h"
#include "layer/configure.h"
#include "layer/deb/dpkg.h"
#include "layer/layer_set.h"

/* Programs of packages whose result must not be in an image: keys that every copy would share, an initrd that
 * we make ourselves, and what dpkg-maintscript-helper does only after an older version. */
static const char *const always_masked[] = {
	"/usr/sbin/make-ssl-cert",	     "/usr/bin/ssh-keygen",
	"/usr/bin/systemd-machine-id-setup", "/usr/bin/dbus-uuidgen",
	"/usr/bin/dpkg-maintscript-helper",  "/usr/sbin/mktirfs",
	"/usr/sbin/update-initramfs",
};

static const char **masked(const struct layer_request *r)
{
	size_t count = 0, own = COUNT(always_masked);

	while (r->masked && r->masked[count])
		count++;
	const char **all = mem_array(count + own + 1, sizeof *all);
	for (size_t i = 0; i < own; i++)
		all[i] = always_masked[i];
	for (size_t i = 0; i < count; i++)
		all[own + i] = r->masked[i];
	return all;
}

/* dpkg's state, and a policy that no service may be started (Debian's invoke-rc.d(8)). */
static struct err *prepare(const struct layer_set *s, const struct layer_root *root, struct tree *ret)
{
	static const char policy[] = "#!/bin/sh\nexit 101\n";
	const struct layer_request *r = &s->request;
	AUTO_FREE char *status = NULL;

	if (s->first)
		TRY(layer_root_read(root, "var/lib/dpkg/status", &status));
	TRY(dpkg_state(&(struct dpkg_request){ .packages = s->packages,
					       .count = s->count,
					       .merged = &s->merged,
					       .first = s->first,
					       .status = status,
					       .architecture = r->architecture,
					       .exclude = r->exclude,
					       .epoch = r->epoch },
		       ret));
	tree_add(ret, &(struct entry){ .path = "usr/sbin/policy-rc.d",
				       .kind = ENTRY_FILE,
				       .mode = 0755,
				       .size_bytes = strlen(policy),
				       .content = { .kind = CONTENT_MEMORY, .bytes = policy } });
	layer_root_add_parents(root, ret, r->epoch);
	return NULL;
}

static struct err *run(const struct layer_set *s, const struct layer_root *root, const struct layer_work *w)
{
	const struct layer_request *r = &s->request;
	AUTO_FREE const char **mask = masked(r);
	struct configure_request c = {
		.room = { .lowers = root->lowers,
			  .upper = w->upper,
			  .work = w->work,
			  .masked = mask,
			  .log = r->log },
		.packages = s->packages + s->first,
		.count = s->count - s->first,
		.users = r->users,
		.user_count = s->first ? 0 : r->user_count,
		.epoch = r->epoch,
		.progress = r->progress,
	};

	TRY(configure_run(&c));
	TRY(scrub_packages(w->upper, r->epoch));
	return s->below ? NULL : scrub_same(w->upper, &s->whole);
}

static struct err *make(const struct layer_set *s, const struct digest *key, struct layer_root *root,
			struct layer_delta *ret)
{
	struct tree state = { 0 };
	struct layer_work w = { 0 };
	struct err *e = prepare(s, root, &state);

	if (!e)
		e = layer_work_begin(s->request.store, &state, &w);
	if (!e)
		e = run(s, root, &w);
	if (!e)
		e = layer_work_keep(s->request.store, key, &w, root, s->request.progress, ret);
	e = store_blame_disk(s->request.store, e);
	layer_work_done(&w);
	tree_done(&state);
	return e;
}

struct err *layer_configure(const struct layer_set *s, struct layer_root *root, struct layer_delta *ret)
{
	struct digest key = layer_root_key("configured", &s->key);
	AUTO_CLOSE int lock = -1;
	bool found;

	if (ret)
		*ret = (struct layer_delta){ .key = s->key };
	TRY(store_lock_key(s->request.store, &key, &lock));
	TRY(layer_work_find(s->request.store, &key, root, ret, &found));
	return found ? NULL : make(s, &key, root, ret);
}
