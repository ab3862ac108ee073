/* SPDX-License-Identifier: MIT */
/* What an error says. Both free it, and show its words when they are not those that the test wants. */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"
#include "t.h"

static inline bool fine(struct err *e)
{
	AUTO_FREE char *text = e ? err_text(e) : NULL;

	if (text)
		printf("# %s\n", text);
	err_free(e);
	return !text;
}

/* It is of that kind and has these words. */
static inline bool says(struct err *e, enum err_kind kind, const char *words)
{
	AUTO_FREE char *text = e ? err_text(e) : NULL;
	bool good = e && err_kind(e) == kind && strstr(text, words);

	if (!good)
		printf("# %s\n", e ? text : "nothing failed");
	err_free(e);
	return good;
}

/* For programs that other tests run: a failure's words on standard error, and the exit status that is its
 * kind. */
static inline int exit_status(struct err *e)
{
	AUTO_FREE char *text = e ? err_text(e) : NULL;
	int status = e ? (int)err_kind(e) : 0;

	if (e)
		fprintf(stderr, "%s\n", text);
	err_free(e);
	return status;
}
