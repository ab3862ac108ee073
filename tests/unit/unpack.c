/* SPDX-License-Identifier: MIT */
/* Layers laid over one another: what a layer can hide, and that nothing outside
 * the folder is ever touched. */
#include "engine/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "says.h"

static const char *volume; /* of the images */
static char *top;	   /* holds layer.tar, beside, and root/in, which is filled */

static void add(struct archive *a, const char *path)
{
	struct archive_entry *e = archive_entry_new();
	size_t len = strlen(path);

	archive_entry_set_pathname(e, path);
	archive_entry_set_filetype(e, len && path[len - 1] == '/' ? AE_IFDIR : AE_IFREG);
	archive_entry_set_perm(e, 0755);
	archive_entry_set_uid(e, getuid());
	archive_entry_set_gid(e, getgid());
	archive_entry_set_size(e, 0);
	ok(archive_write_header(a, e) == ARCHIVE_OK);
	archive_entry_free(e);
}

/* One layer of these names, folders with a last slash, as an image of its own. */
static struct err *lay(const char *const *names)
{
	AUTO_FREE char *tar = mem_printf("%s/layer.tar", top), *in = mem_printf("%s/root/in", top),
		       *bytes = NULL;
	struct archive *a = archive_write_new();
	struct oci_image_member member = { 0 };
	size_t len = 0;

	archive_write_set_format_pax_restricted(a);
	ok(archive_write_open_filename(a, tar) == ARCHIVE_OK);
	for (; *names; names++)
		add(a, *names);
	ok(archive_write_free(a) == ARCHIVE_OK && !file_read(tar, 1 << 20, &bytes, &len));
	member.digest = digest_of(bytes, len);
	member.size_bytes = len;
	struct oci_image b = {
		.path = tar,
		.archive = -1,
		.members = &member,
		.member_count = 1,
		.layers = &member.digest,
		.layer_count = 1,
		.layer_bytes = len,
		.volume = volume,
	};
	FILE *f = fopen(tar, "re");
	b.archive = fileno(f);
	struct err *e = unpack_layers(&b, in, NULL);
	fclose(f);
	return e;
}

static bool there(const char *below)
{
	AUTO_FREE char *path = mem_printf("%s/%s", top, below);
	struct stat st;

	return !lstat(path, &st);
}

static time_t time_of(const char *below)
{
	AUTO_FREE char *path = mem_printf("%s/%s", top, below);
	struct stat st;

	ok(!lstat(path, &st));
	return st.st_mtime;
}

/* A folder has its layer's time, whatever is put into it afterwards. */
static void times(void)
{
	ok(!lay((const char *[]){ "./", "t/", "t/u/", "t/u/x", "t/gone/", "t/gone/in/", "t/.wh.gone",
				  NULL }));
	ok(time_of("root/in") == 0 && time_of("root/in/t") == 0 && time_of("root/in/t/u") == 0);
	ok(!there("root/in/t/gone"));
}

static void hides(void)
{
	ok(!lay((const char *[]){ "d/", "d/one", "d/two", "o/", "o/x", "f/", "f/g/", "f/g/h", NULL }));
	ok(there("root/in/d/one") && there("root/in/f/g/h"));
	ok(!lay((const char *[]){ "d/.wh.one", "o/.wh..wh..opq", ".wh.f", "d/.wh.never", "d/.wh....",
				  NULL }));
	ok(!there("root/in/d/one") && there("root/in/d/two"));
	ok(there("root/in/o") && !there("root/in/o/x") && !there("root/in/f"));
}

static void refuses(void)
{
	static const char *const bad[] = { ".wh...", ".wh..", ".wh.", "d/.wh...", "d/.wh..",
					   "d/..",   "..",    "d/.",  "/" };

	for (size_t i = 0; i < COUNT(bad); i++) {
		t_ok(says(lay((const char *[]){ bad[i], NULL }), ERR_BUILD, "it has no name of its own"),
		     bad[i], __FILE__, __LINE__);
		ok(there("beside") && there("root") && there("root/in/d/two"));
	}
	ok(!lay((const char *[]){ "../../d/.wh.two", "../../../x", NULL }));
	ok(there("root/in/x") && !there("x") && !there("root/in/d/two"));
}

static void makes_volume(void)
{
	AUTO_FREE char *out = mem_printf("%s/root/in/out", top), *own = mem_printf("%s/root/in/own", top);

	ok(!symlink("../..", out) && !symlink("d", own));
	volume = "/own";
	ok(!lay((const char *[]){ "x", NULL }) && there("root/in/own") && there("root/in/d"));
	volume = "/out/data";
	ok(!lay((const char *[]){ "x", NULL }) && there("root/in/data") && !there("data"));
	volume = "/none/data";
	ok(says(lay((const char *[]){ "x", NULL }), ERR_SYSTEM, "enter /none"));
}

int main(void)
{
	top = mem_dup("/tmp/mkbench-unpack.XXXXXX");
	if (!mkdtemp(top))
		return 1;
	AUTO_FREE char *in = mem_printf("%s/root/in", top), *beside = mem_printf("%s/beside", top);
	ok(!file_make_folder(in, 0755) && !file_make_folder(beside, 0755));
	times();
	hides();
	refuses();
	makes_volume();
	ok(!file_remove_tree(top));
	free(top);
	return t_done();
}
