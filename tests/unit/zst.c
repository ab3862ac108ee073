/* SPDX-License-Identifier: MIT */
#include "disk/zst.h"

#include <stdint.h>

#include "judge.h"
#include "says.h"

#define MIB (1ll << 20)

/* Bytes at the edges of frames, a whole frame of noise, zeros that lie on the disk, holes. */
static void fill(int fd, off_t size)
{
	static const off_t places[] = { 0, 4 * MIB - 1, 8 * MIB, 12 * MIB + 70001, 300 * MIB };
	AUTO_FREE uint8_t *noise = mem_new(4 * MIB), *zeros = mem_new(4 * MIB);
	uint32_t x = 1;

	for (size_t i = 0; i < 4 * MIB; i++)
		noise[i] = (uint8_t)((x = x * 1664525u + 1013904223u) >> 24);
	ok(!ftruncate(fd, size));
	for (size_t i = 0; i < COUNT(places); i++)
		ok(pwrite(fd, "x", 1, places[i]) == 1);
	ok(pwrite(fd, noise, 4 * MIB, 18 * MIB) == 4 * MIB);
	ok(pwrite(fd, zeros, 4 * MIB, 40 * MIB) == 4 * MIB);
	ok(pwrite(fd, "end", 3, size - 3) == 3);
}

static void judge_with_zstd(const char *raw, const char *zst)
{
	AUTO_FREE char *plain = mem_printf("%s.plain", zst);

	if (!judge_is_here("zstd") || !judge_is_here("cmp"))
		return;
	AUTO_FREE char *sound = JUDGE("zstd", "-qt", zst);
	AUTO_FREE char *made = JUDGE("zstd", "-qd", zst, "-o", plain);
	AUTO_FREE char *same = JUDGE("cmp", raw, plain);
	ok(sound && made && same);
	unlink(plain);
}

static void test_disk(off_t size)
{
	int raw, one, two, back;
	AUTO_FREE char *raw_path = judge_file(&raw), *path = judge_file(&one), *twin = judge_file(&two),
		       *back_path = judge_file(&back);
	struct stat st, was;

	fill(raw, size);
	ok(!zst_write(raw, one));
	ok(!zst_write(raw, two));
	ok(!fstat(one, &st) && st.st_size > 4 * MIB && st.st_size < 5 * MIB);
	judge_with_zstd(raw_path, path);
	ok(lseek(one, 0, SEEK_SET) == 0 && !zst_read(one, back));
	ok(!fstat(raw, &was) && !fstat(back, &st) && st.st_size == size && st.st_blocks < was.st_blocks);
	if (judge_is_here("cmp")) {
		AUTO_FREE char *twins = JUDGE("cmp", path, twin), *same = JUDGE("cmp", raw_path, back_path);
		ok(twins && same);
	}
	unlink(raw_path);
	unlink(path);
	unlink(twin);
	unlink(back_path);
	close(raw);
	close(one);
	close(two);
	close(back);
}

/* Cut short within its first or its last frame, or something else. */
static void test_damage(void)
{
	int raw, zst;
	AUTO_FREE char *raw_path = judge_file(&raw), *path = judge_file(&zst);
	struct stat st;

	ok(!ftruncate(raw, 9 * MIB) && pwrite(raw, "some bytes", 10, 8 * MIB) == 10 && !zst_write(raw, zst) &&
	   !fstat(zst, &st));
	const off_t lengths[] = { st.st_size - 1, st.st_size - 4, st.st_size - 20, 100, 18, 5, 1, 0 };
	for (size_t i = 0; i < COUNT(lengths); i++) {
		int out;
		AUTO_FREE char *out_path = judge_file(&out);
		ok(!ftruncate(zst, lengths[i]) && lseek(zst, 0, SEEK_SET) == 0);
		struct err *e = zst_read(zst, out);
		ok(e && err_kind(e) == ERR_USAGE);
		err_free(e);
		unlink(out_path);
		close(out);
	}
	ok(pwrite(zst, "no zstd file at all", 19, 0) == 19 && lseek(zst, 0, SEEK_SET) == 0);
	ok(says(zst_read(zst, raw), ERR_USAGE, "damaged or no zstd file"));
	unlink(raw_path);
	unlink(path);
	close(raw);
	close(zst);
}

int main(void)
{
	test_disk(320 * MIB);
	test_disk(301 * MIB + 512);
	test_damage();
	return t_done();
}
