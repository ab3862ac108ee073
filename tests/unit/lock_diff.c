/* SPDX-License-Identifier: MIT */
/* What moved between two locks. */
#include "recipe/lock_diff.h"

#include <stdlib.h>

#include "base/mem.h"
#include "t.h"

static char *diff(const struct lock *old, const struct lock *now, size_t want)
{
	struct text t = { 0 };

	ok(lock_diff(old, now, &t) == want);
	return text_take(&t);
}

int main(void)
{
	struct lock_package before[] = {
		{ .name = "nginx", .version = "1.22-1", .archive = "bookworm" },
		{ .name = "same", .version = "1", .archive = "bookworm-security" },
		{ .name = "old", .version = "2", .archive = "bookworm" },
		{ .name = "back", .version = "3", .archive = "bookworm" },
	};
	struct lock_package after[] = {
		{ .name = "back", .version = "2", .archive = "bookworm" },
		{ .name = "fresh", .version = "5", .archive = "bookworm-security@h" },
		{ .name = "nginx", .version = "1.22-1+deb12u1", .archive = "bookworm-security" },
		{ .name = "same", .version = "1", .archive = "bookworm" },
	};
	const char *modules_before[] = { "lib 1111", "gone 2222" }, *modules_after[] = { "lib 3333" };
	struct lock_app apps_before[] = {
		{ .name = "demo", .commit = "aaaa", .tree = "t", .modules = { modules_before, 2 } },
	};
	struct lock_app apps_after[] = {
		{ .name = "demo", .commit = "bbbb", .tree = "t", .modules = { modules_after, 1 } },
		{ .name = "tar", .tree = "sha256:1" },
	};
	const char *lines_before[] = { "# made by", "Flask==2.0 --hash=sha256:1", "    --hash=sha256:2",
				       "same==1 ; x", "url @ https://h/a" };
	const char *lines_after[] = { "Flask==2.1 --hash=sha256:3", "same==1 ; y", "url @ https://h/b" };
	struct lock_pins pins_before[] = { { .name = "python", .lines = lines_before, .line_count = 5 } },
			 pins_after[] = { { .name = "python", .lines = lines_after, .line_count = 3 } };
	struct lock old = {
		.packages = before,
		.package_count = 4,
		.apps = apps_before,
		.app_count = 1,
		.pins = pins_before,
		.pin_count = 1,
	};
	struct lock now = {
		.packages = after,
		.package_count = 4,
		.apps = apps_after,
		.app_count = 2,
		.pins = pins_after,
		.pin_count = 1,
	};
	AUTO_FREE char *moved = diff(&old, &now, 10), *none = diff(&old, &old, 0),
		       *empty = diff(&(struct lock){ 0 }, &(struct lock){ 0 }, 0);
	AUTO_FREE char *dropped = diff(
		&old,
		&(struct lock){ .packages = before, .package_count = 4, .apps = apps_before, .app_count = 1 },
		3);

	is(moved, "  package   back 3 -> 2\n"
		  "  package   fresh 5, new (security)\n"
		  "  package   nginx 1.22-1 -> 1.22-1+deb12u1 (security)\n"
		  "  package   old 2, gone\n"
		  "  app       demo aaaa -> bbbb\n"
		  "  app       tar sha256:1, new\n"
		  "  submodule demo/gone 2222, gone\n"
		  "  submodule demo/lib 1111 -> 3333\n"
		  "  python    Flask 2.0 -> 2.1\n"
		  "  python    url https://h/a -> https://h/b\n");
	is(none, "");
	is(empty, "");
	is(dropped,
	   "  python    Flask 2.0, gone\n  python    same 1, gone\n  python    url https://h/a, gone\n");
	return t_done();
}
