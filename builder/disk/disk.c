/* SPDX-License-Identifier: MIT */
#include "disk/disk.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/mem.h"
#include "disk/erofs.h"
#include "disk/hash_tree.h"

#define MIB (1ull << 20)
#define ESP_AT (2 * MIB) /* behind boot */
#define ESP_BYTES (128 * MIB)
#define ROOT_STEP (64 * MIB) /* so that a slightly larger system keeps its layout */
#define DATA_LEAST (256 * MIB)
#define SECTOR 512u

#define BOOT_TYPE "21686148-6449-6e6f-744e-656564454649"
#define ESP_TYPE "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
#define ROOT_TYPE "4f68bce3-e8cd-4db1-96e7-fbcaf984b709" /* for x86-64, as the next */
#define ROOT_VERITY_TYPE "2c7357ed-ebd2-46d9-aec1-23d437ec2bf5"
#define DATA_TYPE "0fc63daf-8483-4772-8e79-3d69d8477de4"

enum { BOOT, ESP, ROOT_A, ROOT_A_VERITY, ROOT_B, ROOT_B_VERITY, DATA, PARTS };
static const struct {
	const char *name, *type;
} roles[PARTS] = {
	{ "boot", BOOT_TYPE },	 { "esp", ESP_TYPE },
	{ "root-a", ROOT_TYPE }, { "root-a-verity", ROOT_VERITY_TYPE },
	{ "root-b", ROOT_TYPE }, { "root-b-verity", ROOT_VERITY_TYPE },
	{ "data", DATA_TYPE },
};

char *disk_partition_id(const uint8_t seed[static 32], const char *name)
{
	struct guid g = gpt_derive(seed, name);

	return bytes_guid(g.bytes);
}

static uint32_t esp_serial(const uint8_t seed[static 32])
{
	struct guid g = gpt_derive(seed, "esp serial");

	return (uint32_t)bytes_get(g.bytes, 4);
}

static uint64_t up(uint64_t n, uint64_t unit)
{
	return (n + unit - 1) / unit * unit;
}

static struct err *lay_out(const struct disk_image *d, uint64_t root_bytes, struct gpt_partition *parts)
{
	uint64_t root = up(root_bytes + root_bytes / 4, ROOT_STEP), verity = up(hash_tree_size(root), MIB),
		 at = MIB;
	uint64_t sizes[PARTS] = { MIB, ESP_BYTES, root, verity, root, verity, 0 };

	for (unsigned i = 0; i < PARTS; i++) {
		if (i == DATA)
			sizes[i] = d->size_bytes > at + MIB ? d->size_bytes - at - MIB : 0;
		parts[i] = (struct gpt_partition){ .name = roles[i].name,
						   .type = gpt_guid(roles[i].type),
						   .id = gpt_derive(d->seed, roles[i].name),
						   .start_bytes = at,
						   .size_bytes = sizes[i] };
		at += sizes[i];
	}
	if (sizes[DATA] < DATA_LEAST)
		return err_new(ERR_RECIPE,
			       "disk.size: the system takes %ju MB of the disk and data needs %ju MB: write "
			       "at least %juG",
			       (uintmax_t)(parts[DATA].start_bytes / MIB), (uintmax_t)(DATA_LEAST / MIB),
			       (uintmax_t)(up(parts[DATA].start_bytes + DATA_LEAST + MIB, 1024 * MIB) /
					   (1024 * MIB)));
	return NULL;
}

/* Patches the two images as grub-bios-setup does (GRUB's include/grub/i386/pc/boot.h and
 * grub-core/boot/i386/pc/). In boot.img, 0x5c holds the sector of core.img, and 0x66 a check of the drive
 * number that some BIOSes get wrong. The first sector of core.img ends with a list of its other sectors; its
 * first row begins at 0x1f4. */
static struct err *write_grub(const struct disk_image *d, int fd, uint64_t at, uint8_t *mbr)
{
	AUTO_FREE uint8_t *core = mem_new(up(d->core_bytes, SECTOR));

	if (d->core_bytes <= SECTOR || d->core_bytes > MIB)
		return err_new(ERR_BUILD, "GRUB's core image has %zu bytes", d->core_bytes);
	memcpy(core, d->core, d->core_bytes);
	memcpy(mbr, d->boot, SECTOR);
	bytes_put(mbr + 0x5c, at / SECTOR, 8);
	bytes_put(mbr + 0x66, 0x9090, 2);
	bytes_put(core + 0x1f4, at / SECTOR + 1, 8);
	bytes_put(core + 0x1fc, up(d->core_bytes, SECTOR) / SECTOR - 1, 2);
	return file_write_at(fd, core, up(d->core_bytes, SECTOR), at, "write the boot loader");
}

/* Each disk has its own salt, which is the same when it is built again. */
static struct err *write_verity(const struct disk_image *d, uint64_t root_bytes, int fd,
				struct gpt_partition *parts, struct digest *ret_root_hash)
{
	struct guid id = gpt_derive(d->seed, "root hash tree");
	struct digest_run *run = digest_start();
	struct hash_tree v;
	char hex[DIGEST_HEX];

	digest_feed(run, d->seed, sizeof d->seed);
	digest_feed_word(run, "root salt");
	struct digest salt = digest_finish(run);
	memcpy(v.uuid, id.bytes, sizeof v.uuid);
	memcpy(v.salt, salt.bytes, sizeof v.salt);
	TRY(hash_tree_write(&v, fd, parts[ROOT_A].start_bytes, root_bytes, parts[ROOT_A_VERITY].start_bytes,
			    ret_root_hash));
	digest_hex(ret_root_hash, hex);
	parts[ROOT_A].id = gpt_guid(hex);
	parts[ROOT_A_VERITY].id = gpt_guid(hex + 32);
	return NULL;
}

static struct err *write_all(const struct disk_image *d, const struct erofs *root, int fd,
			     struct digest *ret_root_hash)
{
	struct gpt_partition parts[PARTS];
	uint8_t mbr[SECTOR];

	TRY(lay_out(d, erofs_size(root), parts));
	if (ftruncate(fd, (off_t)d->size_bytes) < 0)
		return err_errno(errno, "write the disk");
	TRY(write_grub(d, fd, parts[BOOT].start_bytes, mbr));
	TRY(erofs_write(root, d->readers, d->reader_count, fd, parts[ROOT_A].start_bytes));
	TRY(write_verity(d, erofs_size(root), fd, parts, ret_root_hash));
	return gpt_write(fd, d->size_bytes, gpt_derive(d->seed, "disk"), parts, PARTS, mbr);
}

struct err *disk_write(const struct disk_image *d, int fd, struct digest *ret_root_hash)
{
	struct guid id = gpt_derive(d->seed, "root file system");
	struct erofs *root;

	TRY(tree_check(d->root));
	TRY(erofs_plan(d->root, id.bytes, d->epoch, &root));
	struct err *e = write_all(d, root, fd, ret_root_hash);
	erofs_free(root);
	return e;
}

struct err *disk_write_esp(const struct disk_image *d, int fd, const struct fat_file *files, unsigned count)
{
	return fat_write(fd, ESP_AT, ESP_BYTES, esp_serial(d->seed), DISK_LABEL, d->epoch, files, count);
}
