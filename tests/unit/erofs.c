/* SPDX-License-Identifier: MIT */
#include "disk/erofs.h"

#include "judge.h"
#include "says.h"

#define EPOCH 1700000000

static const uint8_t uuid[16] = { 0x11, 0x22, 0x33 };

static void add(struct tree *t, const char *path, uint8_t kind, const char *bytes, size_t len)
{
	struct entry e = {
		.path = path,
		.kind = kind,
		.mode = kind == ENTRY_FOLDER ? 0755 : 0640,
		.uid = 70000,
		.gid = 5,
		.mtime = EPOCH + 7,
		.size_bytes = kind == ENTRY_FILE ? len : 0,
	};

	if (kind == ENTRY_FILE)
		e.content = (struct content){ .kind = CONTENT_MEMORY, .bytes = bytes };
	else if (bytes)
		e.link = bytes;
	tree_add(t, &e);
}

/* Sizes around the format's corners: nothing, a tail, a tail that does not fit
 * behind its inode, whole blocks. */
static const size_t sizes[] = { 0, 1, 4031, 4032, 4033, 4095, 4096, 4097, 8192, 300000 };

static void make(struct tree *t, const char *noise)
{
	add(t, "", ENTRY_FOLDER, NULL, 0);
	add(t, "etc", ENTRY_FOLDER, NULL, 0);
	add(t, "many", ENTRY_FOLDER, NULL, 0);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		AUTO_FREE char *path = mem_printf("etc/file-%zu", sizes[i]);
		add(t, path, ENTRY_FILE, noise, sizes[i]);
	}
	for (unsigned i = 0; i < 1000; i++) {
		AUTO_FREE char *path = mem_printf("many/a name of some length, number %u", i);
		add(t, path, ENTRY_FILE, noise + i, i);
	}
	add(t, "etc/link", ENTRY_SYMLINK, "file-1", 0);
	add(t, "etc/name", ENTRY_FILE, "two names", 9);
	add(t, "etc/other", ENTRY_HARDLINK, "etc/name", 0);
	add(t, "pipe", ENTRY_FIFO, NULL, 0);
	tree_sort(t);
}

static struct err *no_pack(void *state, const struct entry *e, uint64_t offset, void *bytes, size_t len)
{
	(void)state;
	memcpy(bytes, (const char *)e->content.bytes + offset, len);
	return NULL;
}

static void look(const char *path, const char *noise)
{
	AUTO_FREE char *to = mem_printf("%s.d", path), *extract = mem_printf("--extract=%s", to);

	if (!judge_is_here("fsck.erofs"))
		return;
	AUTO_FREE char *verdict = JUDGE("fsck.erofs", extract, path);
	ok(verdict != NULL);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		AUTO_FREE char *file = mem_printf("%s/etc/file-%zu", to, sizes[i]);
		AUTO_FREE char *bytes = mem_new(sizes[i] + 1);
		int fd = open(file, O_RDONLY);
		ok(read(fd, bytes, sizes[i] + 1) == (ssize_t)sizes[i] && !memcmp(bytes, noise, sizes[i]));
		close(fd);
	}
	AUTO_FREE char *last = mem_printf("%s/many/a name of some length, number 999", to),
		       *other = mem_printf("%s/etc/other", to);
	struct stat st;
	ok(!stat(last, &st) && st.st_size == 999 && st.st_mtime == EPOCH);
	ok(!stat(other, &st) && st.st_size == 9 && (st.st_mode & 07777) == 0640);
	free(JUDGE("rm", "-rf", to));
}

static void test_tree(const char *noise)
{
	const struct content_reader readers[] = { { NULL, no_pack }, { NULL, no_pack }, { NULL, no_pack } };
	struct tree t = { 0 };
	struct erofs *fs = NULL;
	struct stat st;
	int fd;
	AUTO_FREE char *path = judge_file(&fd);

	make(&t, noise);
	ok(!erofs_plan(&t, uuid, EPOCH, &fs));
	ok(!erofs_write(fs, readers, COUNT(readers), fd, 0));
	ok(!fstat(fd, &st) && (uint64_t)st.st_size == erofs_size(fs) && erofs_size(fs) % 4096 == 0);
	look(path, noise);
	erofs_free(fs);
	tree_done(&t);
	unlink(path);
	close(fd);
}

/* A full disk is not the fault of the file whose turn it was. */
static void test_full(const char *noise)
{
	const struct content_reader reader = { NULL, no_pack };
	struct tree t = { 0 };
	struct erofs *fs = NULL;
	int fd;
	AUTO_FREE char *path = judge_file(&fd);

	make(&t, noise);
	ok(fine(erofs_plan(&t, uuid, EPOCH, &fs)) && !ftruncate(fd, (off_t)erofs_size(fs)));
	judge_full_at(200000);
	struct err *e = erofs_write(fs, &reader, 1, fd, 0);
	judge_full_at(RLIM_INFINITY);
	AUTO_FREE char *text = e ? err_text(e) : NULL;
	is(text, "write the root file system: File too large");
	err_free(e);
	erofs_free(fs);
	tree_done(&t);
	unlink(path);
	close(fd);
}

static void test_refused(void)
{
	struct tree orphan = { 0 }, hidden = { 0 };
	struct erofs *fs = NULL;

	add(&orphan, "a/b", ENTRY_FILE, "", 0);
	struct err *e = erofs_plan(&orphan, uuid, EPOCH, &fs);
	ok(e && err_kind(e) == ERR_BUILD);
	err_free(e);
	add(&hidden, "gone", ENTRY_WHITEOUT, NULL, 0);
	e = erofs_plan(&hidden, uuid, EPOCH, &fs);
	ok(e && err_kind(e) == ERR_BUILD);
	err_free(e);
	tree_done(&orphan);
	tree_done(&hidden);
}

int main(void)
{
	AUTO_FREE char *noise = mem_new(300000);

	for (size_t i = 0; i < 300000; i++)
		noise[i] = (char)(i * 2654435761u >> 13);
	test_tree(noise);
	test_full(noise);
	test_refused();
	return t_done();
}
