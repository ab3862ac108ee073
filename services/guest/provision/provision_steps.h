/* SPDX-License-Identifier: MIT */
/* The steps of provisioning that are not about one site. Each looks at the world first; *ret_did says
 * whether there was anything to do. */
#pragma once
#include "provision/provision_context.h"

#define PROVISION_STEPS_SERVING                                                    \
	BENCH_RUN "/serving" /* there once programs of the bench have been started \
			      */
/* there once the web server may listen: services/web/web.py */
#define PROVISION_STEPS_STORES BENCH_RUN "/stores"

struct err *provision_steps_format(struct provision_context *w, bool *ret_did) MUST_CHECK;
struct err *provision_steps_folders(struct provision_context *w, bool *ret_did) MUST_CHECK;
struct err *provision_steps_memory(struct provision_context *w, bool *ret_did) MUST_CHECK;
struct err *provision_steps_links(struct provision_context *w, bool *ret_did) MUST_CHECK;
/* common_site_config.json, currentsite.txt */
struct err *provision_steps_config(struct provision_context *w, bool *ret_did) MUST_CHECK;
/* MariaDB's own, in a staging folder until whole */
struct err *provision_steps_tables(struct provision_context *w, bool *ret_did) MUST_CHECK;
/* started, and answering */
struct err *provision_steps_stores(struct provision_context *w, bool *ret_did) MUST_CHECK;
/* nobody without a name */
struct err *provision_steps_accounts(struct provision_context *w, bool *ret_did) MUST_CHECK;
/* flushed; locks of dead processes removed */
struct err *provision_steps_cache(struct provision_context *w, bool *ret_did) MUST_CHECK;
/* the other programs started */
struct err *provision_steps_bench(struct provision_context *w, bool *ret_did) MUST_CHECK;

/* A web server that has only imported its application listens: the stores are there, and
 * sites that an upgrade migrates are. */
struct err *provision_steps_listen(void) MUST_CHECK;

/* What must be there before supervisor starts: folders, memory plan, nginx's map. */
struct err *provision_steps_prepare(const struct bench *b, const bool *ready) MUST_CHECK;
