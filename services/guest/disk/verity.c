/* SPDX-License-Identifier: MIT */
#include "disk/verity.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define NAME "root"
#define BLOCK 4096u
#define SECTORS (BLOCK / 512)
#define SALT 256 /* bytes at most */

/* The superblock's fields (builder/disk/hash_tree.h describes the format). The kernel does not read it. */
struct super {
	uint64_t blocks;
	struct text salt; /* hex digits */
};

struct request {
	struct dm_ioctl head;
	struct dm_target_spec target;
	char words[4 * SALT + 1024];
};

static bool is_super(const uint8_t *s)
{
	return !memcmp(s, "verity\0\0\1\0\0\0\1\0\0\0", 16) && !memcmp(s + 32, "sha256", 7) &&
	       bytes_get(s + 64, 4) == BLOCK && bytes_get(s + 68, 4) == BLOCK && bytes_get(s + 80, 2) <= SALT;
}

static struct err *read_super(const struct partition *data, const struct partition *tree, struct super *ret)
{
	AUTO_CLOSE int fd = open(tree->device, O_RDONLY | O_CLOEXEC);
	uint8_t s[512];
	ssize_t n = fd < 0 ? -1 : pread(fd, s, sizeof s, 0);

	if (n != (ssize_t)sizeof s)
		return err_errno(n < 0 ? errno : EIO, "read %s", tree->device);
	if (!is_super(s))
		return err_new(ERR_SYSTEM, "the root's hash tree is damaged: %s does not begin with one",
			       tree->device);
	ret->blocks = bytes_get(s + 72, 8);
	if (!ret->blocks || ret->blocks > data->sectors / SECTORS)
		return err_new(ERR_SYSTEM, "the root's hash tree is damaged: %s is one for %ju blocks",
			       tree->device, (uintmax_t)ret->blocks);
	for (size_t i = 0; i < bytes_get(s + 80, 2); i++)
		text_printf(&ret->salt, "%02x", s[88 + i]);
	return NULL;
}

static struct err *ask(struct request *r, unsigned long command, const char *what)
{
	AUTO_CLOSE int fd = open("/dev/" DM_DIR "/" DM_CONTROL_NODE, O_RDWR | O_CLOEXEC);

	r->head.version[0] = DM_VERSION_MAJOR;
	r->head.data_size = sizeof *r;
	r->head.data_start = offsetof(struct request, target);
	memcpy(r->head.name, NAME, sizeof NAME);
	return fd < 0 || ioctl(fd, command, r) < 0 ? err_errno(errno, "%s", what) : NULL;
}

/* The table's words are those of the kernel's verity.rst, "Construction Parameters". The tree begins with
 * its second block. */
static struct err *load(const char *root_hash, const struct partition *data, const struct partition *tree,
			const struct super *s)
{
	struct request r = { .head = { .flags = DM_READONLY_FLAG, .target_count = 1 },
			     .target = { .length = s->blocks * SECTORS, .target_type = "verity" } };

	int len = snprintf(r.words, sizeof r.words, "1 %s %s %u %u %ju 1 sha256 %s %s", data->device,
			   tree->device, BLOCK, BLOCK, (uintmax_t)s->blocks, root_hash,
			   s->salt.len ? s->salt.bytes : "-");
	if (len < 0 || (size_t)len >= sizeof r.words)
		return err_new(ERR_SYSTEM, "%s and %s have names that are too long", data->device,
			       tree->device);
	return ask(&r, DM_TABLE_LOAD, "let the kernel verify the root");
}

struct err *verity_open(const char *root_hash, const struct partition *data, const struct partition *tree,
			char device[static VERITY_DEVICE])
{
	struct request made = { 0 }, begun = { 0 };
	struct super s = { 0 };
	struct err *e = read_super(data, tree, &s);

	if (!e)
		e = ask(&made, DM_DEV_CREATE, "make a device for the root");
	if (!e)
		e = load(root_hash, data, tree, &s);
	if (!e)
		e = ask(&begun, DM_DEV_SUSPEND, "begin to verify the root"); /* without the flag: resume */
	text_done(&s.salt);
	snprintf(device, VERITY_DEVICE, "/dev/dm-%u", minor(made.head.dev));
	return e;
}

struct err *verity_check(void)
{
	struct request r = { 0 };

	TRY(ask(&r, DM_TABLE_STATUS, "ask whether the root is whole"));
	if (r.head.target_count != 1 || strcmp(r.target.target_type, "verity"))
		return err_new(ERR_SYSTEM, "the root is not verified");
	return !strcmp(r.words, "V") ?
		       NULL :
		       err_new(ERR_SYSTEM, "the root is damaged: a block is not what was built (save the "
					   "data before the image is written to this disk again)");
}
