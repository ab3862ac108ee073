/* SPDX-License-Identifier: MIT */
#include "disk/datafs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/mem.h"
#include "lib/console_notice.h"
#include "lib/log.h"
#include "lib/sysfile.h"

#define WHOLE DATAFS_NAME
#define MAKING "mkbench-making"
#define LEFT "mkbench: the data are on a disk of their own\n"
#define BLOCK 4096u
#define BLKID_NOTHING 2 /* blkid(8) */

/* The superblock's fields (the kernel's Documentation/filesystems/ext4/super.rst). */
struct super {
	bool there;
	char label[17];
	uint64_t bytes;
};

static struct super read_super(const struct partition *p, uint64_t at)
{
	AUTO_CLOSE int fd = open(p->device, O_RDONLY | O_CLOEXEC);
	uint8_t bytes[1024];
	struct super s = { 0 };

	if (fd < 0 || pread(fd, bytes, sizeof bytes, (off_t)at) != sizeof bytes ||
	    bytes_get(bytes + 0x38, 2) != 0xef53)
		return s;
	s.there = true;
	memcpy(s.label, bytes + 0x78, 16);
	s.bytes = (bytes_get(bytes + 4, 4) | bytes_get(bytes + 0x150, 4) << 32)
		  << (10 + (bytes_get(bytes + 0x18, 4) & 15));
	return s;
}

