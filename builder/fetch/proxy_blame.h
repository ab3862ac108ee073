/* SPDX-License-Identifier: MIT */
/* Names the proxy that caused a failure, and where it was configured. */
#pragma once

/* " (the proxy that $https_proxy names)" if the failure described by says is about that proxy, else "". apt:
 * the proxy in apt's configuration for this URL, "" for none; NULL: none is set there and the environment
 * decides. The caller's to free. */
char *proxy_blame(const char *url, const char *apt, const char *says);
