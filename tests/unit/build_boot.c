/* SPDX-License-Identifier: MIT */
/* The boot archive of a disk: its modules are in the order in which they are loaded, and are read in the
 * order in which their compressed package has them, so that no part of it is decoded twice. */
#include "build/build_boot.h"

#include <string.h>

#include "says.h"

#define RELEASE "6.1.0-50-cloud-amd64"
#define MODULES "usr/lib/modules/" RELEASE "/"
#define BYTES 16

struct reads {
	uint64_t offsets[32];
	size_t count;
};

/* A package: what it holds at an offset is that offset. */
static struct err *read_package(void *state, const struct entry *e, uint64_t offset, void *bytes, size_t len)
{
	struct reads *r = state;

	ok(!offset && len == BYTES && r->count < COUNT(r->offsets));
	r->offsets[r->count++] = e->content.offset;
	memset(bytes, (int)('a' + e->content.offset), len);
	return NULL;
}

static void add_text(struct tree *t, const char *path, const char *text)
{
	tree_add(t, &(struct entry){ .path = path,
				     .kind = ENTRY_FILE,
				     .mode = 0644,
				     .size_bytes = strlen(text),
				     .content = { .kind = CONTENT_MEMORY, .bytes = text } });
}

static void add_module(struct tree *t, const char *path, uint64_t offset)
{
	AUTO_FREE char *whole = mem_printf(MODULES "%s", path);

	tree_add(t, &(struct entry){ .path = whole,
				     .kind = ENTRY_FILE,
				     .mode = 0644,
				     .size_bytes = BYTES,
				     .content = { .kind = CONTENT_PACK, .offset = offset } });
}

static void fill(struct tree *root, struct tree *grub)
{
	add_text(root, "boot/vmlinuz-" RELEASE, "kernel");
	add_text(root, "usr/lib/mkbench/init", "guest");
	add_text(root, MODULES "modules.dep",
		 "kernel/fs/ext4.ko: kernel/lib/mbcache.ko kernel/fs/jbd2.ko\n"
		 "kernel/fs/jbd2.ko:\n"
		 "kernel/lib/mbcache.ko:\n"
		 "kernel/fs/overlay.ko:\n"
		 "kernel/drivers/nobody.ko:\n"
		 "kernel/drivers/nvme.ko: kernel/drivers/nvme-core.ko\n");
	add_module(root, "kernel/fs/ext4.ko", 1);
	add_module(root, "kernel/fs/jbd2.ko", 4);
	add_module(root, "kernel/lib/mbcache.ko", 2);
	add_module(root, "kernel/fs/overlay.ko", 3);
	add_module(root, "kernel/drivers/nobody.ko", 0);
	add_module(root, "kernel/drivers/nvme.ko", 6);
	add_module(root, "kernel/drivers/nvme-core.ko", 5);
	tree_sort(root);
	AUTO_FREE char *sector = mem_new(513);
	memset(sector, 'x', 512);
	add_text(grub, "boot/mkbench/boot.img", sector);
	add_text(grub, "boot/mkbench/core.img", "core");
	add_text(grub, "boot/mkbench/bootx64.efi", "MZ");
	tree_sort(grub);
}

/* Where the name stands in the archive; SIZE_MAX: nowhere. */
static size_t place(const struct build_boot *b, const char *name)
{
	const char *at = memmem(b->initrd, b->initrd_bytes, name, strlen(name));

	return at ? (size_t)(at - b->initrd) : SIZE_MAX;
}

int main(void)
{
	struct tree root = { 0 }, grub = { 0 };
	struct reads reads = { .count = 0 };
	const struct content_reader packs = { &reads, read_package };
	struct content_source contents;
	struct build_boot boot = { 0 };

	fill(&root, &grub);
	content_begin(&contents, &packs);
	ok(!build_boot(&root, &grub, &contents, &boot));
	content_end(&contents);
	ok(reads.count == 6);
	for (size_t i = 1; i < reads.count; i++)
		ok(reads.offsets[i - 1] < reads.offsets[i]);
	/* dependencies first, each with its own bytes, and nothing that no disk needs */
	ok(place(&boot, "jbd2.ko\nmbcache.ko\next4.ko\n") != SIZE_MAX);
	ok(place(&boot, "nvme-core.ko\nnvme.ko\n") != SIZE_MAX);
	ok(place(&boot, "modules/jbd2.ko") < place(&boot, "eeeeeeeeeeeeeeee"));
	ok(place(&boot, "modules/ext4.ko") < place(&boot, "bbbbbbbbbbbbbbbb"));
	ok(place(&boot, "eeeeeeeeeeeeeeee") < place(&boot, "bbbbbbbbbbbbbbbb"));
	ok(place(&boot, "nobody") == SIZE_MAX);
	build_boot_done(&boot);
	tree_done(&root);
	tree_done(&grub);
	return t_done();
}
