/* SPDX-License-Identifier: MIT */
/* Opens and closes sites in nginx: writes the map of hosts, reloads nginx, and waits until it answers. A
 * configuration that nginx refuses is never left in place. */
#pragma once
#include "provision/provision_context.h"

/* Before nginx starts: writes the map and the addresses to listen on. */
struct err *door_prepare(const struct bench *b, const bool *ready) MUST_CHECK;
/* Opens the sites that are ready and waits for the first one's answer, or for that of the one site that a
 * person adds: it is an error if that one does not answer. */
struct err *door_open(struct provision_context *w, bool *ret_did) MUST_CHECK;
/* Closes the sites that are not open any more. */
struct err *door_close(struct provision_context *w) MUST_CHECK;
/* Has nginx read its configuration again at a person's request; logs the result. */
void door_reload(const struct bench *b);
