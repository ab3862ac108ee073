/* SPDX-License-Identifier: MIT */
#include "image/tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/mem.h"
#include "t.h"

#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN
#define HUNDRED FIFTY FIFTY

static const struct entry samples[] = {
	{ .path = "", .kind = ENTRY_FOLDER, .mode = 0755 },
	{ .path = "bin", .kind = ENTRY_SYMLINK, .mode = 0777, .link = "usr/bin" },
	{ .path = "dev/null", .kind = ENTRY_CHAR, .mode = 0666, .major = 1, .minor = 3 },
	{ .path = "dev/vda", .kind = ENTRY_BLOCK, .mode = 0660, .gid = 6, .major = 254, .minor = 256 },
	{ .path = "fifo", .kind = ENTRY_FIFO, .mode = 0600 },
	{ .path = "home/f\xc5\x91",
	  .kind = ENTRY_FILE,
	  .mode = 04755,
	  .uid = 1000,
	  .gid = 1000,
	  .size_bytes = 513 },
	{ .path = "home/g",
	  .kind = ENTRY_HARDLINK,
	  .mode = 04755,
	  .uid = 1000,
	  .gid = 1000,
	  .link = "home/f\xc5\x91" },
	{ .path = "tmp", .kind = ENTRY_FOLDER, .mode = 01777 },
	{ .path = HUNDRED, .kind = ENTRY_FILE, .mode = 0644 },
	{ .path = HUNDRED "x", .kind = ENTRY_FILE, .mode = 0644 },
	{ .path = FIFTY FIFTY FIFTY "/" HUNDRED, .kind = ENTRY_FILE, .mode = 0644 },
	{ .path = FIFTY FIFTY FIFTY "/" FIFTY "/" FIFTY "a", .kind = ENTRY_FOLDER, .mode = 0755 },
	{ .path = "a/" FIFTY "/" FIFTY "/" HUNDRED "/" HUNDRED,
	  .kind = ENTRY_FILE,
	  .mode = 0644,
	  .size_bytes = 3 },
	{ .path = "long", .kind = ENTRY_SYMLINK, .mode = 0777, .link = HUNDRED "/y" },
	{ .path = "alias",
	  .kind = ENTRY_HARDLINK,
	  .mode = 0644,
	  .link = "a/" FIFTY "/" FIFTY "/" HUNDRED "/" HUNDRED },
	{ .path = "high", .kind = ENTRY_FILE, .mode = 0644, .uid = 4000000000u, .gid = 2097152 },
};

static struct text archive_of(void)
{
	static const char zeros[TAR_END];
	struct text t = { 0 };

	for (size_t i = 0; i < COUNT(samples); i++) {
		struct entry e = samples[i];
		e.mtime = 1700000000;
		tar_header(&t, &e);
		for (uint64_t n = 0; n < e.size_bytes; n++)
			text_put(&t, "x");
		text_add(&t, zeros, tar_padding(e.size_bytes));
	}
	text_add(&t, zeros, TAR_END);
	return t;
}

static mode_t type_of(const struct entry *e)
{
	static const mode_t types[] = {
		[ENTRY_FILE] = AE_IFREG,     [ENTRY_FOLDER] = AE_IFDIR, [ENTRY_SYMLINK] = AE_IFLNK,
		[ENTRY_HARDLINK] = AE_IFREG, [ENTRY_CHAR] = AE_IFCHR,	[ENTRY_BLOCK] = AE_IFBLK,
		[ENTRY_FIFO] = AE_IFIFO,
	};

	return types[e->kind];
}

static void same(struct archive_entry *got, const struct entry *want)
{
	AUTO_FREE char *path =
		mem_printf("%s%s", *want->path ? want->path : ".", want->kind == ENTRY_FOLDER ? "/" : "");

	is(archive_entry_pathname(got), path);
	if (want->kind == ENTRY_HARDLINK)
		is(archive_entry_hardlink(got), want->link);
	else
		ok(archive_entry_filetype(got) == type_of(want));
	if (want->kind == ENTRY_SYMLINK)
		is(archive_entry_symlink(got), want->link);
	ok(archive_entry_perm(got) == want->mode);
	ok(archive_entry_uid(got) == want->uid && archive_entry_gid(got) == want->gid);
	ok(archive_entry_mtime(got) == 1700000000);
	ok(archive_entry_size(got) == (int64_t)want->size_bytes);
	ok(archive_entry_rdevmajor(got) == want->major && archive_entry_rdevminor(got) == want->minor);
	ok(!archive_entry_uname(got) || !*archive_entry_uname(got));
}

