/* SPDX-License-Identifier: MIT */
#include "service/step_tools.h"

#include "base/text.h"
#include "loaded.h"

#define AT SERVICE_TOOLS "/"
#define TOOL(file, text)                                     \
	{                                                    \
		.name = file, .path = AT file, .bytes = text \
	}

/* Names of the tools that a step with these words uses, by space. */
static char *used(const struct service_tool *tools, size_t count, const char *const *argv)
{
	AUTO_FREE bool *is_used = mem_array(count, sizeof *is_used);
	struct text t = { 0 };

	step_tools_used(tools, count, argv, is_used);
	for (size_t i = 0; i < count; i++)
		if (is_used[i])
			text_printf(&t, "%s%s", t.len ? " " : "", tools[i].name);
	return text_take(&t);
}

static void test_words(void)
{
	static const struct service_tool tools[] = {
		TOOL("one.py", "#!/usr/bin/python3\nimport os, shared\n"),
		TOOL("two.py", "import shared_too\nimportant = 'shared'\n# import shared\n"),
		TOOL("three.py", "def late():\n\tfrom two import shared as other\n"),
		TOOL("shared.py", "from base import what\n"),
		TOOL("base.py", "import shared\n"), /* a circle ends */
		TOOL("one.js", "import shared\n"),
		TOOL("last.py", "import one"),
	};
	static const struct {
		const char *word, *uses;
	} rows[] = {
		{ AT "one.py", "one.py shared.py base.py" },
		{ AT "two.py", "two.py" },
		{ "exec python3 " AT "three.py x", "two.py three.py shared.py base.py" },
		{ AT "base.py", "shared.py base.py" },
		{ AT "one.js", "one.js" },
		{ AT "last.py", "one.py shared.py base.py last.py" },
		{ "/usr/lib/one.py", "" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO_FREE char *got =
			used(tools, COUNT(tools), (const char *const[]){ "sh", rows[i].word, NULL });
		is(got, rows[i].uses);
	}
}

static void use_of(const struct service_set *s, const struct service_step *steps, size_t count,
		   bool *ret_used, bool *ret_shared)
{
	const struct service_tool *tools;
	size_t tool_count = service_tools(s, &tools);

	for (size_t i = 0; i < count; i++) {
		AUTO_FREE char *names = used(tools, tool_count, steps[i].argv);
		for (size_t k = 0; k < tool_count; k++)
			ret_used[k] |= strstr(names, tools[k].name) != NULL;
		*ret_shared &= !strstr(names, "node.py") || strstr(names, "app_files.py");
	}
}

/* A framework lists no tool that none of its steps uses, and a step uses what its tool imports. */
static void test_bench(void)
{
	static const char recipe[] = "name: d\nversion: \"1\"\nbase: {suite: bookworm}\nframework: bench\n"
				     "apps: [{name: one, git: https://example.com/one, ref: main}]\nsites: "
				     "[{name: one.localhost}]\n";
	struct recipe r = { 0 };
	struct service_set *s = NULL;
	const struct service_tool *tools;
	const struct service_step *steps;
	size_t n;
	bool shared = true;
	AUTO_FREE char *why = loaded(recipe, &r, &s);

	is(why ? why : "fine", "fine");
	size_t count = service_tools(s, &tools);
	AUTO_FREE bool *is_used = mem_array(count, sizeof *is_used);
	n = service_pin_steps(s, &steps);
	use_of(s, steps, n, is_used, &shared);
	n = service_prepare_steps(s, &steps);
	use_of(s, steps, n, is_used, &shared);
	n = service_app_steps(s, r.apps.items, &steps);
	use_of(s, steps, n, is_used, &shared);
	n = service_bench_steps(s, &steps);
	use_of(s, steps, n, is_used, &shared);
	for (size_t i = 0; i < count; i++)
		is(is_used[i] ? tools[i].name : "used by no step", tools[i].name);
	ok(count > 7 && shared);
	service_free(s);
	recipe_done(&r);
}

int main(void)
{
	test_words();
	test_bench();
	return t_done();
}
