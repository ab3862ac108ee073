/* SPDX-License-Identifier: MIT */
#include "lib/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/sysfile.h"

const struct account durable_root = { .name = "root" };

void durable_as(const struct account *user)
{
	setgroups(0, NULL); /* root's supplementary groups would grant access too; nobody needs them back */
	setfsgid(user->gid);
	setfsuid(user->uid);
}

void durable_as_root(void)
{
	setfsuid(0);
	setfsgid(0);
}

static struct err *write_new(const char *path, const char *bytes, size_t len, unsigned mode,
			     const struct account *owner, bool sync)
{
	unlink(path);
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_errno(errno, "%s", path);
	TRY(file_write_all(fd, bytes, len, path));
	if (fchown(fd, owner->uid, owner->gid) < 0 || fchmod(fd, mode) < 0 || (sync && fsync(fd) < 0))
		return err_errno(errno, "%s", path);
	return NULL;
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? mem_ndup(path, slash == path ? 1 : (size_t)(slash - path)) : mem_dup(".");
}

struct err *durable_sync_folder(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? err_errno(errno, "%s", path) : NULL;
}

static struct err *sync_one(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || syncfs(fd) < 0 ? err_errno(errno, "%s", path) : NULL;
}

/* In mountinfo a space in a name is "\040", a backslash "\134". */
static void unescape(char *name)
{
	char *to = name;

	for (const char *at = name; *at; to++) {
		bool octal = at[0] == '\\' && at[1] >= '0' && at[1] <= '3' && at[2] >= '0' && at[2] <= '7' &&
			     at[3] >= '0' && at[3] <= '7';
		*to = octal ? (char)((at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0')) : *at;
		at += octal ? 4 : 1;
	}
	*to = '\0';
}

struct err *durable_sync_all(const char *path)
{
	AUTO_FREE char *mounts = sysfile_read("/proc/self/mountinfo", NULL), *below = mem_printf("%s/", path);
	char *next = mounts;

	TRY(sync_one(path));
	for (char *line; (line = strsep(&next, "\n"));) {
		char *at = line;
		for (int column = 0; at && column < 4; column++)
			strsep(&at, " ");
		char *name = at ? strsep(&at, " ") : NULL;
		if (!name)
			continue;
		unescape(name);
		struct err *e = text_starts(name, below) ? sync_one(name) : NULL;
		/* a file that is a mount of its own, or that another mount covers */
		if (e && err_code(e) != ENOTDIR && err_code(e) != ENOENT)
			return e;
		err_free(e);
	}
	return NULL;
}

static struct err *replace(const char *path, const char *bytes, size_t len, unsigned mode,
			   const struct account *owner, bool sync)
{
	AUTO_FREE char *beside = mem_printf("%s.new", path);
	AUTO_FREE char *folder = folder_of(path);
	struct err *e = write_new(beside, bytes, len, mode, owner, sync);

	if (!e && rename(beside, path) < 0)
		e = err_errno(errno, "%s", path);
	if (e) {
		unlink(beside);
		return e;
	}
	return sync ? durable_sync_folder(folder) : NULL;
}

struct err *durable_write(const char *path, const char *bytes, size_t len, unsigned mode,
			  const struct account *owner)
{
	return replace(path, bytes, len, mode, owner, true);
}

struct err *durable_show(const char *path, json_t *value, unsigned mode)
{
	AUTO_FREE char *text = json_dumps(value, JSON_INDENT(1));

	return text ? replace(path, text, strlen(text), mode, &durable_root, false) :
		      err_new(ERR_SYSTEM, "%s: not writable as JSON", path);
}

static bool is_as_wanted(const char *path, unsigned mode, const struct account *owner)
{
	struct stat st;

	return !lstat(path, &st) && S_ISREG(st.st_mode) && (st.st_mode & 07777) == mode &&
	       st.st_uid == owner->uid && st.st_gid == owner->gid;
}

struct err *durable_update(const char *path, const char *text, unsigned mode, const struct account *owner,
			   bool *ret_changed)
{
	AUTO_FREE char *old = NULL;
	size_t len = strlen(text), old_len = 0;
	struct err *e = is_as_wanted(path, mode, owner) ? file_read(path, 4 << 20, &old, &old_len) : NULL;

	err_free(e);
	bool same = old && len == old_len && !memcmp(old, text, len);
	if (ret_changed)
		*ret_changed = !same;
	return same ? NULL : durable_write(path, text, len, mode, owner);
}

struct err *durable_json(const char *path, json_t *value, unsigned mode, const struct account *owner,
			 bool *ret_changed)
{
	AUTO_FREE char *text = json_dumps(value, JSON_INDENT(1) | JSON_SORT_KEYS);

	if (!text)
		return err_new(ERR_SYSTEM, "%s: not writable as JSON", path);
	AUTO_FREE char *line = mem_printf("%s\n", text);
	return durable_update(path, line, mode, owner, ret_changed);
}

struct err *durable_folder(const char *path, unsigned mode, const struct account *owner)
{
	struct stat st;

	TRY(file_make_folder(path, 0755));
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(errno, "folder %s", path);
	bool owned = st.st_uid == owner->uid && st.st_gid == owner->gid;
	if (!owned && fchown(fd, owner->uid, owner->gid) < 0)
		return err_errno(errno, "give folder %s to %s", path, owner->name);
	if ((st.st_mode & 07777) != mode && fchmod(fd, mode) < 0)
		return err_errno(errno, "set the mode of folder %s", path);
	return NULL;
}

struct err *durable_read_json(const char *path, json_t **ret, bool *ret_damaged)
{
	AUTO_FREE char *bytes = NULL;
	size_t len;
	struct err *e = file_read(path, 4 << 20, &bytes, &len);

	*ret = NULL;
	*ret_damaged = false;
	if (e && err_code(e) == ENOENT) {
		err_free(e);
		return NULL;
	}
	if (e)
		return e;
	json_t *value = json_loadb(bytes, len, 0, NULL);
	*ret_damaged = !json_is_object(value);
	if (*ret_damaged)
		json_decref(value);
	else
		*ret = value;
	return NULL;
}

struct err *durable_open_either(const struct account *user, const char *path, int *ret_fd)
{
	const struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
				      .resolve = RESOLVE_NO_SYMLINKS };

	durable_as(user);
	*ret_fd = open(path, (int)how.flags);
	durable_as_root();
	if (*ret_fd < 0 && errno == EACCES)
		*ret_fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
	if (*ret_fd < 0 && errno == ELOOP)
		return err_errno(errno,
				 "%s: a link leads to it, and user %s may not read it: name the file itself",
				 path, user->name);
	return *ret_fd < 0 ? err_errno(errno, "%s", path) : NULL;
}

struct err *durable_read_json_as(const struct account *user, const char *path, json_t **ret,
				 bool *ret_damaged)
{
	durable_as(user);
	struct err *e = durable_read_json(path, ret, ret_damaged);
	durable_as_root();
	return e ? err_wrap(e, "read as user %s", user->name) : NULL;
}
