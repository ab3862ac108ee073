/* SPDX-License-Identifier: MIT */
/* MariaDB's own step in an upgrade, when the image's series differs from the data's. */
#pragma once
#include "provision/provision_context.h"

/* Only looks. ERR_SYSTEM when the last stop was not in order and the data's series has a log format that
 * newer servers cannot read. */
struct err *upgrade_server_check(const struct bench *b, const json_t *committed) MUST_CHECK;
/* With the server up: mariadb-upgrade changes the system tables to the new series and checks every table.
 * ERR_SYSTEM when changes wait in the change buffer, which would be lost. */
struct err *upgrade_server(struct provision_context *w, bool *ret_did) MUST_CHECK;
