/* SPDX-License-Identifier: MIT */
#include "provision/volume.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "lib/durable.h"
#include "lib/log.h"
#include "lib/secret.h"
#include "lib/environment.h"
#include "lib/sysfile.h"
#include "provision/kept_cache.h"

#define FORMAT 1
#define PROBE (256u << 10)
#define ROOM_LEAST (64u << 20)
#define OVERLAY_MAGIC 0x794c7630
#define TMPFS_MAGIC 0x01021994

static struct err *check_folder(const struct bench *b)
{
	struct statvfs fs;
	struct stat st;

	if (stat(b->data, &st) < 0)
		return err_errno(errno, "no volume at %s: mount one there", b->data);
	if (!S_ISDIR(st.st_mode))
		return err_errno(ENOTDIR, "%s", b->data);
	if (!statvfs(b->data, &fs) && (fs.f_flag & ST_RDONLY))
		return err_new(ERR_SYSTEM,
			       "%s is mounted read-only: nothing can be kept there; mount it writable",
			       b->data);
	return NULL;
}

/* Tries what everything else relies on: that written bytes stay, as many as a start writes, and that a
 * rename works. */
static struct err *check_writing(const struct bench *b)
{
	AUTO_FREE char *path = bench_in_data(b, BENCH_OWN "/probe"), *bytes = mem_new(PROBE);
	struct err *e = durable_write(path, bytes, PROBE, 0600, &durable_root);
	struct stat st;

	if (e) {
		unlink(path);
		return err_wrap(e, "%s is not writable", b->data);
	}
	/* File servers that map all users to one refuse a chown, or pretend that it worked. */
	int refused = lchown(path, b->mysql.uid, b->mysql.gid) < 0 ? errno : 0;
	bool kept = !refused && !lstat(path, &st) && st.st_uid == b->mysql.uid && st.st_gid == b->mysql.gid;
	unlink(path);
	if (kept)
		return NULL;
	return err_new(ERR_SYSTEM,
		       "%s cannot give files to their programs' users (chown of a file to %s: %s): take a "
		       "local folder or volume, or have the file server export it with no_root_squash",
		       b->data, b->mysql.name, refused ? strerror(refused) : "has no effect");
}

static void warn_ephemeral(const struct bench *b)
{
	struct statfs fs;

	if (environment_flag("MKBENCH_EPHEMERAL") || statfs(b->data, &fs) < 0)
		return;
	const char *what = fs.f_type == OVERLAY_MAGIC ? "a layer of the container itself" :
			   fs.f_type == TMPFS_MAGIC   ? "memory" :
							NULL;
	if (!what)
		return;
	log_line("WARNING: %s is no volume but %s: EVERYTHING IS LOST when the container is removed", b->data,
		 what);
	log_line("WARNING: mount a volume at %s, or set MKBENCH_EPHEMERAL=1 if that is what you want",
		 b->data);
}

/* An engine gives an unnamed volume a name of 64 digits, and "docker rm -v", "--rm" and "compose down -v"
 * remove it. */
static void warn_anonymous(const struct bench *b)
{
	AUTO_FREE char *mounts = sysfile_read("/proc/self/mountinfo", NULL);
	char *next = mounts;
	char root[1024], at[1024];

	if (environment_flag("MKBENCH_EPHEMERAL"))
		return;
	for (char *line; (line = strsep(&next, "\n"));) {
		const char *name;
		if (sscanf(line, "%*s %*s %*s %1023s %1023s", root, at) != 2 || strcmp(at, b->data) ||
		    !(name = strstr(root, "/volumes/")))
			continue;
		name += strlen("/volumes/");
		if (strspn(name, "0123456789abcdef") != 64 || strcmp(name + 64, "/_data"))
			continue;
		log_line("WARNING: %s is a volume without a name: it goes with the container (docker rm -v, "
			 "--rm, compose down -v)",
			 b->data);
		log_line("WARNING: to keep what is in it, start the next container with -v %.64s:%s; better, "
			 "name one from the start: -v NAME:%s",
			 name, b->data, b->data);
	}
}

