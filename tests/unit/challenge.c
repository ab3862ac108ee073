/* SPDX-License-Identifier: MIT */
#include "registry/challenge.h"

#include "t.h"

static void test_read(void)
{
	static const struct {
		const char *headers[3];
		enum challenge_scheme scheme;
		const char *realm, *service;
	} cases[] = {
		{ { "Bearer realm=\"https://a.example/t?x=1,2\",service=\"s, 1\",scope=\"r:n:p\"" },
		  CHALLENGE_BEARER,
		  "https://a.example/t?x=1,2",
		  "s, 1" },
		{ { "bearer Realm = \"r\\\"q\" , service=plain" }, CHALLENGE_BEARER, "r\"q", "plain" },
		{ { "Basic realm=\"Bearer realm=x\"" }, CHALLENGE_BASIC, NULL, NULL },
		{ { "Basic realm=\"a\", Bearer realm=\"b\"" }, CHALLENGE_BEARER, "b", NULL },
		{ { "Basic realm=\"a\"", "Bearer realm=\"b\"" }, CHALLENGE_BEARER, "b", NULL },
		{ { "Bearer realm=\"b\"", "Basic realm=\"a\"" }, CHALLENGE_BEARER, "b", NULL },
		{ { "Negotiate" }, CHALLENGE_NONE, NULL, NULL },
		{ { "Bearer realm=\"open" }, CHALLENGE_BEARER, "open", NULL },
		{ { "=,\"\" ==, Basic" }, CHALLENGE_BASIC, NULL, NULL },
		{ { "" }, CHALLENGE_NONE, NULL, NULL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct challenge c = { 0 };
		for (size_t k = 0; cases[i].headers[k]; k++)
			challenge_read(cases[i].headers[k], &c);
		ok(c.scheme == cases[i].scheme);
		is(c.realm ? c.realm : "", cases[i].realm ? cases[i].realm : "");
		is(c.service ? c.service : "", cases[i].service ? cases[i].service : "");
		challenge_done(&c);
	}
}

int main(void)
{
	test_read();
	return t_done();
}
