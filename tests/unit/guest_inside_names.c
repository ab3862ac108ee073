/* SPDX-License-Identifier: MIT */
#include "provision/inside_names.h"

#include "base/mem.h"
#include "t.h"

#define OURS " # a site of this bench\n"

static const char *const hosts[] = { "www.example.org", "*.wild.test", ".below.test", "bad;host", "", NULL };

static void text(const struct bench *b, const char *old, const char *want)
{
	AUTO_FREE char *got = inside_names_text(b, old), *again = inside_names_text(b, got);

	is(got, want);
	is(again, want);
}

int main(void)
{
	struct bench_site sites[] = { { .name = "one.test", .hosts = hosts }, { .name = "two.test" } };
	struct bench b = { .sites = { sites, 2 } };

	text(&b, "", "127.0.0.1 one.test" OURS "127.0.0.1 www.example.org" OURS "127.0.0.1 two.test" OURS);
	text(&b, "127.0.0.1 localhost\n172.17.0.2 abc",
	     "127.0.0.1 localhost\n172.17.0.2 abc\n127.0.0.1 one.test" OURS "127.0.0.1 www.example.org" OURS
	     "127.0.0.1 two.test" OURS);
	b.sites.count = 0;
	text(&b, "127.0.0.1 localhost\n127.0.0.1 gone.test" OURS "::1 localhost\n",
	     "127.0.0.1 localhost\n::1 localhost\n");
	return t_done();
}
