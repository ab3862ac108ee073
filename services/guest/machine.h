/* SPDX-License-Identifier: MIT */
/* The steps of provisioning that are not about one site. Each looks at the world first; *ret_did says
 * whether there was anything to do. */
#pragma once
#include "work.h"

#define MACHINE_SERVING BENCH_RUN "/serving" /* there once programs of the bench have been started */

struct err *machine_format(struct work *w, bool *ret_did) MUST_CHECK;
struct err *machine_folders(struct work *w, bool *ret_did) MUST_CHECK;
struct err *machine_memory(struct work *w, bool *ret_did) MUST_CHECK;
struct err *machine_links(struct work *w, bool *ret_did) MUST_CHECK;
struct err *machine_config(struct work *w, bool *ret_did) MUST_CHECK;   /* common_site_config.json, currentsite.txt */
struct err *machine_tables(struct work *w, bool *ret_did) MUST_CHECK;   /* MariaDB's own, in a staging folder until whole */
struct err *machine_stores(struct work *w, bool *ret_did) MUST_CHECK;   /* started, and answering */
struct err *machine_accounts(struct work *w, bool *ret_did) MUST_CHECK; /* nobody without a name */
struct err *machine_cache(struct work *w, bool *ret_did) MUST_CHECK;    /* flushed; locks of dead processes removed */
struct err *machine_bench(struct work *w, bool *ret_did) MUST_CHECK;    /* the other programs started */

/* What must be there before supervisor starts: folders, memory plan, nginx's map. */
struct err *machine_prepare(const struct bench *b, const bool *ready) MUST_CHECK;
