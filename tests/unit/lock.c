/* SPDX-License-Identifier: MIT */
#include "recipe/lock.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "recipe/lock_change.h"
#include "t.h"

static char *path;

static struct lock_package package(const char *name, const char *version, const char *because)
{
	return (struct lock_package){ .name = name,
				      .version = version,
				      .architecture = "amd64",
				      .archive = "trixie",
				      .filename = "pool/main/x_1+b1~2.deb",
				      .group = GROUP_SERVICES,
				      .because = because,
				      .size_bytes = 12345678901,
				      .sha256 = digest_of(name, strlen(name)) };
}

static char *contents(void)
{
	char *bytes = NULL;
	size_t len;

	ok(!file_read(path, 1 << 20, &bytes, &len));
	return bytes;
}

static void same_text(const char *got, const char *want)
{
	if (want)
		is(got, want);
	else
		ok(!got);
}

static void round_trip(void)
{
	/* names and versions that YAML has other ideas about */
	struct lock_package packages[] = {
		package("2048", "0.20", NULL),
		package("0ad", "1:0.0e3-3", "2048"),
		package("g++", "4:12.2~rc1+b1", "0ad"),
		package("1e3", "1e3", "1e3"),
		package("null", "1.0", "g++"),
		package("on", "12:30:00", NULL),
		package("true", "0x10", "no"),
		package("yes", "~", "y"),
		package("zz", "1\"\\2\n\t'é", "a: b # c"),
	};
	struct lock_app apps[] = {
		{ .name = "frappe",
		  .git = "https://git.example/\"frappe\"",
		  .ref = "0x10",
		  .commit = "0123456789012345678901234567890123456789",
		  .tree = "sha256:ab" },
		{ .name = "notes",
		  .sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		  .tree = "sha256:cd" },
	};
	static const char *const order[] = { "frappe", "on", "notes" };
	static const char *const lines[] = { "six==1.17.0 --hash=sha256:ab", "- a: \"b\" # \\c" };
	struct lock_pins pins[] = {
		{ .name = "python", .asked = digest_of("p", 1), .lines = lines, .line_count = 2 },
		{ .name = "none" },
	};
	struct lock l = {
		.asked = digest_of("q", 1),
		.epoch = 1700000000,
		.programs = { digest_of("s", 1), digest_of("t", 1), digest_of("u", 1) },
		.packages = packages,
		.package_count = COUNT(packages),
		.order = { (void *)order, COUNT(order) },
		.apps = apps,
		.app_count = COUNT(apps),
		.pins = pins,
		.pin_count = COUNT(pins),
		.sites = digest_of("s", 1),
	};
	struct lock r;
	bool found = false;

	ok(!lock_write(path, &l));
	AUTO_FREE char *first = contents();
	struct err *e = lock_read(path, &r, &found);
	AUTO_FREE char *why = e ? err_text(e) : mem_dup("read");
	is(why, "read");
	err_free(e);
	ok(found && digest_equal(&r.asked, &l.asked) && r.epoch == l.epoch);
	ok(!memcmp(&r.programs, &l.programs, sizeof r.programs));
	ok(r.package_count == l.package_count && r.app_count == l.app_count);
	for (size_t i = 0; i < r.package_count && i < l.package_count; i++) {
		const struct lock_package *got = &r.packages[i], *want = &packages[i];
		is(got->name, want->name);
		is(got->version, want->version);
		same_text(got->because, want->because);
		is(got->filename, want->filename);
		ok(got->group == want->group);
		is(got->archive, want->archive);
		is(got->architecture, want->architecture);
		ok(got->size_bytes == want->size_bytes && digest_equal(&got->sha256, &want->sha256));
	}
	for (size_t i = 0; i < r.app_count && i < l.app_count; i++) {
		is(r.apps[i].name, apps[i].name);
		same_text(r.apps[i].git, apps[i].git);
		same_text(r.apps[i].ref, apps[i].ref);
		same_text(r.apps[i].sha256, apps[i].sha256);
		ok(r.apps[i].submodules == !apps[i].git); /* false is written where it means something */
		same_text(r.apps[i].commit, apps[i].commit);
		is(r.apps[i].tree, apps[i].tree);
	}
	ok(r.order.count == 3 && !strcmp(((const char *const *)r.order.items)[1], "on"));
	ok(r.pin_count == 2 && lock_pins_find(&r, "none") == &r.pins[1] && !lock_pins_find(&r, "other") &&
	   !r.pins[1].line_count);
	ok(r.pins[0].line_count == 2 && digest_equal(&r.pins[0].asked, &pins[0].asked) &&
	   r.pins[0].at.column == 5);
	ok(digest_equal(&r.sites, &l.sites));
	is(r.pins[0].lines[0], lines[0]);
	is(r.pins[0].lines[1], lines[1]);
	ok(!lock_write(path, &r));
	AUTO_FREE char *second = contents();
	is(second, first);
	lock_done(&r);
}

