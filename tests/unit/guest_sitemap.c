#include "sitemap.h"

#include "base/mem.h"
#include "t.h"

static const char *const none[] = { NULL };
static const char *const first_hosts[] = { "www.example.org", "two.test", "WWW.Example.org", "bad;host", "x{y}", NULL };
static const char *const second_hosts[] = { "one.test", "*.wild.test", NULL };

static void map(struct bench *b, const bool *ready, const char *want)
{
	AUTO_FREE char *text = sitemap_text(b, ready);

	is(text, want);
}

int main(void)
{
	struct bench_site sites[] = {
		{ .name = "one.test", .hosts = first_hosts, .apps = none },
		{ .name = "two.test", .hosts = second_hosts, .apps = none },
	};
	struct bench b = { .unknown_host = "refuse", .sites = { sites, 2 } };
	const bool both[] = { true, true }, first[] = { true, false };

	/* names of nginx's syntax are left out, a host claimed twice goes to the first */
	map(&b, both,
	    "default \"\";\none.test \"one.test\";\nwww.example.org \"one.test\";\ntwo.test \"one.test\";\n*.wild.test \"two.test\";\n");
	b.unknown_host = "two.test";
	map(&b, first,
	    "default \"-two.test\";\none.test \"one.test\";\nwww.example.org \"one.test\";\ntwo.test \"one.test\";\n*.wild.test \"-two.test\";\n");
	b.sites.count = 0;
	b.unknown_host = "refuse";
	map(&b, both, "default \"\";\n");
	ok(bench_site_name_ok("a.b-c.1") && !bench_site_name_ok("") && !bench_site_name_ok("A.b") && !bench_site_name_ok("a/b") &&
	   !bench_site_name_ok("../a") && !bench_site_name_ok("-a") && !bench_site_name_ok("assets") && !bench_site_name_ok("a b") &&
	   !bench_site_name_ok("a;b") && !bench_site_name_ok("a..b"));
	return t_done();
}
