/* SPDX-License-Identifier: MIT */
/* A second build under other circumstances: another user, place and time. */
#pragma once
#include <jansson.h>

#include "base/err.h"

/* Builds in its own process with its own store below top, which that user owns then. Varied are the user, the
 * location of the machine's files, host name, date, time zone, locale, umask, home and the number of
 * processors (one). ret has "report", the report of `mkbench build`, and "varied" and "kept", lists of those
 * words; only root can become another user. */
struct err *reproduce_elsewhere(const char *recipe, const char *top, json_t **ret) MUST_CHECK;
