/* SPDX-License-Identifier: MIT */
#include "disk/datafs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "room.h"
#include "t.h"

#define SECOND (32768u * 4096)
#define MAGIC 0x38 /* of a superblock, as the next */
#define LABEL 0x78

/* A file that stands for the image's own partition for data, or (number 0) for a disk of their own. */
static struct partition make_device(unsigned number)
{
	struct partition p = { .device = "/tmp/mkbench-unit-XXXXXX",
			       .number = number,
			       .sectors = (256u << 20) / 512 };
	int fd = mkstemp(p.device);

	ok(fd >= 0 && !ftruncate(fd, 256 << 20));
	close(fd);
	return p;
}

static void put(const struct partition *p, off_t at, const char *bytes, size_t len)
{
	AUTO_CLOSE int fd = open(p->device, O_WRONLY | O_CLOEXEC);

	ok(pwrite(fd, bytes, len, at) == (ssize_t)len);
}

static const char *label_at(const struct partition *p, off_t super)
{
	static char label[17];
	AUTO_CLOSE int fd = open(p->device, O_RDONLY | O_CLOEXEC);

	return pread(fd, label, 16, super + LABEL) == 16 ? label : NULL;
}

static void prepared(const struct partition *p)
{
	struct err *e = datafs_prepare(p, "/", true);

	ok(!e);
	err_free(e);
	is(label_at(p, 1024), DATAFS_NAME);
	is(label_at(p, SECOND), DATAFS_NAME);
}

static void refused(const struct partition *p, const char *why)
{
	struct err *e = datafs_prepare(p, "/", true);
	AUTO_FREE char *text = e ? err_text(e) : NULL;

	ok(text && strstr(text, why));
	err_free(e);
	ok(strcmp(label_at(p, 1024), DATAFS_NAME));
}

static void test_blank(unsigned number)
{
	struct partition p = make_device(number);

	struct err *e = datafs_prepare(&p, "/", false);
	AUTO_FREE char *text = e ? err_text(e) : NULL;
	ok(text && strstr(text, "is blank, and the data are on another disk"));
	err_free(e);
	ok(datafs_use(&p) == DATAFS_BLANK);
	prepared(&p);
	prepared(&p);
	unlink(p.device);
}

/* A power cut before the label says that all is there. */
static void test_cut_off(void)
{
	struct partition p = make_device(7);

	prepared(&p);
	put(&p, 1024 + LABEL, "mkbench-making", 15);
	prepared(&p);
	put(&p, SECOND + LABEL, "mkbench-making", 15);
	put(&p, 1024, (char[3072]){ 0 }, 3072);
	prepared(&p);
	unlink(p.device);
}

/* One of the two superblocks is lost, or damaged so that only its checksum tells. */
static void test_repaired(off_t at, size_t len)
{
	AUTO_FREE char *junk = mem_new(len);
	struct partition p = make_device(7);

	prepared(&p);
	memset(junk, 'x', len);
	put(&p, at, junk, len);
	prepared(&p);
	unlink(p.device);
}

/* No superblock is left: whatever it was, it may be somebody's only copy. */
static void test_damaged(void)
{
	AUTO_FREE char *junk = mem_new(8192);
	struct partition p = make_device(7);

	prepared(&p);
	memset(junk, 'x', 8192);
	put(&p, 0, junk, 8192);
	put(&p, SECOND, junk, 8192);
	refused(&p, "holds no file system of ours");
	unlink(p.device);
}

static void test_unreadable(void)
{
	struct partition p = { .device = "/nowhere/at/all", .number = 7, .sectors = 1 << 20 };
	struct err *e = datafs_prepare(&p, "/", true);
	AUTO_FREE char *text = e ? err_text(e) : NULL;

	ok(text && strstr(text, "holds no file system of ours"));
	err_free(e);
}

/* ISO 9660 leaves the first 32 KiB to others, as Btrfs, ZFS and RAID leave some. */
static void test_foreign(void)
{
	struct partition p = make_device(0);

	put(&p, 32768, "\1CD001\1", 8);
	put(&p, 32768 + 2048, "\377CD001\1", 8);
	refused(&p, "holds no file system of ours");
	unlink(p.device);
}

static void test_elsewhere(bool used)
{
	struct partition p = make_device(7);

	if (used)
		prepared(&p);
	ok(datafs_use(&p) == (used ? DATAFS_USED : DATAFS_BLANK));
	struct err *e = datafs_leave(&p);
	ok(!e);
	err_free(e);
	ok(datafs_use(&p) == DATAFS_ELSEWHERE);
	if (used)
		prepared(&p);
	unlink(p.device);
}

static void test_disks(void)
{
	struct partition p;
	struct err *e;

	ok(room_disk("vda", "4096", ""));
	e = datafs_find_disk(&p);
	ok(e && err_code(e) == ENOENT);
	err_free(e);
	ok(room_disk("vdb", "4096", "mkbench-data"));
	e = datafs_find_disk(&p);
	ok(!e && !strcmp(p.device, "/dev/vdb"));
	err_free(e);
	ok(room_disk("vdc", "4096", "mkbench-data"));
	e = datafs_find_disk(&p);
	ok(e && err_code(e) != ENOENT);
	err_free(e);
}

/* A SCSI or SATA disk has its serial number in a page of vital product data: a head of four bytes, then text
 * that may be filled up with blanks on both sides. */
static bool has_page(const char *page, size_t len)
{
	struct partition p;

	ok(room_disk("sda", "4096", ""));
	err_free(file_make_folder("/sys/block/sda/device", 0755));
	struct err *e = file_write("/sys/block/sda/device/vpd_pg80", page, len, 0644);
	ok(!e);
	err_free(e);
	e = datafs_find_disk(&p);
	bool found = !e && !strcmp(p.device, "/dev/sda");
	err_free(e);
	return found;
}

static void test_scsi(void)
{
	ok(has_page("\0\x80\0\x0cmkbench-data", 16));
	ok(has_page("\0\x80\0\x14    mkbench-data    ", 24));
	ok(!has_page("\0\x80\0\x0dmkbench-data2", 17));
	ok(!has_page("\0\x80\0\x00", 4));
	ok(!has_page("\0\x80", 2));
	ok(!has_page("", 0));
}

int main(void)
{
	ok(room_enter());
	ok(!mount("none", "/run", "tmpfs", 0, NULL)); /* notes are written there */
	test_blank(7);
	test_blank(0);
	test_cut_off();
	test_repaired(1024 + MAGIC, 2);
	test_repaired(1024 + 4, 8);
	test_repaired(SECOND + MAGIC, 2);
	test_repaired(0, 4096);
	test_damaged();
	test_unreadable();
	test_foreign();
	test_elsewhere(false);
	test_elsewhere(true);
	test_scsi();
	test_disks();
	return t_done();
}