/* Names that file systems, storage servers and other systems put into every shared folder. */
static const char *const of_others[] = {
	"lost+found",
	"@eaDir",
	"#recycle",
	"#snapshot",
	"@Recycle",
	"@Recently-Snapshot",
	"@tmp",
	"@sharesnap",
	"System Volume Information",
	"$RECYCLE.BIN",
	"Network Trash Folder",
	"Temporary Items",
	"Thumbs.db",
	"desktop.ini",
	"aquota.user",
	"aquota.group",
	"quota.user",
	"quota.group",
};

/* Folders of the image, and what file systems add themselves. */
static bool is_expected(const struct bench *b, const char *name)
{
	AUTO_FREE char *path = mem_printf("%s/%s", b->data, name);
	size_t len = strlen(path);

	for (size_t i = 0; i < b->folders.count; i++)
		if (!strncmp(b->folders.items[i].path, path, len) &&
		    strchr("/", b->folders.items[i].path[len]))
			return true;
	for (size_t i = 0; i < COUNT(of_others); i++)
		if (!strcmp(name, of_others[i]))
			return true;
	if (b->backup_to && !strncmp(b->backup_to, path, len) && strchr("/", b->backup_to[len]))
		return true; /* backups that were put here to be restored */
	return name[0] == '.';
}

static struct err *check_unknown(const struct bench *b)
{
	DIR *dir = opendir(b->data);
	struct err *e = NULL;

	if (!dir)
		return err_errno(errno, "%s", b->data);
	for (struct dirent *d; !e && (d = readdir(dir));)
		if (!is_expected(b, d->d_name))
			e = err_new(ERR_SYSTEM,
				    "%s holds something that is not ours ('%s'): give an empty volume",
				    b->data, d->d_name);
	closedir(dir);
	return e;
}

/* MariaDB's folder is made under another name and renamed when it is whole, and a mount point cannot be
 * renamed. */
static struct err *check_sql(const struct bench *b)
{
	AUTO_FREE char *tables = mem_printf("%s/mysql", b->sql_data);
	struct stat own, all;

	if (stat(b->sql_data, &own) < 0 || stat(b->data, &all) < 0 || own.st_dev == all.st_dev ||
	    !access(tables, F_OK))
		return NULL;
	return err_new(ERR_SYSTEM,
		       "%s is a volume of its own: the bench keeps all its data in one; mount that at %s, "
		       "and nothing below it",
		       b->sql_data, b->data);
}

/* Files that we write ourselves. */
static struct err *check_own(const struct bench *b)
{
	static const char *const files[] = { "format.json",    "ledger",       "lease", "clean",
					     "committed.json", "upgrade.json", "probe", "backup.json" };
	struct stat st;

	for (size_t i = 0; i < COUNT(files); i++) {
		AUTO_FREE char *path = mem_printf("%s" BENCH_OWN "/%s", b->data, files[i]);
		if (!lstat(path, &st) && S_ISDIR(st.st_mode))
			return err_new(
				ERR_SYSTEM,
				"%s is a folder, and a file is wanted there: put back a copy of the file; "
				"or, where there was none, rmdir it",
				path);
	}
	return NULL;
}

static char *format_path(const struct bench *b)
{
	return bench_in_data(b, BENCH_OWN "/format.json");
}

static struct err *read_format(const char *path, json_t **ret)
{
	bool damaged;

	TRY(durable_read_json(path, ret, &damaged));
	return damaged ? err_new(ERR_SYSTEM, "%s is damaged: restore it from a backup", path) : NULL;
}

struct err *volume_check(const struct bench *b, const char *path)
{
	const char *wanted = getenv("MKBENCH_VOLUME_ID");
	json_t *format;

	TRY(check_folder(b));
	TRY(check_sql(b));
	TRY(check_own(b));
	TRY(read_format(path, &format));
	json_int_t number = json_integer_value(json_object_get(format, "format"));
	const char *id = json_string_value(json_object_get(format, "volume"));
	struct err *e = NULL;
	if (!format)
		e = check_unknown(b);
	else if (number > FORMAT)
		e = err_new(ERR_SYSTEM, "%s was last written by a newer image (format %d, this one reads %d)",
			    b->data, (int)number, FORMAT);
	if (!e && wanted && *wanted && (!id || strcmp(id, wanted)))
		e = err_new(
			ERR_SYSTEM,
			"%s is volume %s, but MKBENCH_VOLUME_ID asks for %s: is the right volume mounted?",
			b->data, id ? id : "without an id (new)", wanted);
	json_decref(format);
	if (!e) {
		warn_ephemeral(b);
		warn_anonymous(b);
	}
	return e;
}

