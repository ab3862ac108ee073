/* SPDX-License-Identifier: MIT */
/* Whether the bench serves, by real operations: each site's page and live events through Nginx, a SELECT as
 * the site's own account, Redis, supervisor's programs. */
#pragma once
#include "lib/bench.h"

struct probe {
	json_t *sites;	  /* by name: "ready", "maintenance", "preparing", or what is wrong */
	json_t *problems; /* texts: what is wrong beside the sites */
	size_t ready, maintenance, preparing, failing; /* sites of each kind */
	bool mute;				       /* a site's live events do not answer */
};

/* Takes at most about limit_ms in all. */
void probe_run(const struct bench *b, unsigned limit_ms, struct probe *ret);
/* The same of one site that nobody is let into yet: web and live events by their own ports, its
 * account. One in maintenance is well. */
struct err *probe_behind(const struct bench *b, const struct bench_site *s, unsigned limit_ms) MUST_CHECK;
void probe_done(struct probe *p);
#define AUTO_PROBE __attribute__((cleanup(probe_done)))