static void nothing_chosen(void)
{
	struct lock none = { .asked = digest_of("", 0) }, r;
	bool found;

	ok(!lock_write(path, &none) && !lock_read(path, &r, &found) && found);
	ok(r.package_count == 0 && r.app_count == 0);
	lock_done(&r);
	ok(!unlink(path) && !lock_read(path, &r, &found) && !found);
	lock_done(&r);
}

#define HEAD \
	"format: 1\nasked: \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"\nepoch: 7\n"
#define SUM "sha256: \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""
#define LINE(name, size)                                                                                    \
	"  - {name: " name ", version: \"1\", arch: all, layer: base, archive: a, file: \"f\", size: " size \
	", " SUM "}\n"

#define PINS(name, lines)  \
	"  - {name: " name \
	", asked: \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\", lines: " lines "}\n"

static void refuses(const char *text, const char *where)
{
	struct lock l;
	bool found;

	ok(!file_write(path, text, strlen(text), 0644));
	struct err *e = lock_read(path, &l, &found);
	AUTO_FREE char *got = e ? err_text(e) : mem_dup("accepted");
	AUTO_FREE char *want = mem_printf("%s:%s", path, where);
	ok(e && err_kind(e) == ERR_RECIPE && text_starts(got, want) && !strchr(got, '\n'));
	printf("# %s\n", got);
	err_free(e);
	lock_done(&l);
}

static void bad_locks(void)
{
	refuses("", "1:1: ");
	refuses("packages: [\n", "2:1: ");
	refuses(HEAD, "1:1: 'packages'");
	refuses("format: 2\n" HEAD "packages: []\n", "1:9: 'format'");
	refuses(HEAD "packages:\n" LINE("aa", "0"), "5:");
	refuses(HEAD "packages:\n" LINE("aa", "1") LINE("Bad Name", "1"), "6:12: 'name'");
	refuses(HEAD "packages:\n" LINE("aa", "1x"), "5:83: 'size'");
	refuses(HEAD "packages: []\nmore: 1\n", "5:1: ");
	refuses(HEAD "packages:\n  - {name: a}\n", "5:5: 'version'");
	refuses(HEAD "packages: &a []\n", "4:11: ");
	refuses(HEAD "packages: []\npins:\n" PINS("a", "[x]") PINS("a", "[z]"),
		"7:5: pins 'a' are there twice");
	refuses(HEAD "packages: []\npins:\n" PINS("../a", "[]"), "6:12: 'name'");
	refuses(HEAD "packages: []\npins:\n" PINS("a", "[\"x\\ny\"]"), "6:98: 'lines'");
	refuses(HEAD "packages: []\npins:\n" PINS("a", "x"), "6:97: 'lines'");
	refuses(HEAD "packages: []\nsites: \"12\"\n", "5:8: 'sites'");
	refuses(HEAD "packages: []\npins:\n  - {name: a, lines: []}\n", "6:5: 'asked'");
}

static struct digest asked(const char *suite, const char *package_name, const char *ref, const char *site)
{
	struct app app = {
		.name = "frappe", .git = "https://git.example/frappe", .ref = ref, .submodules = true
	};
	struct site one = { .name = site };
	struct recipe r = { .base = { .suite = suite, .architecture = "amd64", .security = true },
			    .apps = { &app, 1 },
			    .sites = { &one, 1 } };

	return lock_asked(&r, &package_name, 1);
}

static void questions(void)
{
	struct digest q = asked("trixie", "nginx", "v15", "a.example"), other[] = {
		asked("bookworm", "nginx", "v15", "a.example"), asked("trixie", "redis", "v15", "a.example"),
		asked("trixie", "nginx", "v16", "a.example"),
	}, site = asked("trixie", "nginx", "v15", "b.example");
	char hex[DIGEST_HEX];

	for (size_t i = 0; i < COUNT(other); i++)
		ok(!digest_equal(&q, &other[i]));
	ok(digest_equal(&q, &site));
	/* Written in people's locks: another value here makes every lock stale. */
	is(digest_hex(&q, hex), "62900c59452ea4510bc6de7f1421c6a2d173d43ccdb9419428cfb1b316a3c99e");
}

static const char *const wanted[] = { "nginx" };

