/* SPDX-License-Identifier: MIT */
#include "debian/index.h"

#include <stdlib.h>

#include "base/mem.h"
#include "debian/relation.h"
#include "t.h"

#define SHA "SHA256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF\n"
#define STANZA(name, version, more)                                                          \
	"Package: " name "\nVersion: " version "\nArchitecture: amd64\nFilename: pool/" name \
	".deb\nSize: 10\n" SHA more "\n"

static struct err *add(struct index *ix, const char *text, uint32_t archive, int pin)
{
	return index_add(ix, text, strlen(text), archive, pin);
}

static const struct package *found(const struct index *ix, const char *name, const char *version)
{
	const struct package *p = index_find(ix, name);

	is(p ? p->version : NULL, version);
	return p;
}

static void candidates(void)
{
	struct index *ix = index_new("amd64");
	static const char main_text[] = STANZA(
		"b", "1.0-1",
		"Priority: required\nEssential: yes\nImportant: yes\nSource: bsrc (1.0)\n"
		"Installed-Size: 77\nMulti-Arch: allowed\nDescription: a b\n long: text\n")
		STANZA("a", "2", "Multi-Arch: foreign\n")
			STANZA("a", "10",
			       "Multi-Arch: same\nPriority: odd\n") "Package: all\nVersion: 1\nArchitecture: "
								    "all\nFilename: a/all.deb\nSize: 0\n" SHA
								    "\n"
								    "Package: foreign\nArchitecture: i386\n";

	ok(!add(ix, main_text, 0, 500));
	ok(!add(ix, STANZA("b", "1.0-1+deb12u1", "") STANZA("a", "1", "Protected: yes\n"), 1, 990));
	ok(!index_seal(ix));
	ok(index_count(ix) == 3);
	is(index_at(ix, 1)->name, "all");
	ok(index_at(ix, 1)->id == 1);
	is(index_at(ix, 1)->architecture, "all");
	is(index_architecture(ix), "amd64");
	ok(!index_find(ix, "foreign") && !index_find(ix, "") && !index_find(ix, "zz"));

	const struct package *p = found(ix, "a", "1"); /* a higher pin beats a higher version */
	ok(p && p->archive == 1 && p->pin == 990 && p->protected_ && !p->essential);
	is(p->source, "a");
	p = found(ix, "b", "1.0-1+deb12u1");
	ok(p && p->priority == PRIORITY_OPTIONAL && p->multi_arch == MULTI_ARCH_NO);
	index_free(ix);
}

