#include "image/disk.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "image/erofs.h"

#define MIB (1ull << 20)
#define ESP_BYTES (128 * MIB)
#define ROOT_STEP (64 * MIB)     /* so that a system which grows a little keeps its layout */
#define DATA_LEAST (256 * MIB)
#define SECTOR 512u

enum { BOOT, ESP, ROOT_A, ROOT_B, DATA, PARTS };
static const char *const names[PARTS] = { "boot", "esp", "root-a", "root-b", "data" };
static const char *const types[PARTS] = {
	"21686148-6449-6e6f-744e-656564454649", "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "4f68bce3-e8cd-4db1-96e7-fbcaf984b709",
	"4f68bce3-e8cd-4db1-96e7-fbcaf984b709", "0fc63daf-8483-4772-8e79-3d69d8477de4",
};

char *disk_partition_id(const uint8_t seed[static 32], const char *name)
{
	static const uint8_t place[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
	struct guid g = gpt_derive(seed, name);
	struct text t = { 0 };

	for (size_t i = 0; i < 16; i++)
		text_printf(&t, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", g.bytes[place[i]]);
	return text_take(&t);
}

static uint32_t esp_serial(const uint8_t seed[static 32])
{
	struct guid g = gpt_derive(seed, "esp serial");

	return (uint32_t)g.bytes[0] | (uint32_t)g.bytes[1] << 8 | (uint32_t)g.bytes[2] << 16 | (uint32_t)g.bytes[3] << 24;
}

static uint64_t up(uint64_t n, uint64_t unit)
{
	return (n + unit - 1) / unit * unit;
}

static struct err *lay_out(const struct disk_image *d, uint64_t root_bytes, struct gpt_partition *parts)
{
	uint64_t sizes[PARTS] = { MIB, ESP_BYTES, up(root_bytes + root_bytes / 4, ROOT_STEP), 0, 0 }, at = MIB;

	sizes[ROOT_B] = sizes[ROOT_A];
	for (unsigned i = 0; i < PARTS; i++) {
		if (i == DATA)
			sizes[i] = d->size_bytes > at + MIB ? d->size_bytes - at - MIB : 0;
		parts[i] = (struct gpt_partition){ .name = names[i], .type = gpt_guid(types[i]), .id = gpt_derive(d->seed, names[i]),
						   .start_bytes = at, .size_bytes = sizes[i] };
		at += sizes[i];
	}
	if (sizes[DATA] < DATA_LEAST)
		return err_new(ERR_RECIPE, "disk.size: the system takes %ju MB of the disk and data needs %ju MB: write at least %juG",
			       (uintmax_t)(parts[DATA].start_bytes / MIB), (uintmax_t)(DATA_LEAST / MIB),
			       (uintmax_t)(up(parts[DATA].start_bytes + DATA_LEAST + MIB, 1024 * MIB) / (1024 * MIB)));
	return NULL;
}

static void put(uint8_t *out, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		out[i] = (uint8_t)(value >> (8 * i));
}

/* What grub-bios-setup changes in the two images (GRUB's include/grub/i386/pc/boot.h and
 * grub-core/boot/i386/pc/): boot.img has at 0x5c the sector of core.img and at 0x66 a
 * check of the drive number that some BIOSes get wrong; core.img's first sector ends with a list
 * of where its others are, whose first row begins at 0x1f4 with a sector. */
static struct err *write_grub(const struct disk_image *d, int fd, uint64_t at, uint8_t *mbr)
{
	AUTO_FREE uint8_t *core = mem_new(up(d->core_bytes, SECTOR));

	if (d->core_bytes <= SECTOR || d->core_bytes > MIB)
		return err_new(ERR_BUILD, "GRUB's core image has %zu bytes", d->core_bytes);
	memcpy(core, d->core, d->core_bytes);
	memcpy(mbr, d->boot, SECTOR);
	put(mbr + 0x5c, at / SECTOR, 8);
	put(mbr + 0x66, 0x9090, 2);
	put(core + 0x1f4, at / SECTOR + 1, 8);
	put(core + 0x1fc, up(d->core_bytes, SECTOR) / SECTOR - 1, 2);
	ssize_t n = pwrite(fd, core, up(d->core_bytes, SECTOR), (off_t)at);
	return n == (ssize_t)up(d->core_bytes, SECTOR) ? NULL : err_errno(n < 0 ? errno : EIO, "write the boot loader");
}

static struct err *write_all(const struct disk_image *d, const struct erofs *root, int fd)
{
	struct gpt_partition parts[PARTS];
	uint8_t mbr[SECTOR];

	TRY(lay_out(d, erofs_size(root), parts));
	if (ftruncate(fd, (off_t)d->size_bytes) < 0)
		return err_errno(errno, "write the disk");
	TRY(write_grub(d, fd, parts[BOOT].start_bytes, mbr));
	TRY(gpt_write(fd, d->size_bytes, gpt_derive(d->seed, "disk"), parts, PARTS, mbr));
	TRY(fat_write(fd, parts[ESP].start_bytes, parts[ESP].size_bytes, esp_serial(d->seed), DISK_LABEL, d->epoch, d->esp, d->esp_count));
	return erofs_write(root, d->contents, fd, parts[ROOT_A].start_bytes);
}

struct err *disk_write(const struct disk_image *d, int fd)
{
	struct guid id = gpt_derive(d->seed, "root file system");
	struct erofs *root;

	TRY(erofs_plan(d->root, id.bytes, d->epoch, &root));
	struct err *e = write_all(d, root, fd);
	erofs_free(root);
	return e;
}
