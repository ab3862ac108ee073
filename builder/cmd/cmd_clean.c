/* SPDX-License-Identifier: MIT */
/* mkbench clean: removes from the store what was not used for a month. */
#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/option.h"
#include "layer/sandbox/sandbox.h"
#include "store/store.h"

#define MONTH_SECONDS (30u * 24 * 3600)

static struct err *run(int argc, char **argv)
{
	struct option_set o = { 0 };
	struct store *s = NULL;
	uint64_t freed = 0;
	char size[16];

	TRY(option_set_read(&cmd_clean, argc, argv, &o));
	if (geteuid()) /* whose steps wrote with ids of his range */
		TRY(sandbox_enter_user_namespace());
	TRY(store_open(NULL, &s));
	struct err *e =
		o.built ? store_clean_built(s, &freed) : store_clean(s, o.all ? 0 : MONTH_SECONDS, &freed);
	if (!e)
		printf("%s: %s freed\n", store_path(s), text_size((double)freed, size));
	store_close(s);
	return e;
}

static const struct option_row options[] = {
	{ "built", OPTION_BUILT, NULL, NULL,
	  "what was built, such as layers and unpacked roots; keeps all that was downloaded, and mkbench's "
	  "own programs" },
	{ "all", OPTION_ALL, NULL, NULL, "everything" },
	{ 0 },
};

const struct cmd cmd_clean = {
	.name = "clean",
	.summary = "remove from the store what was not used for a month",
	.text = "The store is $MKBENCH_STORE; unless that is set, $XDG_CACHE_HOME/mkbench or "
		"~/.cache/mkbench.",
	.options = options,
	.run = run,
};
