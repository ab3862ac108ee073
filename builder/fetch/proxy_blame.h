/* SPDX-License-Identifier: MIT */
/* Proxies, for people: whether one is to blame, and who names it. */
#pragma once

/* " (the proxy that $https_proxy names)" when what is said of a failure is about that proxy, else "".
 * apt: what apt's configuration names for this URL, "" for none, NULL: nothing, and the environment
 * decides. The caller's to free. */
char *proxy_blame(const char *url, const char *apt, const char *says);