struct err *volume_lease(const struct bench *b, int *ret_fd)
{
	AUTO_FREE char *own = bench_in_data(b, BENCH_OWN);
	AUTO_FREE char *path = bench_in_data(b, BENCH_OWN "/lease");

	*ret_fd = -1;
	/* The owner of the folder could replace what is in it: secrets, and logs that root
	 * writes to. */
	TRY_AS(durable_folder(b->data, 0755, &durable_root),
	       "%s is somebody else's, who could exchange what is in it, and cannot be made root's: "
	       "give a folder of your own, or have the file server export it with no_root_squash",
	       b->data);
	TRY(durable_folder(own, 0700, &durable_root));
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_errno(errno, "%s", path);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EWOULDBLOCK || errno == EINTR)
			return NULL;
		return err_errno(errno, "lock %s: a file system without locks cannot hold the volume", path);
	}
	TRY(check_writing(b));
	*ret_fd = fd;
	fd = -1;
	return NULL;
}

struct err *volume_room(const struct bench *b)
{
	struct statvfs fs;

	if (statvfs(b->data, &fs) < 0)
		return err_errno(errno, "%s", b->data);
	if (fs.f_flag & ST_RDONLY)
		return err_new(ERR_SYSTEM, "%s has become read-only: its file system or its disk is damaged",
			       b->data);
	if ((uint64_t)fs.f_bavail * fs.f_frsize < ROOM_LEAST)
		return err_new(ERR_SYSTEM, "%s is full: less than %u MiB free", b->data, ROOM_LEAST >> 20);
	return fs.f_files && !fs.f_favail ?
		       err_new(ERR_SYSTEM, "%s is full: it can hold no more files", b->data) :
		       NULL;
}

struct err *volume_record(const struct bench *b)
{
	AUTO_FREE char *path = format_path(b);
	json_t *format;

	TRY(read_format(path, &format));
	if (!format) {
		AUTO_FREE char *id = secret_make(SECRET_WORD);
		id[16] = '\0';
		format = json_pack("{s:i, s:s, s:{s:s, s:s, s:s}}", "format", FORMAT, "volume", id, "made_by",
				   "name", b->name, "version", b->version, "build", b->build);
	}
	json_object_set_new(
		format, "last",
		json_pack("{s:s, s:s, s:s}", "name", b->name, "version", b->version, "build", b->build));
	struct err *e = durable_json(path, format, 0644, &durable_root, NULL);
	json_decref(format);
	return e;
}

char *volume_id(const struct bench *b)
{
	AUTO_FREE char *path = format_path(b);
	json_t *format = NULL;
	struct err *e = read_format(path, &format);
	const char *id = json_string_value(json_object_get(format, "volume"));
	char *copy = id ? mem_dup(id) : NULL;

	err_free(e);
	json_decref(format);
	return copy;
}

struct err *volume_stamp(const struct bench *b, bool cache)
{
	AUTO_FREE char *path = bench_in_data(b, BENCH_OWN "/clean");
	json_t *stamp =
		json_pack("{s:s, s:s, s:I, s:o}", "version", b->version, "build", b->build, "at",
			  (json_int_t)time(NULL), "caches", cache ? kept_cache_note(b) : json_object());
	struct err *e = durable_json(path, stamp, 0644, &durable_root, NULL);

	json_decref(stamp);
	return e;
}

struct err *volume_unstamp(const struct bench *b, bool *ret_was_clean)
{
	AUTO_FREE char *own = bench_in_data(b, BENCH_OWN);
	AUTO_FREE char *path = bench_in_data(b, BENCH_OWN "/clean");

	json_t *stamp = NULL;
	bool damaged;

	TRY(durable_read_json(path, &stamp, &damaged));
	kept_cache_look(b, stamp);
	json_decref(stamp);
	*ret_was_clean = !unlink(path);
	if (!*ret_was_clean && errno != ENOENT)
		return err_errno(errno, "%s", path);
	return durable_sync_folder(own);
}
