/* SPDX-License-Identifier: MIT */
#include "debian/resolve.h"

#include <stdlib.h>

#include "base/mem.h"
#include "t.h"

/* "name version Field: value; Field: value" becomes a stanza. */
static char *packages_text(const char *const *rows, size_t count)
{
	char *text = mem_dup("");

	for (size_t i = 0; i < count; i++) {
		AUTO_FREE char *row = mem_dup(rows[i]);
		char *rest = NULL, *name = strtok_r(row, " ", &rest), *version = strtok_r(NULL, " ", &rest);
		text = mem_append(text,
				  "Package: %s\nVersion: %s\nArchitecture: amd64\nFilename: f\nSize: "
				  "1\nSHA256: %064d\n",
				  name, version, 0);
		for (char *field = strtok_r(NULL, ";", &rest); field; field = strtok_r(NULL, ";", &rest))
			text = mem_append(text, "%s\n", field + strspn(field, " "));
		text = mem_append(text, "\n");
	}
	return text;
}

static char *show(struct err *e, struct resolution *res, const char *why)
{
	if (e) {
		AUTO_FREE char *message = err_text(e);
		char *line = mem_printf("%d %s", err_kind(e), message);
		err_free(e);
		return line;
	}
	char *line = why ? resolve_why(res, why) : mem_dup("");
	for (size_t i = 0; !why && i < res->count; i++)
		line = mem_append(line, "%s%s", i ? " " : "", res->items[i].package->name);
	resolve_done(res);
	return line;
}

/* Asks "a b !c +": a and b wanted, c forbidden, Recommends followed. Answers the
 * chosen names, or the reason of one of them, or the error with its kind. */
