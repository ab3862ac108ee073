/* SPDX-License-Identifier: MIT */
#include "layer/layer.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "layer/audit.h"
#include "layer_world.h"

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
	holds(t, "etc/a.chroot", "yes\n");
	holds(t, "etc/b.certificates", "last\n");
	ok(!tree_find(t, "etc/ssh/ssh_host_key") && !tree_find(t, "etc/passwd-") &&
	   !tree_find(t, "etc/noise"));
	ok(!tree_find(t, "var/lib/mysql/db") && !tree_find(t, "usr/sbin/policy-rc.d") &&
	   !tree_find(t, "tmp/left"));
	ok(strstr(status, "Package: a\nStatus: install ok installed\n") != NULL);
	ok(strstr(status, "Conffiles:\n /etc/a.conf d5e29449b9e66d5b4bb0d6ce48fbbcb1") != NULL);
	ok(!strstr(status, "unpacked"));
}

/* How much this process has read so far. */
static uint64_t bytes_read(void)
{
	FILE *file = fopen("/proc/self/io", "re");
	uint64_t bytes = 0;

	ok(file && fscanf(file, "rchar: %" SCNu64, &bytes) == 1);
	if (file)
		fclose(file);
	return bytes;
}

/* A package is packed as one piece: what goes back in it unpacks it from its beginning again. */
static void reads_once(const struct audit *a, const struct tree *t, const char *want)
{
	uint64_t all = 0, before = bytes_read();

	for (size_t i = 0; i < t->count; i++)
		all += t->items[i].kind == ENTRY_FILE ? t->items[i].size_bytes : 0;
	ok(says(audit_tree(a, t, "base"), ERR_BUILD, want));
	ok(bytes_read() - before < all);
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
	reads_once(&a, layer_whole(set), want);
	ok(says(audit_tree(&a, layer_whole(set), "base"), ERR_BUILD, want));
	r.allow = (struct list){ &row, 1 };
	for (unsigned i = 0; i < 2; i++)
		ok(fine(audit_tree(&a, layer_whole(set), "base")));
	r.allow.count = 0;
	ok(says(audit_tree(&a, layer_whole(set), "base"), ERR_BUILD, want));
}

/* Both folders without a set, or neither; root has them, top one first. */
static void recalls(struct world *w, const struct layer_root *root)
{
	struct digest key = layer_key(&w->request, NULL), other = digest_of("other", 5);
	AUTO_FREE char *away = mem_printf("%s.away", root->lowers[0]);
	struct layer_root again = { 0 };
	bool found;

	layer_recall(w->store, &other, &again, &found);
	ok(!found && !again.lowers[0]);
	layer_recall(w->store, &key, &again, &found);
	ok(found && again.lowers[0] && again.lowers[1] && !again.lowers[2]);
	ok(!strcmp(again.lowers[0], root->lowers[0]) && !strcmp(again.lowers[1], root->lowers[1]));
	layer_root_done(&again);
	ok(!rename(root->lowers[0], away));
	layer_recall(w->store, &key, &again, &found);
	ok(!found && !again.lowers[0]);
	ok(!rename(away, root->lowers[0]));
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
	recalls(&w, &root);
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
	ok(says(layer_configure(set, &root, NULL), ERR_BUILD, "dpkg --audit reports problems:"));
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

int main(void)
{
	if (!make_packages())
		return t_done();
	configures();
	twice_is_the_same();
	explains_failures();
	ok(fine(file_remove_tree(area)));
	return t_done();
}
