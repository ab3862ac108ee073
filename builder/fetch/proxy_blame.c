/* SPDX-License-Identifier: MIT */
#include "fetch/proxy_blame.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

/* The variable that curl uses for this URL, and its value, or NULL. HTTP_PROXY in capitals is not used: a web
 * server's client could set it. */
static const char *variable_of(const char *url, const char **ret_value)
{
	static const char *const plain[] = { "http_proxy", "all_proxy", "ALL_PROXY" }, *const secure[] = {
		"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"
	};
	bool tls = text_starts(url, "https:");
	const char *const *names = tls ? secure : plain;

	for (size_t i = 0; i < (tls ? COUNT(secure) : COUNT(plain)); i++) {
		const char *value = getenv(names[i]);
		if (value && *value) {
			*ret_value = value;
			return names[i];
		}
	}
	return NULL;
}

/* "host" of "http://user:password@host:port/" */
static char *host_of(const char *proxy)
{
	const char *start = strstr(proxy, "://");

	start = start ? start + 3 : proxy;
	const char *end = start + strcspn(start, "/"), *at = memrchr(start, '@', (size_t)(end - start));
	start = at ? at + 1 : start;
	size_t len = *start == '[' ? strcspn(start, "]") : strcspn(start, ":/");
	return *start == '[' ? mem_ndup(start + 1, len - 1) : mem_ndup(start, len);
}

/* Whether the message is about a tunnel through it, or is its own answer. */
static bool is_about_proxy(const char *says)
{
	return strcasestr(says, "proxy") || strcasestr(says, "CONNECT tunnel") || strstr(says, "answers 407");
}

char *proxy_blame(const char *url, const char *apt, const char *says)
{
	const char *proxy = apt, *name = apt ? NULL : variable_of(url, &proxy);
	AUTO_FREE char *host = proxy ? host_of(proxy) : NULL, *own = host_of(url);

	if (!host || !*host || !strcmp(host, own) || (!strstr(says, host) && !is_about_proxy(says)))
		return mem_dup("");
	return name ? mem_printf(" (the proxy that $%s names)", name) :
		      mem_dup(" (the proxy that apt's configuration names)");
}
