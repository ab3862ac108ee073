/* SPDX-License-Identifier: MIT */
/* mkbench schema: prints the table of a recipe's keys. */
#include <stdio.h>

#include "base/mem.h"
#include "cmd/option.h"
#include "cmd/cmd.h"
#include "recipe/recipe.h"
#include "schema/jsonschema.h"
#include "schema/schema_markdown.h"

enum { JSON = OPTION_OWN };

static struct err *take(void *wishes, int id, const char *value)
{
	(void)id;
	(void)value;
	*(bool *)wishes = true;
	return NULL;
}

static struct err *run(int argc, char **argv)
{
	bool json = false;
	const char *nothing;

	TRY(option_read(&cmd_schema, argc, argv, take, &json, &nothing));
	AUTO_FREE char *text = json ? jsonschema_text(recipe_fields, "A recipe of mkbench") :
				      schema_markdown(recipe_fields, "The keys of a recipe");
	printf(json ? "%s\n" : "%s", text);
	return NULL;
}

static const struct option_row options[] = { { "json", JSON, NULL, NULL, "as a JSON Schema, for editors" },
					     { 0 } };

const struct cmd cmd_schema = {
	.name = "schema",
	.summary = "print the table of a recipe's keys, or their JSON Schema",
	.text = "Prints every key of a recipe in Markdown, as recipes/README.md has them under \"The keys of "
		"a recipe\".",
	.options = options,
	.run = run,
};
