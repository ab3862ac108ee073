/* SPDX-License-Identifier: MIT */
#include "provision/nginx_map.h"

#include "base/mem.h"
#include "t.h"

static const char *const none[] = { NULL };
static const char *const first_hosts[] = {
	"www.example.org",
	"two.test",
	"WWW.Example.org",
	"bad;host",
	"x{y}",
	"*.a.*",
	".a.test",
	"a..test",
	"a.test.",
	"*",
	"*.",
	"",
	NULL,
};
static const char *const second_hosts[] = { "one.test",	 "*.wild.test", "default", "INCLUDE",
					    "hostnames", "volatile",	NULL };

/* The rows of second_hosts: a backslash keeps nginx from reading a name as a word of its own. */
#define WILD(to)                                                                          \
	"\"*.wild.test\" \"" to "\";\n\"\\\\default\" \"" to "\";\n\"\\\\INCLUDE\" \"" to \
	"\";\n\"\\\\hostnames\" \"" to "\";\n\"\\\\volatile\" \"" to "\";\n"

static void map(struct bench *b, const bool *ready, const char *want)
{
	AUTO_FREE char *text = nginx_map_text(b, ready);

	is(text, want);
}

static const char *const impossible[] = {
	"",    "A.b",	 "a/b",	      "../a",	       "-a",
	"a-",  "a.",	 "a b",	      "a;b",	       "a..b",
	"a\n", "a\xff",	 "1.2.3.4",   "assets",	       "common_site_config.json",
	"all", "locale", "localhost", "h\xc3\xa9.test"
};

static void refused(const char *name)
{
	struct err *e = bench_site_name(name);
	AUTO_FREE char *why = e ? err_text(e) : mem_dup("accepted");

	printf("# %s\n", why);
	ok(e && strstr(why, "cannot be a site's name"));
	err_free(e);
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
	    "default \"\";\n\"one.test\" \"one.test\";\n\"www.example.org\" \"one.test\";\n\"two.test\" "
	    "\"one.test\";\n" WILD("two.test"));
	b.unknown_host = "two.test";
	map(&b, first,
	    "default \"-two.test\";\n\"one.test\" \"one.test\";\n\"www.example.org\" "
	    "\"one.test\";\n\"two.test\" \"one.test\";\n" WILD("-two.test"));
	b.sites.count = 0;
	b.unknown_host = "refuse";
	map(&b, both, "default \"\";\n");
	struct err *e = bench_site_name("a.b-c.d1");
	ok(!e);
	err_free(e);
	for (size_t i = 0; i < COUNT(impossible); i++)
		refused(impossible[i]);
	return t_done();
}
