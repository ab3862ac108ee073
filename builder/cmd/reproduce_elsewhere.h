/* SPDX-License-Identifier: MIT */
/* A build by somebody else, somewhere else, at another time. */
#pragma once
#include <jansson.h>

#include "base/err.h"

/* In a process of its own, with a store of its own below top, which then is that user's: as another user,
 * with the machine's files at another place, another host name, date, time zone, locale, umask and home, on
 * one processor. ret has "report", what `mkbench build` reports, and "varied" and "kept", lists of those
 * words: only root can be somebody else. */
struct err *reproduce_elsewhere(const char *recipe, const char *top, json_t **ret) MUST_CHECK;
