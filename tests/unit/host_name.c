/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "contract/host_name.h"
#include "launch/image_bench.h"
#include "says.h"

/* Which names may be a site's, and which hosts nginx is asked to answer for. */
static void names(void)
{
	static const struct {
		const char *name;
		bool site, served;
	} cases[] = {
		{ "one.localhost", true, true },
		{ "xn--caf-dma.fr", true, true },
		{ "WWW.Example.org", false, true },
		{ "a_b.example.org", false, true },
		{ "*.example.org", false, true },
		{ "*.*.org", false, false },
		{ "*", false, false },
		{ "", false, false },
		{ ".example.org", false, false },
		{ "example.org.", true, false },
		{ "a..b", false, false },
		{ "-a.org", false, false },
		{ "../up", false, false },
		{ "a b", false, false },
		{ "a\"; }", false, false },
		{ "a\033[2J", false, false },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		printf("# '%s'\n", i + 1 < COUNT(cases) ? cases[i].name : "ESC");
		ok(host_name_is_site(cases[i].name) == cases[i].site);
		ok(host_name_is_served(cases[i].name) == cases[i].served);
	}
}

static void lengths(void)
{
	char host[300];

	memset(host, 'a', sizeof host);
	host[200] = 0;
	ok(host_name_is_site(host));
	host[200] = 'a', host[201] = 0;
	ok(!host_name_is_site(host));
	host[201] = 'a', host[253] = 0;
	ok(host_name_is_served(host));
	host[253] = 'a', host[254] = 0;
	ok(!host_name_is_served(host));
}

/* An image whose site answers for a wildcard is as good as any; what would break a
 * terminal or a path is not. */
static void of_an_image(void)
{
	static const char good[] = "{\"sites\": [{\"name\": \"one.localhost\", \"hosts\": "
				   "[\"*.example.org\", \"A_b.example.org\"]}]}";
	static const char bad[] = "{\"sites\": [{\"name\": \"one.localhost\", \"hosts\": [\"a/../b\"]}]}";
	AUTO_BENCH struct bench b = { 0 }, c = { 0 };

	ok(fine(image_bench_parse(good, "x.tar", &b)));
	ok(says(image_bench_parse(bad, "x.tar", &c), ERR_BUILD, "no host name"));
}

int main(void)
{
	names();
	lengths();
	of_an_image();
	return t_done();
}
