/* SPDX-License-Identifier: MIT */
/* A site that is there, in an upgrade: its migration, its new apps, and whether it works. Each may be run
 * again on data that were put back. */
#pragma once
#include "provision/site.h"

struct err *site_upgrade_migrate(struct provision_context *w, struct site *s, bool *ret_did) MUST_CHECK;
/* apps that the recipe lists and the site has not */
struct err *site_upgrade_install(struct provision_context *w, struct site *s, bool *ret_did) MUST_CHECK;
struct err *site_upgrade_probe(struct provision_context *w, struct site *s, bool *ret_did) MUST_CHECK;
