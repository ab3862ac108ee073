/* SPDX-License-Identifier: MIT */
/* Through which proxy archives are asked: what apt of this machine is told, else the environment. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/progress.h"

struct proxies {
	struct arena arena;
	/* "http::Proxy::host" and what it is */
	struct {
		struct proxy_row {
			const char *key, *value;
		} * items;
		size_t count, room;
	} rows;
	struct progress *progress;
};

/* What `apt-config dump` says; nothing where that is not installed. */
struct err *proxy_read(struct progress *p, struct proxies *ret) MUST_CHECK;
/* The proxy's URL, "" for none, NULL: as the environment says. As apt does: a proxy of the host's own goes
 * first, then what a Proxy-Auto-Detect program prints, then the one for all; https takes http's where it has
 * none. This machine itself is asked directly. */
const char *proxy_for(struct proxies *p, const char *url);
void proxy_done(struct proxies *p);
