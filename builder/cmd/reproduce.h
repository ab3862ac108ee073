/* SPDX-License-Identifier: MIT */
/* A recipe built twice, the second time under other circumstances: are the outputs the same bytes? */
#pragma once
#include "base/err.h"

/* First as a person builds it, then from an empty store, on one processor, with another umask, locale, time zone, HOME, folder of results
 * and, for root, host name, without SOURCE_DATE_EPOCH. A line an output on standard output; ERR_BUILD when one differs, with what differs
 * in the image. The date and the user stay what they are. */
struct err *reproduce(const char *recipe) MUST_CHECK;