static void read_back(const struct text *t)
{
	struct archive *a = archive_read_new();
	struct archive_entry *got;
	size_t n = 0;

	archive_read_support_format_tar(a);
	ok(archive_read_open_memory(a, t->bytes, t->len) == ARCHIVE_OK);
	for (; archive_read_next_header(a, &got) == ARCHIVE_OK && n < COUNT(samples); n++)
		same(got, &samples[n]);
	ok(n == COUNT(samples));
	archive_read_free(a);
}

/* GNU tar is another witness, and says in words what it sees. */
static void listed(const struct text *t)
{
	static const char *const argv[] = { "tar", "--numeric-owner", "--quoting-style=literal", "-tvf", "-",
					    NULL };
	static const char *const env[] = { "PATH=/usr/bin:/bin", "TZ=UTC", "LC_ALL=C", NULL };
	static const char *const lines[] = {
		"drwxr-xr-x 0/0               0 2023-11-14 22:13 ./\n",
		"lrwxrwxrwx 0/0               0 2023-11-14 22:13 bin -> usr/bin\n",
		"crw-rw-rw- 0/0             1,3 2023-11-14 22:13 dev/null\n",
		"brw-rw---- 0/6         254,256 2023-11-14 22:13 dev/vda\n",
		"prw------- 0/0               0 2023-11-14 22:13 fifo\n",
		"-rwsr-xr-x 1000/1000       513 2023-11-14 22:13 home/f\xc5\x91\n",
		"hrwsr-xr-x 1000/1000         0 2023-11-14 22:13 home/g link to home/f\xc5\x91\n",
		"drwxrwxrwt 0/0               0 2023-11-14 22:13 tmp/\n",
		" 3 2023-11-14 22:13 a/" FIFTY "/" FIFTY "/" HUNDRED "/" HUNDRED "\n",
		" long -> " HUNDRED "/y\n",
		"-rw-r--r-- 4000000000/2097152 ",
	};
	AUTO_FREE char *out = NULL, *errors = NULL;
	int status = 0;
	struct err *e =
		child_run(&(struct child){ .argv = argv, .env = env, .input = t->bytes, .input_len = t->len },
			  &out, &errors, &status);

	ok(!e && status == 0);
	is(errors, "");
	for (size_t i = 0; !e && i < COUNT(lines); i++) {
		ok(strstr(out, lines[i]) != NULL);
		if (!strstr(out, lines[i]))
			printf("# want %s# in\n# %s\n", lines[i], out);
	}
	err_free(e);
}

static void ustar_where_it_can(void)
{
	static const struct entry plain[] = {
		{ .path = FIFTY FIFTY FIFTY "/" HUNDRED, .kind = ENTRY_FILE },
		{ .path = "a", .kind = ENTRY_FILE, .size_bytes = 077777777777, .uid = 07777777 },
		{ .path = "b", .kind = ENTRY_SYMLINK, .link = HUNDRED },
	};

	for (size_t i = 0; i < COUNT(plain); i++) {
		AUTO_TEXT struct text t = { 0 };
		tar_header(&t, &plain[i]);
		ok(t.len == TAR_BLOCK);
	}
}

static void large_file(void)
{
	AUTO_TEXT struct text t = { 0 };
	struct archive *a = archive_read_new();
	struct archive_entry *got = NULL;

	tar_header(&t, &(struct entry){ .path = "large", .kind = ENTRY_FILE, .size_bytes = 9000000000 });
	archive_read_support_format_tar(a);
	archive_read_open_memory(a, t.bytes, t.len);
	ok(archive_read_next_header(a, &got) == ARCHIVE_OK);
	ok(got && archive_entry_size(got) == 9000000000);
	archive_read_free(a);
}

int main(void)
{
	AUTO_TEXT struct text t = archive_of();

	ok(t.len % TAR_BLOCK == 0);
	read_back(&t);
	listed(&t);
	ustar_where_it_can();
	large_file();
	ok(tar_padding(0) == 0 && tar_padding(1) == 511 && tar_padding(512) == 0);
	return t_done();
}
