/* SPDX-License-Identifier: MIT */
#include "provision/owners.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "lib/durable.h"
#include "lib/log.h"

#define DEEP 64
#define CONFIG "site_config.json"

/* A tree of the volume. If its first entries are right, the tree is taken as right: chown -R would have
 * changed them, too. */
struct tree {
	char *path;
	const struct account *owner;
	unsigned forbidden; /* mode bits that its folder must not have */
	unsigned depth;	    /* of that first look */
	/* others may own files in it: only those of root and of its folder's wrong owner are changed */
	bool shared;
};

struct walk {
	const struct tree *tree;
	uid_t wrong; /* the folder's former owner */
	size_t changed;
	struct err *failed;
};

static struct err *refused(const struct tree *t, const char *name)
{
	return err_errno(errno, "give %s/%s to %s: do it from outside, with 'chown -R %u:%u %s'", t->path,
			 name, t->owner->name, t->owner->uid, t->owner->gid, t->path);
}

static bool is_wrong(const struct walk *w, const struct stat *st)
{
	const struct account *o = w->tree->owner;

	if (st->st_uid == o->uid && (w->tree->shared || st->st_gid == o->gid))
		return false;
	if (S_ISREG(st->st_mode) && st->st_nlink > 1)
		return false; /* a hard link may be somebody's file elsewhere, too */
	return !w->tree->shared || st->st_uid == w->wrong || !st->st_uid;
}

/* Changes the owners below an open folder; follows no link. below is for messages. depth 0: this folder
 * alone. */
static void look(struct walk *w, int fd, const char *below, unsigned depth)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	struct stat st;

	for (struct dirent *d; dir && !w->failed && (d = readdir(dir));) {
		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, "..") ||
		    fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		AUTO_FREE char *name = mem_printf("%s%s%s", below, *below ? "/" : "", d->d_name);
		bool link = S_ISLNK(st.st_mode);
		if (!link && is_wrong(w, &st)) {
			if (fchownat(fd, d->d_name, w->tree->owner->uid, w->tree->owner->gid,
				     AT_SYMLINK_NOFOLLOW) < 0)
				w->failed = refused(w->tree, name);
			w->changed++;
		}
		AUTO_CLOSE int child =
			S_ISDIR(st.st_mode) && depth ?
				openat(fd, d->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) :
				-1;
		if (child >= 0)
			look(w, child, name, depth - 1);
	}
	if (dir)
		closedir(dir);
}

static struct err *restore(const struct tree *t)
{
	AUTO_CLOSE int fd = open(t->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return NULL; /* it is made later */
	struct walk w = { .tree = t, .wrong = st.st_uid };
	bool own = st.st_uid == t->owner->uid && st.st_gid == t->owner->gid,
	     open_to_all = st.st_mode & t->forbidden;
	if (!own && fchown(fd, t->owner->uid, t->owner->gid) < 0)
		return refused(t, "");
	if (open_to_all && fchmod(fd, st.st_mode & 07777 & ~t->forbidden) < 0)
		return err_errno(errno, "set the mode of %s", t->path);
	if (open_to_all)
		log_line("warning: %s was open to others (mode %04o): it is not any more", t->path,
			 st.st_mode & 07777u);
	if (!own || !t->shared)
		look(&w, fd, "", own ? t->depth : DEEP);
	if (!w.failed && own && w.changed)
		look(&w, fd, "", DEEP); /* then more of it will be wrong */
	if (!w.failed && (w.changed || !own))
		log_line("warning: %s belonged to somebody else, or %zu files in it did: given back to %s",
			 t->path, w.changed, t->owner->name);
	return w.failed;
}

struct err *owners_give(const char *folder, const struct account *owner)
{
	struct tree t = { (char *)folder, owner, 0, 0, false };
	AUTO_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct walk w = { .tree = &t };

	if (fd >= 0)
		look(&w, fd, "", 0);
	return w.failed;
}

static struct err *restore_below(const struct bench *b, const char *below, const struct account *owner,
				 unsigned forbidden)
{
	AUTO_FREE char *path = bench_in_data(b, below);

	return restore(&(struct tree){ path, owner, forbidden, 1, false });
}

static struct err *restore_site(const struct bench *b, const char *name)
{
	AUTO_FREE char *path = mem_printf("%s/sites/%s", b->data, name);
	struct stat st;

	TRY(restore(&(struct tree){ path, &b->user, 0, 0, true }));
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstatat(fd, CONFIG, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_nlink > 1 || st.st_uid == b->user.uid)
		return NULL;
	if (fchownat(fd, CONFIG, b->user.uid, b->user.gid, AT_SYMLINK_NOFOLLOW) < 0)
		return err_errno(errno, "give %s/%s to %s", path, CONFIG, b->user.name);
	log_line("warning: %s/%s belonged to user %u: given back to %s", path, CONFIG, st.st_uid,
		 b->user.name);
	return NULL;
}

struct err *owners_restore(const struct bench *b)
{
	AUTO_FREE char *system = mem_printf("%s/mysql", b->sql_data), *sites = bench_in_data(b, "/sites");

	TRY(restore(&(struct tree){ (char *)b->sql_data, &b->mysql, 0027, 0, false }));
	TRY(restore(&(struct tree){ system, &b->mysql, 0007, 0, false }));
	for (size_t i = 0; i < b->redis.count; i++)
		if (b->redis.items[i].data)
			TRY(restore(&(struct tree){ (char *)b->redis.items[i].data, &b->redis.items[i].user,
						    0022, 1, false }));
	TRY(restore_below(b, "/secrets", &durable_root, 0077));
	TRY(restore_below(b, BENCH_OWN, &durable_root, 0077));
	TRY(restore(&(struct tree){ sites, &b->user, 0, 0, true }));
	for (size_t i = 0; i < b->sites.count; i++)
		TRY(restore_site(b, b->sites.items[i].name));
	return NULL;
}
