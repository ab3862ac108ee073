#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/cmd.h"
#include "recipe/recipe.h"
#include "schema/jsonschema.h"
#include "schema/reference.h"

static struct err *run(int argc, char **argv)
{
	bool json = argc == 2 && !strcmp(argv[1], "--json");

	if (argc != 1 && !json)
		return err_new(ERR_USAGE, "schema takes no argument but --json: mkbench schema [--json]");
	AUTO_FREE char *text = json ? jsonschema_text(recipe_fields, "A recipe of mkbench")
				    : reference_markdown(recipe_fields, "The keys of a recipe");
	printf(json ? "%s\n" : "%s", text);
	return NULL;
}

const struct cmd cmd_schema = {
	.name = "schema",
	.args = "[--json]",
	.summary = "print the recipe reference, or its JSON Schema",
	.help =
		"\n"
		"Prints every key of a recipe in Markdown.\n"
		"\n"
		"  --json              as a JSON Schema, for editors\n",
	.run = run,
};
