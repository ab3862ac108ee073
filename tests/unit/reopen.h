/* SPDX-License-Identifier: MIT */
/* One store that a test closes and opens again. */
#pragma once
#include "base/mem.h"
#include "says.h"
#include "store/store.h"

static char *top;

static inline struct store *reopen(struct store *s)
{
	store_close(s);
	s = NULL;
	ok(fine(store_open(top, &s)));
	return s;
}

static inline struct digest put(struct store *s, const char *text)
{
	struct digest d = { 0 };

	ok(!store_put(s, text, strlen(text), &d));
	return d;
}
