/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/option.h"
#include "report/inspect.h"

enum { JSON = OPTION_OWN };

struct wishes {
	const char *image, *why;
	bool json;
};

static struct err *take(void *wishes, int option, const char *value)
{
	struct wishes *w = wishes;

	switch (option) {
	case JSON: w->json = true; return NULL;
	case OPTION_WHY: w->why = value; return NULL;
	default: return err_new(ERR_USAGE, "an option that nobody takes");
	}
}

static struct err *run(int argc, char **argv)
{
	struct wishes w = { 0 };
	AUTO_CONTENTS struct contents c = { 0 };
	AUTO_TEXT struct text out = { 0 };
	struct store *s = NULL;

	TRY(option_read(&cmd_inspect, argc, argv, take, &w, &w.image));
	cmd_store_open(&s);
	struct err *e = contents_open(w.image, s, &c);
	store_close(s);
	TRY(e);
	if (w.why)
		TRY(inspect_why(&c, w.why, w.json, &out));
	else if (w.json)
		inspect_print_json(&c, &out);
	else
		inspect_print(&c, &out);
	fputs(out.bytes, stdout);
	return NULL;
}

static const struct option_row options[] = {
	{ "why", OPTION_WHY, "PATH", NULL, "only who brought this file of the image: its layer, step and package" },
	{ "json", JSON, NULL, NULL, "as JSON" },
	{ 0 },
};

const struct cmd cmd_inspect = {
	.name = "inspect",
	.operand = "IMAGE",
	.summary = "show what an image holds, how large it is and who brought a file",
	.text = "IMAGE is an OCI image layout (a NAME-TAG.oci folder, or one in a .tar) or a docker archive, of mkbench or of others: its settings, its "
		"layers, its packages of Debian, Python and Node, its apps, what is largest. Needs no right and starts nothing. A disk is not read: "
		"it holds what the container of the same recipe holds.\n\n"
		"A layer that was read, or built here, is remembered in the store under its digest, so a look is quick.",
	.options = options,
	.run = run,
};
