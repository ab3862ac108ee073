/* SPDX-License-Identifier: MIT */
/* mkbench upgrade --plan: shows what a newer image does to the data of an older one. */
#include <stdio.h>

#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/option.h"
#include "report/report_text.h"
#include "report/upgrade_plan.h"

enum { PLAN = OPTION_OWN, JSON };

struct wishes {
	bool plan, json;
};

static struct err *take(void *wishes, int option, const char *value)
{
	struct wishes *w = wishes;

	(void)value;
	*(option == PLAN ? &w->plan : &w->json) = true;
	return NULL;
}

static struct err *open_both(const char *const *images, struct contents *old, struct contents *new)
{
	struct store *s = NULL;

	cmd_store_open(&s);
	struct err *e = contents_open(images[0], s, old);
	if (!e)
		e = contents_open(images[1], s, new);
	store_close(s);
	return e;
}

static struct err *run(int argc, char **argv)
{
	AUTO_CONTENTS struct contents old = { 0 }, new = { 0 };
	AUTO_TEXT struct text out = { 0 };
	const char *images[2] = { 0 };
	struct wishes w = { 0 };
	json_t *plan;

	TRY(option_read(&cmd_upgrade, argc, argv, take, &w, images));
	if (!w.plan)
		return err_new(ERR_USAGE, "upgrade needs --plan: to upgrade, start %s on the volume of %s",
			       images[1], images[0]);
	TRY(open_both(images, &old, &new));
	TRY(upgrade_plan_of(&old, &new, &plan));
	size_t refused = json_array_size(json_object_get(plan, "refused"));
	if (!w.json)
		upgrade_plan_print(plan, &out);
	if (w.json)
		report_text_dump(&out, plan);
	else
		json_decref(plan);
	fputs(out.bytes, stdout);
	return refused ? err_new(ERR_BUILD, "%s would refuse the data of %s", images[1], images[0]) : NULL;
}

static const struct option_row options[] = {
	{ "plan", PLAN, NULL, NULL, "say what would happen; nothing is started and nothing changed" },
	{ "json", JSON, NULL, NULL, "as JSON" },
	{ 0 },
};

const struct cmd cmd_upgrade = {
	.name = "upgrade",
	.operand = "OLD NEW",
	.summary = "say what a newer image does to the data of an older one",
	.text = "OLD and NEW are images of mkbench, as 'mkbench inspect' takes them. Apps with versions and "
		"commits, the patches that NEW has and OLD has not, what changes of MariaDB, Redis, Python "
		"and Node, what each site gets, and what NEW would refuse. What a site was given by hand is "
		"not known here: a rehearsal, which 'benchctl upgrade' describes, tries the data "
		"themselves.\n\n"
		"Exit status 5 when NEW would refuse the data.",
	.options = options,
	.run = run,
};