/* What lock_change_list says of a lock that answers old when the recipe has now, "-": not about apps alone.
 */
static void changes(const struct app *old, size_t old_count, const struct app *now, size_t now_count,
		    const char *suite, const char *want)
{
	struct recipe r = { .base = { .suite = "trixie" }, .apps = { (void *)old, old_count } };
	struct lock l = { .asked = lock_asked(&r, wanted, 1) };
	struct lock_app rows[4];
	const char *order[4];
	struct lock_change_set all;
	AUTO_TEXT struct text got = { 0 };

	for (size_t i = 0; i < old_count; i++) {
		order[i] = old[i].name;
		if (!old[i].path)
			rows[l.app_count++] = (struct lock_app){ .name = old[i].name,
								 .git = old[i].git,
								 .ref = old[i].ref,
								 .sha256 = old[i].sha256,
								 .submodules = old[i].submodules };
	}
	l.apps = rows;
	l.order = (struct list){ order, old_count };
	r.apps = (struct list){ (void *)now, now_count };
	r.base.suite = suite;
	if (!lock_change_list(&l, &r, wanted, 1, &all))
		text_put(&got, "-");
	for (size_t i = 0; i < all.count; i++)
		text_printf(&got, "%s%s %s", i ? ", " : "", all.items[i].name, all.items[i].what);
	is(got.bytes ? got.bytes : "", want);
	ok(!lock_change_find(&all, "nobody"));
	free(all.items);
	l.order.count = 0; /* a lock of before */
	ok(!lock_change_list(&l, &r, wanted, 1, &all) && !all.items);
}

static void app_changes(void)
{
	const struct app a = { .name = "a", .git = "g/a", .ref = "1", .submodules = true },
			 a2 = { .name = "a", .git = "g/a", .ref = "2", .submodules = true },
			 a3 = { .name = "a", .git = "g/b", .ref = "1", .submodules = true },
			 a4 = { .name = "a", .git = "g/a", .ref = "1" }, a5 = { .name = "a", .path = "a" },
			 b = { .name = "b", .archive = "u", .sha256 = "12", .submodules = true },
			 b2 = { .name = "b", .archive = "v", .sha256 = "12", .submodules = true },
			 b3 = { .name = "b", .archive = "v", .sha256 = "34", .submodules = true },
			 c = { .name = "c", .path = "c", .submodules = true };
	const struct app old[] = { a, b, c };

#define CHANGES(want, ...)                                                                                 \
	changes(old, 3, (const struct app[]){ __VA_ARGS__ }, COUNT(((const struct app[]){ __VA_ARGS__ })), \
		"trixie", want)
	CHANGES("", a, b, c);
	CHANGES("a has another ref", a2, b, c);
	CHANGES("a has another address", a3, b, c);
	CHANGES("a takes its submodules otherwise", a4, b, c);
	CHANGES("a is a folder now", a5, b, c);
	CHANGES("", a, b2, c); /* the same bytes from elsewhere */
	CHANGES("b is another archive", a, b3, c);
	CHANGES("a has another ref, b is another archive", a2, b3, c);
	CHANGES("c is gone", a, b);
	CHANGES("a is gone", b, c);
	CHANGES("a is gone, c is gone", b);
	CHANGES("-", b, a, c);
	CHANGES("-", c, a2, b);
	const struct app fewer[] = { a, c };
	changes(fewer, 2, old, 3, "trixie", "b is new");
	changes(fewer, 2, (const struct app[]){ c, b, a }, 3, "trixie", "-");
	changes(&c, 1, old, 3, "trixie", "a is new, b is new");
	changes(old, 3, (const struct app[]){ a2, b, c }, 3, "bookworm", "-");
}

static void paths(void)
{
	static const char *const pairs[][2] = {
		{ "demo.yml", "demo.lock" },
		{ "a.b/demo", "a.b/demo.lock" },
		{ "../x/r.1.yaml", "../x/r.1.lock" },
		{ "./.hidden", "./.hidden.lock" },
	};

	for (size_t i = 0; i < COUNT(pairs); i++) {
		AUTO_FREE char *got = lock_path(pairs[i][0]);
		is(got, pairs[i][1]);
	}
}

int main(void)
{
	char folder[] = "/tmp/mkbench-lock.XXXXXX";

	if (!mkdtemp(folder))
		return 1;
	path = mem_printf("%s/r.lock", folder);
	round_trip();
	nothing_chosen();
	bad_locks();
	questions();
	app_changes();
	paths();
	ok(!file_remove_tree(folder));
	free(path);
	return t_done();
}
