/* SPDX-License-Identifier: MIT */
#include "lib/placeholders.h"

#include "base/mem.h"
#include "t.h"

static const struct placeholders_word words[] = {
	{ "site", "a.test" }, { "db_name", "_1" }, { "app", NULL }, { "loop", "{site}" }
};

static void text(const char *from, const char *want)
{
	AUTO_FREE char *got = placeholders_text(from, words, COUNT(words));

	is(got, want);
}

int main(void)
{
	static const char *const argv[] = { "new", "{site}", "--db={db_name}", NULL };

	text("", "");
	text("{site}", "a.test");
	text("{site}{db_name}x", "a.test_1x");
	text("{other} {", "{other} {");
	text("{si", "{si");
	text("{}", "{}");
	text("{{site}}", "{a.test}");
	text("{app}", "{app}");
	text("{loop}", "{site}"); /* a value is never filled again: it may be a secret with braces */
	text("$(x) `y` ;&", "$(x) `y` ;&");
	char **list = placeholders_list(argv, words, COUNT(words));
	is(list[2], "--db=_1");
	ok(!list[3]);
	placeholders_free(list);
	json_t *in =
		json_loads("{\"{site}\": [\"{db_name}\", 1, true, null, {\"x\": \"{site}!\"}]}", 0, NULL);
	json_t *out = placeholders_json(in, words, COUNT(words));
	AUTO_FREE char *dump = json_dumps(out, JSON_COMPACT);
	is(dump, "{\"{site}\":[\"_1\",1,true,null,{\"x\":\"a.test!\"}]}");
	json_decref(in);
	json_decref(out);
	return t_done();
}
