/* SPDX-License-Identifier: MIT */
#include "disk/qcow2.h"
#include "disk/vmdk.h"

#include <errno.h>

#include "judge.h"

static const struct format {
	const char *name; /* as qemu-img calls it */
	struct err *(*write)(int from, int to);
} formats[] = { { "qcow2", qcow2_write }, { "vmdk", vmdk_write } };

/* A disk with bytes at its edges and around what one table of the format covers (512 MiB). */
static void fill(int fd, off_t size)
{
	static const off_t places[] = {
		0, 65535, 65536 * 3 + 17, (512ll << 20) - 1, 512ll << 20, 700ll << 20
	};
	AUTO_FREE char *zeros = mem_new(1 << 20);

	ok(!ftruncate(fd, size));
	for (size_t i = 0; i < COUNT(places); i++)
		ok(pwrite(fd, "x", 1, places[i]) == 1);
	ok(pwrite(fd, zeros, 1 << 20, 300 << 20) == 1 << 20);
	ok(pwrite(fd, "end", 3, size - 3) == 3);
}

static void compare(const char *raw, const char *format, const char *path)
{
	if (!judge_is_here("qemu-img"))
		return;
	AUTO_FREE char *check = JUDGE("qemu-img", "check", "-f", format, path);
	AUTO_FREE char *same = JUDGE("qemu-img", "compare", "-f", "raw", "-F", format, raw, path);
	ok(check && strstr(check, "No errors"));
	ok(same != NULL);
}

static void test_disk(const struct format *f, off_t size)
{
	int raw, one, two;
	AUTO_FREE char *raw_path = judge_file(&raw), *path = judge_file(&one), *twin = judge_file(&two);
	struct stat st, again;

	fill(raw, size);
	ok(!f->write(raw, one));
	ok(!f->write(raw, two));
	ok(!fstat(one, &st) && !fstat(two, &again) && st.st_size == again.st_size);
	ok(st.st_size < 2 << 20); /* zeros that lie on the disk take no room */
	compare(raw_path, f->name, path);
	if (judge_is_here("cmp")) {
		AUTO_FREE char *same = JUDGE("cmp", path, twin);
		ok(same != NULL);
	}
	unlink(raw_path);
	unlink(path);
	unlink(twin);
	close(raw);
	close(one);
	close(two);
}

static void test_full_disk(const struct format *f)
{
	int raw, to;
	AUTO_FREE char *raw_path = judge_file(&raw), *path = judge_file(&to);

	fill(raw, 1ll << 30);
	judge_full_at(70000);
	struct err *e = f->write(raw, to);
	judge_full_at(RLIM_INFINITY);
	ok(e && err_code(e) == EFBIG);
	err_free(e);
	unlink(raw_path);
	unlink(path);
	close(raw);
	close(to);
}

int main(void)
{
	for (size_t i = 0; i < COUNT(formats); i++) {
		test_disk(&formats[i], 1ll << 30);
		test_disk(&formats[i], (701ll << 20) + 512);
		test_full_disk(&formats[i]);
	}
	return t_done();
}
