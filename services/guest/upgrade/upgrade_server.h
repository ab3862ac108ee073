/* SPDX-License-Identifier: MIT */
/* MariaDB's own step in an upgrade, when its series is another than that of the data. */
#pragma once
#include "provision/provision_context.h"

/* Only looks. ERR_SYSTEM when the last stop was not clean and the data are of a series
 * whose log no newer server reads. */
struct err *upgrade_server_check(const struct bench *b, const json_t *committed) MUST_CHECK;
/* With the server up: its system tables become the new series', and every table is checked (mariadb-upgrade).
 * ERR_SYSTEM when it has found changes of indexes that it would lose. */
struct err *upgrade_server(struct provision_context *w, bool *ret_did) MUST_CHECK;
