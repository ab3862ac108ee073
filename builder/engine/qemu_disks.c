/* SPDX-License-Identifier: MIT */
#include "engine/qemu_disks.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "disk/zst.h"
#include "engine/firmware.h"
#include "engine/qemu_option.h"
#include "recipe/output.h"

#define PACKED ".raw.zst"
#define LEAKS 3		/* qemu-img(1), check: leaked clusters, which are harmless */
#define DATA_SIZE "16G" /* sparse; qemu-img resize enlarges it, and the data file system grows with it */

/* ret_says: the program's first words, without warnings and its own name; the caller's to free. */
static struct err *ask(const char *const *argv, int *ret_status, char **ret_says)
{
	AUTO_FREE char *output = NULL, *own = mem_printf("%s: ", argv[0]);
	char *says, *rest;

	TRY(child_run(&(struct child){ .argv = argv, .limit_seconds = 60 }, &output, NULL, ret_status));
	if (*ret_status == 127)
		return err_new(ERR_SYSTEM,
			       "%s is missing: a disk needs qemu-system-x86 and qemu-utils to run", argv[0]);
	rest = output;
	do
		says = strsep(&rest, "\n");
	while (rest && *rest && strstr(says, "warning: "));
	*ret_says = mem_dup(text_starts(says, own) ? says + strlen(own) : says);
	return NULL;
}

struct err *qemu_disks_command(const char *const *argv)
{
	AUTO_FREE char *says = NULL;
	int status = 0;

	TRY(ask(argv, &status, &says));
	return status ? err_new(ERR_SYSTEM, "%s: %s%s", argv[0], says,
				strstr(says, " lock") ? ": another machine uses it" : "") :
			NULL;
}

static const char *format_of(const char *name)
{
	const struct output_row *row = output_of_file(name);

	return row && row->qemu_format ? row->qemu_format : "raw";
}

/* A copy cut between two frames is valid to zstd; but the partition table says where its backup must be (UEFI
 * 2.10, 5.3.2). */
static struct err *check_raw(int fd)
{
	uint64_t head[5] = { 0 };
	struct stat st;

	if (fstat(fd, &st) < 0 || pread(fd, head, sizeof head, 512) < 0)
		return err_errno(errno, "read the disk image");
	if (memcmp(head, "EFI PART", sizeof *head))
		return err_new(ERR_USAGE, "this is no disk that mkbench built: it has no partition table");
	return le64toh(head[4]) < (uint64_t)st.st_size / 512 ?
		       NULL :
		       err_new(ERR_USAGE, "the disk image ends early: it was not copied whole");
}

static bool begins_with(const char *path, const char *magic)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	char head[4] = "";

	return fd >= 0 && read(fd, head, sizeof head) == sizeof head && !memcmp(head, magic, sizeof head);
}

static struct err *check_tables(const char *path, const struct output_row *row)
{
	const char *const argv[] = { "qemu-img", "check", "-q", "-f", row->qemu_format, path, NULL };
	AUTO_FREE char *says = NULL;
	int status = 0;

	if (!begins_with(path, row->magic))
		return err_new(ERR_USAGE, "this is no %s", row->qemu_format);
	TRY(ask(argv, &status, &says));
	if (!status || status == LEAKS)
		return NULL;
	return err_new(ERR_USAGE, "the disk image is damaged, or was not copied whole: %s", says);
}

static struct err *check(const char *path)
{
	const struct output_row *row = output_of_file(path);

	if (row && row->magic)
		return check_tables(path, row);
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? err_errno(errno, "open it") : check_raw(fd);
}

/* The image itself, or a decompressed copy with that name in the folder that QEMU can read; the caller's to
 * free. */
static struct err *readable(const struct launch *l, const char *folder, const char *name, char **ret)
{
	AUTO_FREE char *raw = mem_printf("%s/%s", folder, name), *part = mem_printf("%s.part", raw);

	*ret = NULL;
	if (!text_ends(l->bundle->path, PACKED)) {
		TRY_AS(check(l->bundle->path), "%s", l->bundle->path);
		*ret = mem_dup(l->bundle->path);
		return NULL;
	}
	progress_stage(l->progress, "unpack", 0, NULL);
	AUTO_CLOSE int from = open(l->bundle->path, O_RDONLY | O_CLOEXEC),
		       to = open(part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (from < 0 || to < 0)
		return err_errno(errno, "open %s", from < 0 ? l->bundle->path : part);
	struct err *e = zst_read(from, to);
	if (!e)
		e = check_raw(to);
	if (!e && rename(part, raw) < 0)
		e = err_errno(errno, "rename %s", part);
	if (e)
		unlink(part);
	else
		*ret = TAKE(raw);
	progress_done(l->progress, NULL);
	return e ? err_wrap(e, "%s", l->bundle->path) : NULL;
}

/* An overlay fits only the image it was made on: on a newer one its blocks make no sense. */
static struct err *make_overlay(const struct launch *l, const char *folder, const char *disk)
{
	AUTO_FREE char *base = mem_printf("%s/base", folder), *was = NULL, *image = NULL;
	struct stat st;
	size_t len;