static void fields(void)
{
	struct index *ix = index_new("amd64");
	char hex[DIGEST_HEX];

	ok(!add(ix,
		STANZA("b", "1:2~3-4",
		       "Priority: required\nEssential: yes\nImportant: yes\nSource: bsrc (1.0)\n"
		       "Installed-Size: 77\nMulti-Arch: allowed\nDescription: a b\n long: text\n"),
		3, 500));
	ok(!add(ix, STANZA("b", "1:2~3-4", ""), 4, 500));
	ok(!index_seal(ix));
	const struct package *p = found(ix, "b", "1:2~3-4");
	is(p->source, "bsrc");
	is(p->filename, "pool/b.deb");
	is(digest_hex(&p->sha256, hex), "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	ok(p->size_bytes == 10 && p->installed_kib == 77 && p->archive == 3);
	ok(p->priority == PRIORITY_REQUIRED && p->multi_arch == MULTI_ARCH_ALLOWED && p->essential &&
	   p->protected_);
	ok(control_get(p->stanza, "Description").len == strlen("a b\n long: text"));
	index_free(ix);
}

static void providers(void)
{
	struct index *ix = index_new("amd64");
	static const struct {
		const char *name, *version;
	} want[] = { { "e", NULL }, { "p", NULL }, { "d", "3" }, { "c", NULL }, { "a", "2" } };
	const struct provider *got;

	ok(!add(ix,
		STANZA("a", "1", "Provides: x, mta (= 2), later (>= 3), other:i386\n") STANZA(
			"c", "1", "Provides: mta\n") STANZA("d", "1",
							    "Provides: mta (= 3)\nPriority: standard\n")
			STANZA("e", "1", "Provides: mta\nEssential: yes\nPriority: extra\n") STANZA(
				"p", "1", "Provides: mta, here:amd64\nProtected: yes\nPriority: extra\n")
				STANZA("old", "1", "Provides: mta\n") STANZA("old", "2", ""),
		0, 500));
	ok(!index_seal(ix));
	ok(index_providers(ix, "mta", &got) == COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++) {
		is(got[i].package->name, want[i].name);
		ok(want[i].version ? got[i].version && !strcmp(got[i].version, want[i].version) :
				     !got[i].version);
	}
	ok(index_providers(ix, "x", &got) == 1 && index_providers(ix, "here", &got) == 1);
	ok(!index_providers(ix, "later", &got) && !index_providers(ix, "other", &got) &&
	   !index_providers(ix, "zzz", &got));
	index_free(ix);
}

static void is_refused(const char *text, const char *why)
{
	struct index *ix = index_new("amd64");
	struct err *e = add(ix, text, 0, 500);

	if (!e)
		e = index_seal(ix);
	AUTO_FREE char *got = e ? err_text(e) : NULL;
	is(got, why);
	ok(e && err_kind(e) == ERR_FETCH);
	err_free(e);
	index_free(ix);
}

static void refusals(void)
{
	static const char good[] = STANZA("a", "1", "");

#define AFTER_GOOD(text) STANZA("a", "1", "") "\n" text
	is_refused(AFTER_GOOD("Package: b\nArchitecture: all\n"),
		   "Packages, stanza at line 9: package \"b\": no usable Version");
	is_refused("Package: b\nrubbish\n", "Packages, stanza at line 1: \"rubbish\" is no field");
	is_refused(STANZA("../a", "1", ""),
		   "Packages, stanza at line 1: package \"../a\": no usable Package");
	is_refused(STANZA("a", "1/2", ""), "Packages, stanza at line 1: package \"a\": no usable Version");
	is_refused(STANZA("a", "1", "Size: 18446744073709551616\n"),
		   "Packages, stanza at line 1: package \"a\": no usable Size");
	is_refused(STANZA("a", "1", "Size: -1\n"),
		   "Packages, stanza at line 1: package \"a\": no usable Size");
	is_refused(STANZA("a", "1", "SHA256: 00\n"),
		   "Packages, stanza at line 1: package \"a\": no usable SHA256");
	is_refused(STANZA("a", "1", "Source: .a\n"),
		   "Packages, stanza at line 1: package \"a\": no usable Source");
	static const char *const paths[] = { "/a", "..", "a/..", "../a", "a/../b", "a b" };
	for (size_t i = 0; i < COUNT(paths); i++) {
		AUTO_FREE char *text =
			mem_printf("%.*sFilename: %s\n", (int)strlen(good) - 1, good, paths[i]);
		is_refused(text, "Packages, stanza at line 1: package \"a\": no usable Filename");
	}
	is_refused(STANZA("a", "1", "Provides: b (= 1\n"),
		   "Provides of a: cannot read the relation \"b (= 1\"");
	struct index *ix = index_new("amd64");
	ok(!add(ix, STANZA("a", "1", "Filename: ./..a/b..\n"), 0, 500));
	ok(!add(ix, "", 0, 500));
	ok(!index_seal(ix));
	index_free(ix);
	ix = index_new("amd64");
	ok(!index_seal(ix) && !index_count(ix) && !index_find(ix, "a"));
	index_free(ix);
	index_free(NULL);
}

/* A signed list may be one that nobody has looked at: what is kept of it has bounds. */
static void is_within(const struct index_limit *limit, const char *says)
{
	static const char text[] = STANZA("a", "1", "Depends: x, y | x\nProvides: p:i386, q\n") "\n" STANZA(
		"b", "1", "Depends: x\n");
	struct index *ix = index_new("amd64");

	index_set_limit(ix, limit);
	struct err *e = add(ix, text, 0, 500);
	if (!e)
		e = index_seal(ix);
	AUTO_FREE char *got = e ? err_text(e) : NULL;
	ok(says ? got && strstr(got, says) && err_kind(e) == ERR_FETCH : !e);
	err_free(e);
	index_free(ix);
}

static void limits(void)
{
	is_within(&(struct index_limit){ 2, 5, 200 }, NULL); /* a, x, y, q, b */
	is_within(&(struct index_limit){ 1, 5, 200 },
		  "Packages, stanza at line 11: this is more than 1 packages");
	is_within(&(struct index_limit){ 2, 4, 200 },
		  "Packages, stanza at line 11: this is more than 2 packages, or than 4 names");
	is_within(&(struct index_limit){ 2, 5, 150 }, "Packages, stanza at line 1: a package has 182 bytes");
	struct index *ix = index_new("amd64");
	index_set_limit(ix, &(struct index_limit){ 2, 5, 200 });
	ok(!add(ix,
		STANZA("a", "1", "Provides: p:i386, p:i386, p:i386\n") "\n" STANZA("b", "1",
										   "Provides: p, p, p\n"),
		0, 500));
	struct err *e = index_seal(ix);
	AUTO_FREE char *got = e ? err_text(e) : NULL;
	is(got, "the lists provide more than 5 names");
	err_free(e);
	index_free(ix);
}

int main(void)
{
	limits();
	candidates();
	fields();
	providers();
	refusals();
	return t_done();
}
