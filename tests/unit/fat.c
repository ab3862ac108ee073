/* SPDX-License-Identifier: MIT */
#include "disk/fat.h"

#include <errno.h>

#include "base/file.h"
#include "judge.h"

#define AT (1u << 20)
#define SIZE (96u << 20)

static char *write_some(const struct fat_file *files, unsigned count, int *ret_fd, struct err **ret)
{
	char *path = judge_file(ret_fd);

	ok(!ftruncate(*ret_fd, AT + SIZE));
	*ret = fat_write(*ret_fd, AT, SIZE, 0x12345678, "MKBENCH", 1700000000, files, count);
	return path;
}

/* Whether mtools reads these bytes. */
static bool is_there(const char *image, const char *name, const void *bytes, size_t len)
{
	AUTO_FREE char *at = mem_printf("%s@@1M", image), *from = mem_printf("::%s", name),
		       *to = mem_printf("%s.out", image);
	AUTO_FREE char *said = JUDGE("mcopy", "-n", "-i", at, from, to), *found = NULL;
	size_t size = 0;
	struct err *e = said ? file_read(to, 64u << 20, &found, &size) : NULL;

	unlink(to);
	err_free(e);
	return found && size == len && !memcmp(found, bytes, len);
}

static void test_files(void)
{
	AUTO_FREE char *big = mem_new(5u << 20);
	for (size_t i = 0; i < 5u << 20; i++)
		big[i] = (char)('a' + i / 4096 % 26);
	const struct fat_file files[] = {
		{ "EFI/BOOT/BOOTX64.EFI", "loader", 6 },
		{ "mkbench/a/vmlinuz-6.1.0-50-cloud-amd64", big, 5u << 20 },
		{ "mkbench/a/empty", "", 0 },
		{ "grub/grub.cfg", "set timeout=1\n", 14 },
	};
	struct err *e, *again;
	int fd, other;
	AUTO_FREE char *path = write_some(files, COUNT(files), &fd, &e);
	AUTO_FREE char *twin = write_some(files, COUNT(files), &other, &again);
	AUTO_FREE char *part = mem_printf("%s.part", path);

	ok(!e && !again);
	if (judge_is_here("cmp")) {
		AUTO_FREE char *same = JUDGE("cmp", path, twin);
		ok(same != NULL);
	}
	AUTO_FREE char *of = mem_printf("of=%s", part), *from = mem_printf("if=%s", path);
	free(JUDGE("dd", from, of, "bs=1M", "skip=1", "status=none"));
	if (judge_is_here("fsck.vfat")) {
		AUTO_FREE char *verdict = JUDGE("fsck.vfat", "-n", "-v", part);
		ok(verdict && strstr(verdict, "32 bit entries"));
	}
	if (judge_is_here("mcopy")) {
		ok(is_there(path, "efi/boot/bootx64.efi", "loader", 6));
		ok(is_there(path, "grub/grub.cfg", "set timeout=1\n", 14));
		ok(is_there(path, "mkbench/a/empty", "", 0));
		ok(is_there(path, "mkbench/a/vmlinuz-6.1.0-50-cloud-amd64", big, 5u << 20));
	}
	unlink(path);
	unlink(twin);
	unlink(part);
	close(fd);
	close(other);
}

static void test_full(void)
{
	AUTO_FREE char *big = mem_new(100u << 20);
	const struct fat_file file = { "vmlinuz", big, 100u << 20 };
	struct err *e;
	int fd;
	AUTO_FREE char *path = write_some(&file, 1, &fd, &e);

	ok(e && err_kind(e) == ERR_BUILD);
	err_free(e);
	unlink(path);
	close(fd);
}

static void test_full_disk(void)
{
	AUTO_FREE char *big = mem_new(5u << 20), *path = NULL;
	const struct fat_file file = { "vmlinuz", big, 5u << 20 };
	int fd;

	path = judge_file(&fd);
	judge_full_at(AT + (3u << 20) + 100);
	struct err *e = fat_write(fd, AT, SIZE, 1, "MKBENCH", 0, &file, 1);
	judge_full_at(RLIM_INFINITY);
	ok(e && err_code(e) == EFBIG);
	err_free(e);
	unlink(path);
	close(fd);
}

int main(void)
{
	test_files();
	test_full();
	test_full_disk();
	return t_done();
}
