/* SPDX-License-Identifier: MIT */
/* Nginx: which host is which site, and whether it answers. A configuration that nginx would
 * refuse is never left in force. */
#pragma once
#include "provision/provision_context.h"

/* Before nginx starts: the map, and what listens. */
struct err *door_prepare(const struct bench *b, const bool *ready) MUST_CHECK;
/* Nginx told which sites are ready; the first of them answers, or that one alone
 * that a person adds: else an error. */
struct err *door_open(struct provision_context *w, bool *ret_did) MUST_CHECK;
/* Nginx told that others are not, or not any more. */
struct err *door_close(struct provision_context *w) MUST_CHECK;
/* Nginx reads its configuration again, on a person's wish; says how it went. */
void door_reload(const struct bench *b);
