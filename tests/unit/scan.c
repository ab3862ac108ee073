/* SPDX-License-Identifier: MIT */
#include "layer/scan.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "t.h"

static char area[] = "/tmp/scan-test-XXXXXX";

static char *below(const char *name)
{
	return mem_printf("%s/%s", area, name);
}

static void file(const char *name, const char *bytes, mode_t mode)
{
	AUTO_FREE char *path = below(name);
	struct err *e = file_write(path, bytes, strlen(bytes), mode);

	ok(!e);
	err_free(e);
}

static void folder(const char *name, mode_t mode)
{
	AUTO_FREE char *path = below(name);

	ok(!mkdir(path, mode) && !chmod(path, mode));
}

static void fill(void)
{
	AUTO_FREE char *link = below("etc/link"), *hard = below("z-hard"), *script = below("bin/script"),
		       *pipe = below("pipe");
	AUTO_FREE char *socket_path = below("socket"), *opaque = below("opaque");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	folder("etc", 0755);
	folder("bin", 01777);
	folder("opaque", 0700);
	file("etc/a.conf", "one\n", 0640);
	file("bin/script", "#!/bin/sh\n", 0755);
	ok(!chmod(script, 04755) && !symlink("../bin/script", link) && !mkfifo(pipe, 0600));
	ok(!linkat(-1, script, -1, hard, 0));
	snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path);
	ok(!bind(fd, (struct sockaddr *)&address, sizeof address));
	ok(!setxattr(opaque, "user.overlay.opaque", "y", 1, 0));
}

static const struct entry *entry(const struct tree *t, const char *path, int kind)
{
	static const struct entry none;
	const struct entry *e = tree_find(t, path);

	ok(e && e->kind == kind);
	return e ? e : &none;
}

static void reads(void)
{
	struct tree t = { 0 };
	struct digest one = digest_of("one\n", 4);
	struct err *e = scan_folder(area, true, &t, NULL);

	ok(!e);
	err_free(e);
	entry(&t, "", ENTRY_FOLDER);
	ok(entry(&t, "bin", ENTRY_FOLDER)->mode == 01777);
	ok(entry(&t, "bin/script", ENTRY_FILE)->mode == 04755);
	is(entry(&t, "z-hard", ENTRY_HARDLINK)->link, "bin/script");
	is(entry(&t, "etc/link", ENTRY_SYMLINK)->link, "../bin/script");
	const struct entry *conf = entry(&t, "etc/a.conf", ENTRY_FILE);
	ok(conf->mode == 0640 && conf->size_bytes == 4 && digest_equal(&conf->sha256, &one));
	AUTO_FREE char *path = below("etc/a.conf");
	ok(conf->content.kind == CONTENT_DISK);
	is(conf->content.path, path);
	entry(&t, "opaque", ENTRY_OPAQUE);
	entry(&t, "pipe", ENTRY_FIFO);
	ok(!tree_find(&t, "socket"));
	tree_done(&t);
}

static void reads_whiteouts(void)
{
	struct tree t = { 0 };
	AUTO_FREE char *path = below("etc/gone");

	if (mknod(path, S_IFCHR, 0) < 0) {
		ok(1); /* only root may make one */
		return;
	}
	struct err *e = scan_folder(area, false, &t, NULL);
	ok(!e);
	err_free(e);
	entry(&t, "etc/gone", ENTRY_WHITEOUT);
	ok(digest_is_zero(&entry(&t, "etc/a.conf", ENTRY_FILE)->sha256));
	tree_done(&t);
}

/* What a layer cannot carry is said, a line a file, whatever its name. */
static void capabilities(void)
{
	static const char caps[20] = {
		1, 0, 0, 2, 0, 4
	}; /* linux/capability.h: cap_net_bind_service, effective */
	char folder[] = "/tmp/mkbench-scan.XXXXXX";
	AUTO_TEXT struct text notes = { 0 };
	struct tree t = { 0 };

	ok(mkdtemp(folder) != NULL);
	AUTO_FREE char *file = mem_printf("%s/a\nwrote it", folder);
	ok(!file_write(file, "x", 1, 0755));
	if (setxattr(file, "security.capability", caps, sizeof caps, 0) < 0) {
		t_skip("file capabilities need root");
	} else {
		ok(!scan_folder(folder, false, &t, &notes));
		is(notes.bytes, "/a?wrote it had file capabilities, which a layer does not carry\n");
		ok(t.count == 2 && t.items[1].mode == 0755);
	}
	tree_done(&t);
	ok(!file_remove_tree(folder));
}

int main(void)
{
	struct tree t = { 0 };

	ok(mkdtemp(area) != NULL);
	fill();
	reads();
	reads_whiteouts();
	struct err *e = file_remove_tree(area);
	ok(!e);
	e = scan_folder(area, false, &t, NULL);
	ok(e && err_code(e) != 0);
	err_free(e);
	tree_done(&t);
	capabilities();
	return t_done();
}
