/* SPDX-License-Identifier: MIT */
/* mkbench diff: shows what differs between two images. */
#include <stdio.h>

#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/option.h"
#include "report/diff_print.h"

enum { JSON = OPTION_OWN, MARKDOWN };

static struct err *take(void *wishes, int option, const char *value)
{
	enum diff_form *form = wishes, wanted = option == JSON ? DIFF_JSON : DIFF_MARKDOWN;

	(void)value;
	if (*form != DIFF_TEXT && *form != wanted)
		return err_new(ERR_USAGE, "diff takes one of --json and --markdown");
	*form = wanted;
	return NULL;
}

static struct err *run(int argc, char **argv)
{
	enum diff_form form = DIFF_TEXT;
	AUTO_CONTENTS struct contents old = { 0 }, new = { 0 };
	AUTO_DIFF struct diff d = { 0 };
	AUTO_TEXT struct text out = { 0 };
	const char *images[2] = { 0 };
	struct store *s = NULL;

	TRY(option_read(&cmd_diff, argc, argv, take, &form, images));
	cmd_store_open(&s);
	struct err *e = contents_open(images[0], s, &old);
	if (!e)
		e = contents_open(images[1], s, &new);
	store_close(s);
	TRY(e);
	diff_of(&old, &new, &d);
	diff_print(&d, form, &out);
	fputs(out.bytes, stdout);
	return NULL;
}

static const struct option_row options[] = {
	{ "markdown", MARKDOWN, NULL, NULL, "as Markdown, for a merge request" },
	{ "json", JSON, NULL, NULL, "as JSON" },
	{ 0 },
};

const struct cmd cmd_diff = {
	.name = "diff",
	.operand = "OLD NEW",
	.summary = "show what differs between two images",
	.text = "OLD and NEW are images as 'mkbench inspect' takes them, of any maker: packages with their "
		"versions, apps with their commits, settings, sizes, and files, the largest first. When a "
		"file was made is no difference, nor how an image is cut into layers.\n\n"
		"Exit status 0 whether they differ or not.",
	.options = options,
	.run = run,
};
