/* SPDX-License-Identifier: MIT */
/* The steps of an upgrade for one existing site: migrates it, installs new apps, checks that it works. Each
 * may run again on data that were put back. */
#pragma once
#include "provision/site.h"

struct err *site_upgrade_migrate(struct provision_context *w, struct site *s, bool *ret_did) MUST_CHECK;
/* installs apps that the recipe lists and the site does not have */
struct err *site_upgrade_install(struct provision_context *w, struct site *s, bool *ret_did) MUST_CHECK;
struct err *site_upgrade_probe(struct provision_context *w, struct site *s, bool *ret_did) MUST_CHECK;
