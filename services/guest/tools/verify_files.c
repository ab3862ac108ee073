/* SPDX-License-Identifier: MIT */
#include "tools/verify_files.h"

#include <errno.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"

static struct err *check_folder(const struct bench_folder *f)
{
	struct stat st;

	if (lstat(f->path, &st) < 0)
		return err_errno(errno, "%s", f->path);
	if (!S_ISDIR(st.st_mode))
		return err_new(ERR_SYSTEM, "%s is no folder", f->path);
	if ((st.st_mode & 07777) != f->mode)
		return err_new(ERR_SYSTEM, "%s has mode %04o instead of %04o", f->path, st.st_mode & 07777u,
			       f->mode);
	if (st.st_uid != f->owner.uid || st.st_gid != f->owner.gid)
		return err_new(ERR_SYSTEM, "%s belongs to %u:%u instead of %u:%u", f->path, st.st_uid,
			       st.st_gid, f->owner.uid, f->owner.gid);
	return NULL;
}

static void check_folders(struct ctl_verify *v)
{
	struct err *e = NULL;

	for (size_t i = 0; i < v->bench->folders.count && !e; i++)
		e = check_folder(&v->bench->folders.items[i]);
	ctl_verify_row(v, "folders", e, "%zu as declared", v->bench->folders.count);
}

/* The file has this owner, and others have no rights. */
static struct err *check_private(const char *path, const struct stat *st, uid_t owner)
{
	if (st->st_mode & 077)
		return err_new(ERR_SYSTEM, "%s is open to others: mode %04o", path, st->st_mode & 07777u);
	return st->st_uid == owner ?
		       NULL :
		       err_new(ERR_SYSTEM, "%s belongs to user %u instead of %u", path, st->st_uid, owner);
}

static void check_secrets(struct ctl_verify *v)
{
	AUTO_FREE char *path = bench_in_data(v->bench, "/secrets");
	char *paths[] = { path, NULL };
	FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	struct err *e = walk ? NULL : err_errno(errno, "open %s", path);
	size_t count = 0;

	for (FTSENT *f; !e && (f = fts_read(walk));) {
		if (f->fts_info == FTS_DP)
			continue;
		if (f->fts_info == FTS_DNR || f->fts_info == FTS_ERR || f->fts_info == FTS_NS)
			e = err_errno(f->fts_errno, "read %s", f->fts_path);
		else
			e = check_private(f->fts_path, f->fts_statp, 0);
		count += f->fts_info == FTS_F;
	}
	if (walk)
		fts_close(walk);
	if (!e && !count && v->bench->sites.count)
		e = err_new(ERR_SYSTEM, "%s holds nothing", path);
	ctl_verify_row(v, "secrets", e, "%zu files, root's alone", count);
}

/* Files with a password or with everybody's data must not be open to others. */
static void check_sites(struct ctl_verify *v)
{
	struct err *e = NULL;
	struct stat st;

	for (size_t i = 0; i < v->bench->sites.count && !e; i++) {
		AUTO_FREE char *below =
			mem_printf("/sites/%s/site_config.json", v->bench->sites.items[i].name);
		AUTO_FREE char *path = bench_in_data(v->bench, below);
		e = lstat(path, &st) < 0 ? err_errno(errno, "%s", path) :
					   check_private(path, &st, v->bench->user.uid);
	}
	if (!e && lstat(v->bench->sql_data, &st) < 0)
		e = err_errno(errno, "%s", v->bench->sql_data);
	else if (!e && st.st_mode & 07)
		e = err_new(ERR_SYSTEM, "%s is open to others: mode %04o", v->bench->sql_data,
			    st.st_mode & 07777u);
	ctl_verify_row(v, "sites", e, "%zu site_config.json and the database, not for others",
		       v->bench->sites.count);
}

void verify_files_all(struct ctl_verify *v)
{
	check_folders(v);
	check_secrets(v);
	check_sites(v);
}
