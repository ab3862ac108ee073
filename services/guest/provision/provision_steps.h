/* SPDX-License-Identifier: MIT */
/* The steps of provisioning that are not about one site. Each looks at the present state first; *ret_did
 * says whether there was anything to do. */
#pragma once
#include "provision/provision_context.h"

#define PROVISION_STEPS_SERVING                                                    \
	BENCH_RUN "/serving" /* there once programs of the bench have been started \
			      */
/* exists once the web server may listen: services/web/web.py */
#define PROVISION_STEPS_STORES BENCH_RUN "/stores"

struct err *provision_steps_format(struct provision_context *w, bool *ret_did) MUST_CHECK;
struct err *provision_steps_folders(struct provision_context *w, bool *ret_did) MUST_CHECK;
struct err *provision_steps_memory(struct provision_context *w, bool *ret_did) MUST_CHECK;
struct err *provision_steps_links(struct provision_context *w, bool *ret_did) MUST_CHECK;
/* common_site_config.json, currentsite.txt */
struct err *provision_steps_config(struct provision_context *w, bool *ret_did) MUST_CHECK;
/* MariaDB's system tables, in a staging folder until they are whole */
struct err *provision_steps_tables(struct provision_context *w, bool *ret_did) MUST_CHECK;
/* MariaDB and Redis, until they answer */
struct err *provision_steps_stores(struct provision_context *w, bool *ret_did) MUST_CHECK;
/* removes accounts without a name */
struct err *provision_steps_accounts(struct provision_context *w, bool *ret_did) MUST_CHECK;
/* flushes the cache; removes locks of dead processes */
struct err *provision_steps_cache(struct provision_context *w, bool *ret_did) MUST_CHECK;
/* starts the bench's programs */
struct err *provision_steps_bench(struct provision_context *w, bool *ret_did) MUST_CHECK;

/* Lets the web server listen, which so far has only imported its application: the stores are up, and the
 * sites of an upgrade are migrated. */
struct err *provision_steps_listen(void) MUST_CHECK;

/* Prepares what Supervisor needs before it starts: folders, memory plan, nginx's map. */
struct err *provision_steps_prepare(const struct bench *b, const bool *ready) MUST_CHECK;
