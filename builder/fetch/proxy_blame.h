/* SPDX-License-Identifier: MIT */
/* Proxies that the environment names, for people: which variable is to blame. */
#pragma once

/* " (the proxy that $https_proxy names)" when what curl says of a failed connection is about that proxy, else "". The caller's to free. */
char *proxy_blame(const char *url, const char *says);