static char *answer(const char *const *rows, size_t count, const char *asked, const char *why)
{
	AUTO_FREE char *text = packages_text(rows, count), *line = mem_dup(asked);
	const char *wanted[8], *forbidden[8];
	struct resolve_request req = { .wanted = wanted, .forbidden = forbidden };
	struct resolution res;
	struct index *ix = index_new("amd64");
	char *rest = NULL;

	for (char *word = strtok_r(line, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		if (*word == '+')
			req.recommends = true;
		else if (*word == '!')
			forbidden[req.forbidden_count++] = word + 1;
		else
			wanted[req.wanted_count++] = word;
	struct err *e = index_add(ix, text, strlen(text), 0, 500);
	if (!e)
		e = index_seal(ix);
	if (!e)
		e = resolve_run(ix, &req, &res);
	char *shown = show(e, &res, why);
	index_free(ix);
	return shown;
}

#define CASE(asked, want, ...)                                                  \
	do {                                                                    \
		static const char *const rows[] = { __VA_ARGS__ };              \
		AUTO_FREE char *got = answer(rows, COUNT(rows), (asked), NULL); \
		is(got, want);                                                  \
	} while (0)

#define WHY(asked, name, want, ...)                                               \
	do {                                                                      \
		static const char *const rows[] = { __VA_ARGS__ };                \
		AUTO_FREE char *got = answer(rows, COUNT(rows), (asked), (name)); \
		is(got, want);                                                    \
	} while (0)

static void choosing(void)
{
	CASE("a", "a dash", "a 1", "b 1", "dash 1 Essential: yes");
	CASE("", "dash", "a 1", "dash 1 Essential: yes");
	CASE("", "", "a 1");
	CASE("a", "a b c d", "a 1 Pre-Depends: b; Depends: c", "b 1 Depends: d, a", "c 1", "d 1");
	CASE("a", "a b", "a 1 Depends: b | c", "b 1", "c 1");
	CASE("a", "a c", "a 1 Depends: b | c", "c 1");
	CASE("a c", "a c", "a 1 Depends: b | c", "b 1", "c 1");
	CASE("c a", "a c", "a 1 Depends: b | c", "b 1", "c 1");
	CASE("a", "a c", "a 1 Depends: b (>= 2) | c", "b 1", "c 1");
	CASE("b a", "a b c d", "a 1 Depends: x | c", "b 1 Depends: d | c", "c 1", "d 1");
	CASE("a b", "a b c", "a 1 Depends: x | c", "b 1 Depends: d | c", "c 1", "d 1");
	CASE("a a", "a b", "a 1 Depends: b (>= 2), b (<< 3)", "b 2.1", "b 1");
}

static void providing(void)
{
	CASE("a", "a x", "a 1 Depends: x", "x 1", "e 1 Provides: x; Priority: required");
	CASE("a", "a f", "a 1 Depends: x", "e 1 Provides: x", "f 1 Provides: x; Priority: important");
	CASE("a", "a e", "a 1 Depends: x", "f 1 Provides: x", "e 1 Provides: x");
	CASE("a", "a f", "a 1 Depends: x", "e 1 Provides: x", "f 1 Provides: x");
	CASE("a", "a e", "a 1 Depends: x; Suggests: f", "e 1 Provides: x", "f 1 Provides: x");
	CASE("a g", "a g", "a 1 Depends: x", "f 1 Provides: x", "g 1 Provides: x");
	CASE("a", "a f", "a 1 Depends: x (>= 2)", "e 1 Provides: x", "f 1 Provides: x (= 2)", "x 1");
	CASE("x", "f", "f 1 Provides: x");
	CASE("a", "a b", "a 1 Depends: b:any", "b 1 Multi-Arch: allowed");
	CASE("a", "a c", "a 1 Depends: b:any | c:amd64", "b 1 Multi-Arch: foreign", "c 1");
	CASE("a", "a c", "a 1 Depends: b:i386 | c", "b 1", "c 1");
}

static void conflicting(void)
{
	CASE("a", "a c", "a 1 Depends: b | c; Conflicts: b", "b 1", "c 1");
	CASE("a", "a c", "a 1 Depends: b | c", "b 1 Breaks: a (<< 2)", "c 1");
	CASE("a", "a b", "a 2 Depends: b | c", "b 1 Breaks: a (<< 2)", "c 1");
	CASE("a", "a c", "a 1 Depends: b | c; Conflicts: v", "b 1 Provides: v", "c 1");
	CASE("a", "a b", "a 1 Depends: b | c; Conflicts: v (<< 2)", "b 1 Provides: v (= 2)", "c 1");
	CASE("m", "m", "m 1 Provides: mta; Conflicts: mta, m");
	/* what was chosen first gives way to what nothing else can replace */
	CASE("a z", "a c x z", "a 1 Depends: b | c", "b 1", "c 1", "z 1 Depends: y | x",
	     "y 1 Conflicts: b; Depends: no", "x 1 Conflicts: b");
	/* what a failed try brought along goes with it */
	CASE("a", "a c", "a 1 Depends: b | c", "b 1 Depends: d, none", "c 1", "d 1");
}

static void leaving_out(void)
{
	CASE("a !b", "a c", "a 1 Depends: b | c", "b 1", "c 1");
	CASE("a !nothing", "a", "a 1");
	CASE("a", "a", "a 1 Recommends: b", "b 1");
	CASE("a +", "a b d", "a 1 Recommends: b, none, c | d", "b 1", "c 1 Conflicts: b", "d 1");
	CASE("a +", "a c", "a 1 Recommends: b; Depends: c", "b 1 Depends: none", "c 1");
	CASE("a z +", "a x z", "a 1 Recommends: b", "b 1", "z 1 Depends: y | x", "y 1 Depends: none",
	     "x 1 Conflicts: b");
}

static void failing(void)
{
	CASE("aa", "3 no archive has a package aa; did you mean ab?", "ab 1", "zzz 1");
	CASE("v", "3 v is a virtual package that several provide: choose one of b, a", "a 1 Provides: v",
	     "b 1 Provides: v");
	CASE("a !a", "3 package a is both wanted and forbidden", "a 1");
	CASE("!dash", "3 package dash is both wanted and forbidden", "dash 1 Essential: yes");
	CASE("a !b", "5 no set of packages fits: a needs b, but b is forbidden", "a 1 Depends: b", "b 1");
	CASE("a",
	     "5 no set of packages fits: a needs b needs c (>= 2) | d, but c is there as 1 only, no archive "
	     "has d",
	     "a 1 Depends: b", "b 1 Depends: c (>= 2) | d", "c 1");
	CASE("a", "5 no set of packages fits: a needs b:any, but nothing that may be chosen fits b:any",
	     "a 1 Depends: b:any", "b 1");
	CASE("a b", "5 no set of packages fits: b conflicts with a, and both are wanted or Essential",
	     "a 1 Conflicts: b", "b 1");
	CASE("a b", "5 no set of packages fits: b needs c, but c conflicts with d (a needs e needs d)",
	     "a 1 Depends: e", "b 1 Depends: c", "c 1", "d 1 Breaks: c", "e 1 Depends: d");
	CASE("a", "4 Depends of a: cannot read the relation \"b (\"", "a 1 Depends: b (");
	CASE("a", "4 Conflicts of b: cannot read the relation \"b c\"", "a 1 Depends: b",
	     "b 1 Conflicts: b c");
}

static void explaining(void)
{
	WHY("a", "c", "a needs b needs c", "a 1 Depends: b", "b 1 Depends: c", "c 1");
	WHY("a", "a", "a", "a 1");
	WHY("a b", "c", "a needs c", "a 1 Depends: c", "b 1 Depends: c", "c 1");
	static const char *const rows[] = { "a 1 Depends: x | y", "b 1", "y 1", "dash 1 Essential: yes" };
	AUTO_FREE char *none = answer(rows, COUNT(rows), "a", "b");
	ok(!none);

	AUTO_FREE char *text = packages_text(rows, COUNT(rows));
	struct index *ix = index_new("amd64");
	static const char *const wanted[] = { "a" };
	struct resolution res;
	ok(!index_add(ix, text, strlen(text), 0, 500) && !index_seal(ix));
	ok(!resolve_run(ix, &(struct resolve_request){ .wanted = wanted, .wanted_count = 1 }, &res));
	const struct chosen *y = resolve_find(&res, "y"), *dash = resolve_find(&res, "dash");
	is(y->relation, "x | y");
	is(y->because->name, "a");
	ok(!dash->because && !dash->relation && !resolve_find(&res, "x"));
	index_free(ix);
	resolve_done(&res);
}

int main(void)
{
	choosing();
	providing();
	conflicting();
	leaving_out();
	failing();
	explaining();
	return t_done();
}
