/* SPDX-License-Identifier: MIT */
#include "cmd/cmd.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "store/store.h"

const struct cmd *const cmd_all[] = {
	&cmd_init,    &cmd_check, &cmd_plan,	&cmd_lock,	 &cmd_build, &cmd_run,	&cmd_verify,
	&cmd_inspect, &cmd_diff,  &cmd_upgrade, &cmd_sbom,	 &cmd_push,  &cmd_sign, &cmd_verify_signature,
	&cmd_store,   &cmd_clean, &cmd_schema,	&cmd_completion, NULL,
};

struct err *cmd_find(const char *name, const struct cmd **ret)
{
	/* the words that the program itself takes, then the commands */
	const char *names[COUNT(cmd_all) + 4] = { "help", "version", "--help", "--version" };
	size_t count = 4;

	for (const struct cmd *const *c = cmd_all; *c; c++) {
		if (!strcmp((*c)->name, name)) {
			*ret = *c;
			return NULL;
		}
		names[count++] = (*c)->name;
	}
	const char *near = text_nearest(name, names, count);
	return err_new(ERR_USAGE,
		       near ? "no command '%s': did you mean '%s'?" : "no command '%s': see 'mkbench help'",
		       name, near);
}

void cmd_store_open(struct store **ret)
{
	struct err *e = store_open(NULL, ret);

	if (e)
		*ret = NULL;
	err_free(e);
}
