/* SPDX-License-Identifier: MIT */
#include "debian/relation.h"

#include <stdlib.h>

#include "base/mem.h"
#include "t.h"

/* A parsed field as one line, so that a test says all of it at once. */
static char *shown(const char *field)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct relation *items;
	size_t count;
	struct err *e = relation_parse(&arena, (struct slice){ field, strlen(field) }, &items, &count);
	static const char *const signs[] = { "", "<<", "<=", "=", ">=", ">>" };

	if (e) {
		char *text = err_text(e);
		err_free(e);
		return text;
	}
	char *line = mem_dup("");
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < items[i].count; j++) {
			const struct alternative *a = &items[i].alternatives[j];
			line = mem_append(line, "%s%s%s%s%s%s", j ? "|" : "", a->name, a->arch ? "@" : "",
					  a->arch ? a->arch : "", signs[a->order],
					  a->version ? a->version : "");
		}
		line = mem_append(line, ";");
	}
	return line;
}

static void parsing(void)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ " ,\n , ", "" },
		{ "a", "a;" },
		{ "a, b-c.d+1", "a;b-c.d+1;" },
		{ "libc6 (>= 2.36),a(<<1:2~)|b( = 3 )\n | c:any (>> 4),",
		  "libc6>=2.36;a<<1:2~|b=3|c@any>>4;" },
		{ "a (<= 1), b (< 1), c (> 1)", "a<=1;b<=1;c>=1;" },
		{ "a:amd64", "a@amd64;" },
		{ "a\n\tb", "cannot read the relation \"a  b\"" },
		{ "a |", "cannot read the relation \"a |\"" },
		{ "a b", "cannot read the relation \"a b\"" },
		{ "a (1)", "cannot read the relation \"a (1)\"" },
		{ "a (>= )", "cannot read the relation \"a (>= )\"" },
		{ "a (>= 1", "cannot read the relation \"a (>= 1\"" },
		{ "a >= 1)", "cannot read the relation \"a >= 1)\"" },
		{ "(>= 1)", "cannot read the relation \"(>= 1)\"" },
		{ "x, :any", "cannot read the relation \":any\"" },
		{ "a [amd64]", "cannot read the relation \"a [amd64]\"" },
		{ ")", "cannot read the relation \")\"" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *got = shown(cases[i][0]);
		is(got, cases[i][1]);
	}
}

static void fitting(void)
{
	static const struct {
		enum relation_order order;
		const char *below, *same, *above;
	} rows[] = {
		{ RELATION_ANY, "y", "y", "y" }, { RELATION_BEFORE, "y", "", "" },
		{ RELATION_UPTO, "y", "y", "" }, { RELATION_IS, "", "y", "" },
		{ RELATION_FROM, "", "y", "y" }, { RELATION_AFTER, "", "", "y" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct alternative a = { "a", NULL, rows[i].order == RELATION_ANY ? NULL : "1.0",
					 rows[i].order };
		ok(relation_fits(&a, "1.0~rc") == (*rows[i].below != 0));
		ok(relation_fits(&a, "1.0") == (*rows[i].same != 0));
		ok(relation_fits(&a, "1.0-1") == (*rows[i].above != 0));
		ok(relation_fits(&a, NULL) == (rows[i].order == RELATION_ANY));
	}
}

int main(void)
{
	parsing();
	fitting();
	return t_done();
}
