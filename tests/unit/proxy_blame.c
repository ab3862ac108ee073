/* SPDX-License-Identifier: MIT */
#include "fetch/proxy_blame.h"

#include <stdlib.h>

#include "base/mem.h"
#include "t.h"

static void test_blame(void)
{
	static const char *const variables[] = { "http_proxy",	"HTTP_PROXY", "https_proxy",
						 "HTTPS_PROXY", "all_proxy",  "ALL_PROXY" };
	static const struct {
		const char *apt, *variable, *value, *url, *says, *want;
	} cases[] = {
		{ NULL, "http_proxy", "http://127.0.0.1:9", "http://m.example/d",
		  "Failed to connect to 127.0.0.1 port 9", " (the proxy that $http_proxy names)" },
		{ NULL, "HTTPS_PROXY", "me:secret@gate.example:3128", "https://m.example/d",
		  "Could not resolve proxy: gate.example", " (the proxy that $HTTPS_PROXY names)" },
		{ NULL, "all_proxy", "socks5h://[::1]:1080/", "http://m.example/",
		  "Failed to connect to ::1 port 1080", " (the proxy that $all_proxy names)" },
		{ NULL, "HTTP_PROXY", "http://127.0.0.1:9", "http://m.example/d",
		  "Failed to connect to 127.0.0.1 port 9", "" },
		{ NULL, "https_proxy", "http://127.0.0.1:9", "http://m.example/d",
		  "Failed to connect to 127.0.0.1 port 9", "" },
		{ NULL, "http_proxy", "http://127.0.0.1:9", "http://m.example/d",
		  "Failed to connect to m.example port 80", "" },
		{ NULL, "http_proxy", "http://127.0.0.1:9", "http://127.0.0.1:80/",
		  "Failed to connect to 127.0.0.1 port 80", "" },
		{ NULL, "http_proxy", "", "http://m.example/d", "Failed to connect to m.example port 80",
		  "" },
		{ NULL, "https_proxy", "http://gate:9", "https://m.example/d",
		  "CONNECT tunnel failed, response 403", " (the proxy that $https_proxy names)" },
		{ NULL, "http_proxy", "http://gate:9", "http://m.example/d",
		  "answers 407, a login is missing", " (the proxy that $http_proxy names)" },
		{ "http://127.0.0.1:10", "http_proxy", "http://gate:9", "http://m.example/d",
		  "Failed to connect to 127.0.0.1 port 10", " (the proxy that apt's configuration names)" },
		{ "", "http_proxy", "http://gate:9", "http://m.example/d",
		  "Could not resolve host: m.example", "" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t j = 0; j < COUNT(variables); j++)
			unsetenv(variables[j]);
		setenv(cases[i].variable, cases[i].value, 1);
		AUTO_FREE char *got = proxy_blame(cases[i].url, cases[i].apt, cases[i].says);
		is(got, cases[i].want);
	}
}

int main(void)
{
	test_blame();
	return t_done();
}
