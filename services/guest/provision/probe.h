/* SPDX-License-Identifier: MIT */
/* Checks by real operations whether the bench serves: each site's page and live events through nginx, a
 * SELECT as the site's own account, Redis, Supervisor's programs. */
#pragma once
#include "lib/bench.h"

struct probe {
	json_t *sites;	  /* by name: "ready", "maintenance", "preparing", or what is wrong */
	json_t *problems; /* what is wrong beside the sites, as texts */
	size_t ready, maintenance, preparing, failing; /* the number of sites of each kind */
	bool mute;				       /* whether live events of a site do not answer */
};

/* Takes at most about limit_ms in all. */
void probe_run(const struct bench *b, unsigned limit_ms, struct probe *ret);
/* The same for one site before it is open: page and live events at their own ports, and the account. A site
 * in maintenance passes. */
struct err *probe_behind(const struct bench *b, const struct bench_site *s, unsigned limit_ms) MUST_CHECK;
void probe_done(struct probe *p);
#define AUTO_PROBE __attribute__((cleanup(probe_done)))
