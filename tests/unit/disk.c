/* SPDX-License-Identifier: MIT */
#include "disk/disk.h"

#include "image/content.h"
#include "disk/cpio.h"
#include "judge.h"
#include "says.h"

static const uint8_t seed[32] = { 7 };

static void fill(struct tree *t)
{
	tree_add(t, &(struct entry){ .path = "etc", .kind = ENTRY_FOLDER, .mode = 0755 });
	tree_add(t, &(struct entry){ .path = "etc/hostname",
				     .kind = ENTRY_FILE,
				     .mode = 0644,
				     .size_bytes = 5,
				     .content = { .kind = CONTENT_MEMORY, .bytes = "disk\n" } });
	tree_sort(t);
}

static struct err *write_disk(const struct tree *t, uint64_t size_bytes, int fd, struct digest *ret_hash)
{
	struct content_source source;
	const struct content_reader contents = { &source, content_read };
	AUTO_FREE uint8_t *boot = mem_new(512), *core = mem_new(30000);
	const struct fat_file esp[] = { { "EFI/BOOT/BOOTX64.EFI", "MZ", 2 } };
	struct disk_image d = {
		.root = t,
		.readers = &contents,
		.reader_count = 1,
		.boot = boot,
		.core = core,
		.core_bytes = 30000,
		.epoch = 1700000000,
		.size_bytes = size_bytes,
	};

	memset(boot, 0xcc, 512);
	memset(core, 0xdd, 30000);
	content_begin(&source, NULL);
	struct err *e = disk_write(&d, fd, ret_hash);
	if (!e)
		e = disk_write_esp(&d, fd, esp, 1);
	content_end(&source);
	return e;
}

/* Sector numbers where GRUB looks for them: the second stage follows the first MiB. */
static void test_boot_code(int fd)
{
	uint8_t mbr[512], core[512];

	ok(pread(fd, mbr, 512, 0) == 512 && pread(fd, core, 512, 1 << 20) == 512);
	ok(mbr[0x5c] == 0 && mbr[0x5d] == 8 && !mbr[0x5e] && !mbr[0x63]);
	ok(mbr[0x66] == 0x90 && mbr[0x67] == 0x90);
	ok(core[0] == 0xdd && core[0x1f4] == 1 && core[0x1f5] == 8 && !core[0x1fb]);
	ok(core[0x1fc] == (30000 + 511) / 512 - 1 && !core[0x1fd]);
}

static void cut(const char *disk, const char *path, const char *skip, const char *count)
{
	AUTO_FREE char *from = mem_printf("if=%s", disk), *to = mem_printf("of=%s", path);
	AUTO_FREE char *said = JUDGE("dd", from, to, "bs=1M", skip, count, "status=none");

	ok(said != NULL);
}

/* A row of sfdisk's dump has that part of the root hash as its identity. */
static void test_named_by_hash(const char *dump, const char *hex, const char *name)
{
	AUTO_FREE char *id =
		mem_printf("%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
	const char *row = dump ? strcasestr(dump, id) : NULL, *at = row ? strstr(row, name) : NULL;

	ok(at && at < row + strcspn(row, "\n"));
}

static void test_disk(const struct tree *t)
{
	int fd;
	struct digest hash = { 0 };
	char hex[DIGEST_HEX];
	AUTO_FREE char *path = judge_file(&fd), *root = mem_printf("%s.root", path),
		       *tree = mem_printf("%s.tree", path);
	AUTO_FREE char *id = disk_partition_id(seed, "data");

	ok(!write_disk(t, 2048ull << 20, fd, &hash));
	digest_hex(&hash, hex);
	test_boot_code(fd);
	ok(strlen(id) == 36 && id[14] == '4');
	if (judge_is_here("sfdisk")) {
		AUTO_FREE char *verdict = JUDGE("sfdisk", "--verify", path),
			       *dump = JUDGE("sfdisk", "--dump", path);
		ok(verdict && strstr(verdict, "No errors detected"));
		ok(dump && strstr(dump, "name=\"root-b\"") && strstr(dump, "name=\"data\""));
		test_named_by_hash(dump, hex, "root-a\"");
		test_named_by_hash(dump, hex + 32, "root-a-verity\"");
	}
	cut(path, root, "skip=130", "count=64");
	cut(path, tree, "skip=194", "count=1");
	if (judge_is_here("fsck.erofs")) {
		AUTO_FREE char *verdict = JUDGE("fsck.erofs", root);
		ok(verdict != NULL);
	}
	if (judge_is_here("veritysetup")) {
		AUTO_FREE char *verdict = JUDGE("veritysetup", "verify", root, tree, hex);
		ok(verdict != NULL);
	}
	unlink(tree);
	unlink(root);
	unlink(path);
	close(fd);
}

static void test_too_small(const struct tree *t)
{
	int fd;
	AUTO_FREE char *path = judge_file(&fd);
	struct digest hash;

	ok(says(write_disk(t, 300ull << 20, fd, &hash), ERR_RECIPE, "write at least 1G"));
	unlink(path);
	close(fd);
}

static void test_cpio(void)
{
	struct cpio c = { 0 };
	int fd;
	AUTO_FREE char *path = judge_file(&fd);

	cpio_file(&c, "initrd", 0755, "four", 4);
	cpio_folder(&c, "modules");
	cpio_file(&c, "modules/list", 0644, "a.ko\n", 5);
	cpio_end(&c);
	ok(c.bytes.len % 4 == 0 && write(fd, c.bytes.bytes, c.bytes.len) == (ssize_t)c.bytes.len);
	if (judge_is_here("bsdtar")) {
		AUTO_FREE char *list = JUDGE("bsdtar", "-tvf", path),
			       *words = JUDGE("bsdtar", "-xOf", path, "modules/list");
		ok(list && strstr(list, "-rwxr-xr-x") && strstr(list, "drwxr-xr-x"));
		is(words, "a.ko\n");
	}
	text_done(&c.bytes);
	unlink(path);
	close(fd);
}

int main(void)
{
	struct tree t = { 0 };

	fill(&t);
	test_disk(&t);
	test_too_small(&t);
	test_cpio();
	tree_done(&t);
	return t_done();
}