/* Runs a program of the root, with its output on the console. The exit status, or 127. */
static int run(const char *root, const char *const *argv)
{
	static char *const env[] = { (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", (char *)"LC_ALL=C", NULL };
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (!chroot(root) && !chdir("/"))
			execve(argv[0], (char *const *)argv, env);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}

#define RUN(root, ...) run(root, (const char *const[]){ __VA_ARGS__, NULL })

/* Data in the place of boot sectors or partition tables: the disk belongs to something else, so it is not
 * formatted. */
enum datafs_use datafs_use(const struct partition *p)
{
	AUTO_CLOSE int fd = open(p->device, O_RDONLY | O_CLOEXEC);
	char bytes[BLOCK];
	size_t zeroes = 0;

	if (fd < 0 || pread(fd, bytes, sizeof bytes, 0) != sizeof bytes)
		return DATAFS_USED;
	while (zeroes < sizeof bytes && !bytes[zeroes])
		zeroes++;
	return zeroes == sizeof bytes		? DATAFS_BLANK :
	       memcmp(bytes, LEFT, sizeof LEFT) ? DATAFS_USED :
						  DATAFS_ELSEWHERE;
}

struct err *datafs_leave(const struct partition *p)
{
	AUTO_CLOSE int fd = open(p->device, O_WRONLY | O_CLOEXEC);
	char bytes[512] = LEFT; /* ext4 leaves these bytes to a boot loader */

	if (datafs_use(p) == DATAFS_ELSEWHERE || (fd < 0 && errno == EROFS))
		return NULL;
	if (fd < 0)
		return err_errno(errno, "open %s", p->device);
	TRY_AS(file_write_at(fd, bytes, sizeof bytes, 0, "write that its data are elsewhere"), "%s",
	       p->device);
	return fsync(fd) < 0 ? err_errno(errno, "write to %s", p->device) : NULL;
}

/* An interrupted mkfs has no superblock yet, or the temporary label. It held no data, so mkfs runs again. */
static struct err *make(const struct partition *p, const char *root)
{
	log_line("making the data file system on %s", p->device);
	int status = RUN(root, "/sbin/mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-m", "1", "-L",
			 MAKING, p->device);
	if (status)
		return err_new(ERR_SYSTEM, "mke2fs %s ended with status %d", p->device, status);
	sync();
	status = RUN(root, "/sbin/tune2fs", "-L", WHOLE, p->device);
	if (status)
		return err_new(ERR_SYSTEM, "tune2fs %s ended with status %d", p->device, status);
	sync();
	return NULL;
}

/* Without being asked e2fsck does neither: more than a routine repair (4), or the use of a backup superblock
 * (8). */
static struct err *check(const struct partition *p, const char *root)
{
	int status = RUN(root, "/sbin/e2fsck", "-p", p->device);

	if (status & (4 | 8)) {
		console_notice("the data file system on %s was damaged and is being repaired: what has lost "
			       "its name is in /data/lost+found",
			       p->device);
		status = RUN(root, "/sbin/e2fsck", "-y", p->device);
	}
	if (status > 3)
		return err_new(ERR_SYSTEM,
			       "e2fsck cannot repair the data file system on %s (status %d): it is neither "
			       "used nor made again",
			       p->device, status);
	return NULL;
}

/* On a disk other than the image's, a foreign file system may leave its first sectors blank. */
static bool is_free(const struct partition *p, const char *root)
{
	return datafs_use(p) == DATAFS_BLANK &&
	       (p->number || RUN(root, "/sbin/blkid", "-p", p->device) == BLKID_NOTHING);
}

struct err *datafs_prepare(const struct partition *p, const char *root, bool may_be_new)
{
	struct super first = read_super(p, 1024), second = read_super(p, 32768ull * BLOCK);
	const struct super *s = first.there ? &first : &second;

	if (s->there ? !strcmp(s->label, MAKING) : is_free(p, root))
		return may_be_new ? make(p, root) :
				    err_new(ERR_SYSTEM, "%s is blank, and the data are on another disk",
					    p->device);
	return s->there ? check(p, root) :
			  err_new(ERR_SYSTEM,
				  "%s is not blank and holds no file system of ours that could be repaired: "
				  "nothing is written to it",
				  p->device);
}

static struct err *mount_it(const struct partition *p, const char *root)
{
	AUTO_FREE char *at = mem_printf("%s/data", root);

	/* On damage the kernel makes the file system read-only; the next start repairs it. */
	if (mount(p->device, at, "ext4", MS_NOSUID | MS_NODEV, "errors=remount-ro") < 0)
		return err_errno(errno, "mount %s", p->device);
	return NULL;
}

/* A text of /sys without its padding; the caller frees it. */
static char *attribute(const char *disk, const char *name)
{
	AUTO_FREE char *path = mem_printf("/sys/block/%s/%s", disk, name), *text = sysfile_read(path, NULL);

	return mem_ndup(text, strcspn(text, " \n"));
}

/* The serial number of a SCSI or SATA disk, from its page 0x80 of vital product data (SPC-4, 7.8.15): after a
 * head of four bytes, and without the blanks around it. The caller frees it; "" when the disk has none. */
static char *scsi_serial(const char *disk)
{
	AUTO_FREE char *path = mem_printf("/sys/block/%s/device/vpd_pg80", disk);
	size_t len, at = 4;
	AUTO_FREE char *page = sysfile_read(path, &len);

	while (at < len && page[at] == ' ')
		at++;
	return at < len ? mem_ndup(page + at, strcspn(page + at, " \n")) : mem_dup("");
}

static bool is_for_data(const char *disk, const char *id, struct partition *ret)
{
	(void)id;
	AUTO_FREE char *size = attribute(disk, "size"), *serial = attribute(disk, "serial"),
		       *nvme = attribute(disk, "device/serial"), *scsi = scsi_serial(disk);

	snprintf(ret->disk, sizeof ret->disk, "/dev/%s", disk);
	snprintf(ret->device, sizeof ret->device, "/dev/%s", disk);
	ret->number = 0;
	ret->start = 0;
	ret->sectors = strtoull(size, NULL, 10);
	if (!ret->sectors)
		return false;
	struct super s = read_super(ret, 1024);
	return !strcmp(serial, DATAFS_NAME) || !strcmp(nvme, DATAFS_NAME) || !strcmp(scsi, DATAFS_NAME) ||
	       (s.there && !strcmp(s.label, WHOLE));
}

struct err *datafs_find_disk(struct partition *ret)
{
	return partition_only(is_for_data, NULL, "no disk is for the data alone",
			      "are both for the data: one of them must be taken away", ret);
}

struct err *datafs_mount(const struct partition *p, const char *root)
{
	TRY(mount_it(p, root));
	struct super s = read_super(p, 1024);
	if (s.there && s.bytes + (1 << 20) < p->sectors * 512 && RUN(root, "/sbin/resize2fs", p->device))
		console_notice("the data file system could not be made as large as %s", p->device);
	return NULL;
}
