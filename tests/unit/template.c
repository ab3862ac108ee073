/* SPDX-License-Identifier: MIT */
#include "template/template.h"

#include "base/mem.h"
#include "t.h"

/* What a text becomes with name=value pairs; a failure is its message. */
static char *expand(const char *text, const char *const *pairs)
{
	struct arena a = { 0 };
	struct variables outer = { .arena = &a }, inner = { .arena = &a, .outer = &outer };
	struct source from = { .path = "x.conf" };
	const char *filled = "";

	variables_set(&outer, "name", "outer");
	for (; *pairs; pairs += 2)
		variables_set(&inner, pairs[0], pairs[1]);
	struct err *e = template_text(&a, &inner, &from, text, &filled);
	char *ret = e ? err_text(e) : mem_dup(filled);
	err_free(e);
	variables_done(&outer);
	variables_done(&inner);
	arena_done(&a);
	return ret;
}

#define FOUR "{{#on}}{{#on}}{{#on}}{{#on}}"

static void test_expand(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "a {{name}} b", "a outer b" },
		{ "{site} {{name}}{{port}}", "{site} outer80" },
		{ "{{#on}}yes{{/on}}{{^on}}no{{/on}}", "yes" },
		{ "{{#off}}yes{{/off}}{{^off}}no{{/off}}", "no" },
		{ "a\n\t{{#on}}\nb\n\t{{/on}}\nc\n", "a\nb\nc\n" },
		{ "a\n{{#off}}\nb {{name}}\n\t{{#on}}\nx\n\t{{/on}}\n{{/off}}\nc\n", "a\nc\n" },
		{ "a {{#on}}\nb{{/on}}\n", "a \nb\n" },
		{ "{{nam}}", "x.conf:1:1: unknown variable 'nam': did you mean 'name'?" },
		{ "a\n\xc3\xa9 {{zebra}}", "x.conf:2:3: unknown variable 'zebra'" },
		{ "{{#off}}{{zebra}}{{/off}}", "x.conf:1:9: unknown variable 'zebra'" },
		{ "a\n {{name", "x.conf:2:2: '{{' has no '}}' on its line" },
		{ "{{#on}}a", "x.conf:1:1: this section is not closed" },
		{ "a{{/on}}", "x.conf:1:2: this mark closes nothing that is open" },
		{ FOUR FOUR FOUR FOUR "{{#on}}", "x.conf:1:113: sections lie too deep in one another" },
		{ "{{#on}}a{{/off}}", "x.conf:1:9: this mark closes nothing that is open" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *got = expand(
			cases[i].text, (const char *const[]){ "port", "80", "on", "yes", "off", "", NULL });
		is(got, cases[i].want);
	}
}

int main(void)
{
	test_expand();
	return t_done();
}