	if (stat(l->bundle->path, &st) < 0)
		return err_errno(errno, "%s", l->bundle->path);
	AUTO_FREE char *now = mem_printf("%s %ju:%ju %jd %jd.%09ld\n", l->bundle->path, (uintmax_t)st.st_dev,
					 (uintmax_t)st.st_ino, (intmax_t)st.st_size,
					 (intmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	if (!access(disk, F_OK)) {
		err_free(file_read(base, 1 << 16, &was, &len));
		if (was && !strcmp(was, now))
			return NULL;
		return err_new(
			ERR_USAGE,
			"%s's data belong to another image than %s: 'mkbench run --clean %s' removes them, "
			"--name starts a second machine; data in --data FILE can be used by the next image",
			l->name, l->bundle->path, l->name);
	}
	TRY(readable(l, folder, "raw", &image));
	TRY(file_write(base, now, strlen(now), 0600));
	const char *const argv[] = {
		"qemu-img", "create", "-q", "-f", "qcow2", "-b", image, "-F", format_of(image), disk, NULL,
	};
	return qemu_disks_command(argv);
}

static struct err *with_overlay(const struct launch *l, const char *folder, struct qemu_disks *ret)
{
	AUTO_FREE char *disk = mem_printf("%s/disk", folder);

	TRY(make_overlay(l, folder, disk));
	ret->image = qemu_option("format=qcow2,if=none,id=image,file=", disk);
	return NULL;
}

bool qemu_disks_is_named(const char *path)
{
	return text_ends(path, ".qcow2") || text_ends(path, ".raw") || text_ends(path, ".img");
}

/* The existing file will be written to, so a file that is not a disk by name or content is refused. */
static struct err *data_there(const char *given, mode_t mode)
{
	if (S_ISBLK(mode) || (S_ISREG(mode) && (qemu_disks_is_named(given) ||
						begins_with(given, output_rows[OUTPUT_QCOW2].magic))))
		return NULL;
	return err_new(ERR_USAGE,
		       "--data %s is no disk (a block device, a qcow2, or a file named .raw or .img) and "
		       "would be overwritten",
		       given);
}

/* The file that --data means: itself, if its name or content says so; else one in the folder of that name. */
static struct err *data_file(const char *given, char **ret)
{
	AUTO_FREE char *volume = mem_printf("%s/.mkbench", given);
	struct stat st;
	bool there = !stat(given, &st);

	if (there ? !S_ISDIR(st.st_mode) : qemu_disks_is_named(given)) {
		if (there)
			TRY(data_there(given, st.st_mode));
		*ret = mem_dup(given);
		return NULL;
	}
	if (!access(volume, F_OK))
		return err_new(ERR_USAGE,
			       "--data %s has the data of a container: those of a disk need another place",
			       given);
	TRY(file_make_folder(given, 0755));
	*ret = mem_printf("%s/data.qcow2", given);
	return NULL;
}

static struct err *with_data(const struct launch *l, const char *folder, struct qemu_disks *ret)
{
	AUTO_FREE char *base = mem_printf("%s/base", folder), *path = NULL, *from = NULL;

	TRY(data_file(l->data, &path));
	const char *const argv[] = {
		"qemu-img", "create", "-q", "-f", format_of(path), path, DATA_SIZE, NULL
	};
	if (access(path, F_OK))
		TRY_AS(qemu_disks_command(argv), "make %s", path);
	TRY(readable(l, folder, "image", &from)); /* raw may be below an overlay */
	if (access(base, F_OK))
		TRY(file_write(base, "\n", 1, 0600));
	AUTO_FREE char *data =
		mem_printf("format=%s,if=none,id=data,discard=unmap,detect-zeroes=unmap,file=",
			   begins_with(path, output_rows[OUTPUT_QCOW2].magic) ? "qcow2" : "raw");
	AUTO_FREE char *image = mem_printf("format=%s,if=none,id=image,snapshot=on,file=", format_of(from));
	ret->data = qemu_option(data, path);
	ret->image = qemu_option(image, from);
	return NULL;
}

struct err *qemu_disks_prepare(const struct launch *l, const char *folder, struct qemu_disks *ret)
{
	TRY(firmware_choose(l->machine.firmware, folder, &ret->code, &ret->variables));
	return l->data ? with_data(l, folder, ret) : with_overlay(l, folder, ret);
}

void qemu_disks_done(struct qemu_disks *d)
{
	free(d->image);
	free(d->data);
	free(d->code);
	free(d->variables);
}
