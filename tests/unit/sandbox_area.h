/* SPDX-License-Identifier: MIT */
/* A root of its own for build steps of tests: its /usr is the machine's. */
#pragma once
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "layer/sandbox/sandbox.h"
#include "layer/sandbox/sandbox_gate.h"
#include "says.h"

static char *area, *lower, *upper, *work;

static inline char *below(const char *name)
{
	return mem_printf("%s/%s", area, name);
}

static inline void folder(const char *path)
{
	struct err *e = file_make_folder(path, 0755);

	ok(!e);
	err_free(e);
}

/* A root whose /usr is the host's, bound. */
static inline void make_root(void)
{
	static const char *const folders[] = { "proc", "dev", "run", "tmp", "sys", "etc", "usr", "home" };
	static const char *const links[] = { "bin", "sbin", "lib", "lib64" };

	lower = below("lower");
	upper = below("upper");
	work = below("work");
	folder(upper);
	folder(work);
	for (size_t i = 0; i < COUNT(folders); i++) {
		AUTO_FREE char *path = mem_printf("%s/%s", lower, folders[i]);
		folder(path);
	}
	for (size_t i = 0; i < COUNT(links); i++) {
		AUTO_FREE char *path = mem_printf("%s/%s", lower, links[i]);
		AUTO_FREE char *target = mem_printf("usr/%s", links[i]);
		ok(!symlink(target, path));
	}
	AUTO_FREE char *hosts = mem_printf("%s/etc/hosts", lower);
	AUTO_FREE char *resolv = mem_printf("%s/etc/resolv.conf", lower);
	struct err *e = file_write(hosts, "127.0.0.1 localhost\n", 20, 0644);
	ok(!e);
	e = file_write(resolv, "", 0, 0644);
	ok(!e);
	AUTO_FREE char *gone = mem_printf("%s/etc/gone", lower);
	e = file_write(gone, "", 0, 0644);
	ok(!e);
}

static inline struct sandbox room(void)
{
	static const char *lowers[2];
	static const struct bind usr = { "/usr", "/usr", false };

	lowers[0] = lower;
	return (struct sandbox){
		.lowers = lowers, .upper = upper, .work = work, .binds = &usr, .bind_count = 1
	};
}

/* overlay wants an empty work folder, and volatile leaves a mark in it */
static inline void empty_work(void)
{
	ok(fine(file_remove_tree(work)));
	folder(work);
}

static inline void runs(struct sandbox s, const char *script)
{
	const char *const argv[] = { "sh", "-ec", script, NULL };

	ok(fine(sandbox_run(&s, argv)));
	empty_work();
}

static inline void fails(struct sandbox s, const char *const *argv, enum err_kind kind, const char *holds)
{
	ok(says(sandbox_run(&s, argv), kind, holds));
	empty_work();
}

/* False, with a test skipped, where no sandbox can be. The program is the gate of its own steps, too. */
static inline bool area_begin(int argc, char **argv)
{
	static char path[] = "/tmp/sandbox-test-XXXXXX";

	if (argc > 1 && !strcmp(argv[1], "--gate"))
		exit(sandbox_gate_main(argv));
	struct err *e = geteuid() ? sandbox_enter_user_namespace() : NULL; /* what root lacks, a room says */
	if (e) {
		AUTO_FREE char *text = err_text(e);
		t_skip(text);
		err_free(e);
		return false;
	}
	area = mkdtemp(path);
	make_root();
	return true;
}

static inline bool area_end(void)
{
	free(lower);
	free(upper);
	free(work);
	return fine(file_remove_tree(area));
}
