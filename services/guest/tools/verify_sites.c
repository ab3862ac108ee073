/* SPDX-License-Identifier: MIT */
#include "tools/verify_sites.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "lib/command.h"

/* Parses one line and changes it; other lines are other output of the program. */
static void read_line(struct ctl_verify *v, const char *site, char *line)
{
	const char *own = v->check;
	char *name = strsep(&line, "\t"), *verdict = strsep(&line, "\t");

	if (!line || (strcmp(verdict, "ok") && strcmp(verdict, "failed")))
		return;
	struct err *e = strcmp(verdict, "ok") ? err_new(ERR_SYSTEM, "%s", line) : NULL;
	v->check = name;
	ctl_verify_row(v, site, e, "%s", line);
	v->check = own;
}

static void ask(struct ctl_verify *v, const char *site, const struct bench_command *c)
{
	const struct placeholders_word words[] = { { "site", site } };
	AUTO_FREE char *output = NULL;
	struct err *e = command_ask(v->bench, c, &v->bench->user, words, COUNT(words), &output);

	for (char *rest = output, *line; rest && (line = strsep(&rest, "\n"));)
		read_line(v, site, line);
	if (e)
		ctl_verify_row(v, site, e, "%s", c->name);
}

void verify_sites_all(struct ctl_verify *v)
{
	for (size_t i = 0; i < v->bench->sites.count; i++)
		for (size_t k = 0; k < v->bench->checks.count; k++)
			ask(v, v->bench->sites.items[i].name, &v->bench->checks.items[k]);
}
