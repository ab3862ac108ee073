/* SPDX-License-Identifier: MIT */
#include "disk/hash_tree.h"

#include "judge.h"

#define BLOCK 4096ull

static struct hash_tree v = { .uuid = { 0x11, 0x22, 0x33 } };

/* What veritysetup says of so many blocks, the n-th beginning with n as two bytes and zero else: no level,
 * one of two digests, a full one, two levels, three. */
static const struct {
	uint64_t blocks, tree;
	const char *root;
} trees[] = {
	{ 1, 1, "4ce3ecf32c133bf6321901b6092219474b6ac91a19d0304621d629e6bb9987dc" },
	{ 2, 2, "7c8420191d9250f8d75e13e56b300292afce0d0bf1c2515baf5a6326cc9ad89f" },
	{ 128, 2, "4f1c23580fa1b601d08525c47b320f18c4029317a0d4b94f8776a9b7381be987" },
	{ 129, 4, "8378b1c4c95bcbcb32a532e3f8a4a1e4bc5e97e04d700521feea295c6a330a5a" },
	{ 16385, 133, "1ec0686634ff3b58444834dbb0b0509d3a9dc7ec03ad93b9a61d1394c1a6e616" },
};

static void fill(int fd, uint64_t at, uint64_t blocks)
{
	bool whole = !ftruncate(fd, (off_t)(at + blocks * BLOCK));

	for (uint64_t i = 0; i < blocks; i++) {
		const uint8_t start[2] = { (uint8_t)i, (uint8_t)(i >> 8) };
		whole = whole && pwrite(fd, start, 2, (off_t)(at + i * BLOCK)) == 2;
	}
	ok(whole);
}

/* The judge reads superblock and tree, and hashes every block again. */
static void judge_tree(const char *path, const char *root, uint64_t offset, int fd)
{
	AUTO_FREE char *where = mem_printf("--hash-offset=%ju", (uintmax_t)offset);

	if (!judge_is_here("veritysetup"))
		return;
	AUTO_FREE char *verdict = JUDGE("veritysetup", "verify", path, path, root, where);
	ok(verdict != NULL);
	ok(pwrite(fd, "!", 1, 2000) == 1);
	AUTO_FREE char *damaged = JUDGE("veritysetup", "verify", path, path, root, where);
	ok(!damaged);
}

static void test_tree(size_t i)
{
	uint64_t bytes = trees[i].blocks * BLOCK;
	struct digest root = { 0 };
	char hex[DIGEST_HEX];
	int fd;
	AUTO_FREE char *path = judge_file(&fd);

	fill(fd, 0, trees[i].blocks);
	ok(hash_tree_size(bytes) == trees[i].tree * BLOCK);
	ok(!hash_tree_write(&v, fd, 0, bytes, bytes, &root));
	is(digest_hex(&root, hex), trees[i].root);
	ok(lseek(fd, 0, SEEK_END) == (off_t)(bytes + hash_tree_size(bytes)));
	judge_tree(path, hex, bytes, fd);
	unlink(path);
	close(fd);
}

static void test_place(void)
{
	struct digest root = { 0 };
	char hex[DIGEST_HEX], magic[8] = "";
	int fd;
	AUTO_FREE char *path = judge_file(&fd);

	fill(fd, 5 * BLOCK, 129);
	ok(!hash_tree_write(&v, fd, 5 * BLOCK, 129 * BLOCK, 0, &root));
	is(digest_hex(&root, hex), trees[3].root);
	ok(pread(fd, magic, 8, 0) == 8 && !memcmp(magic, "verity\0", 8));
	unlink(path);
	close(fd);
}

static void test_short(void)
{
	struct digest root;
	int fd;
	AUTO_FREE char *path = judge_file(&fd);

	fill(fd, 0, 3);
	struct err *e = hash_tree_write(&v, fd, 0, 1000 * BLOCK, 0, &root);
	ok(e && err_kind(e) == ERR_SYSTEM);
	err_free(e);
	unlink(path);
	close(fd);
}

int main(void)
{
	for (size_t i = 0; i < sizeof v.salt; i++)
		v.salt[i] = (uint8_t)i;
	for (size_t i = 0; i < COUNT(trees); i++)
		test_tree(i);
	test_place();
	test_short();
	return t_done();
}
