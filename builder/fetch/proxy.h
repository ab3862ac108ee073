/* SPDX-License-Identifier: MIT */
/* Finds the proxy for an archive: from this machine's apt configuration, else from the environment. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/progress.h"

struct proxies {
	struct arena arena;
	/* "http::Proxy::host" and its value */
	struct {
		struct proxy_row {
			const char *key, *value;
		} * items;
		size_t count, room;
	} rows;
	struct progress *progress;
};

/* Reads the output of `apt-config dump`; empty if that is not installed. */
struct err *proxy_read(struct progress *p, struct proxies *ret) MUST_CHECK;
/* The proxy's URL, "" for none, NULL: as the environment says. The order is apt's: a proxy set for the host,
 * then the output of a Proxy-Auto-Detect program, then the general one; https uses http's if it has none.
 * This machine itself is contacted directly. */
const char *proxy_for(struct proxies *p, const char *url);
void proxy_done(struct proxies *p);
