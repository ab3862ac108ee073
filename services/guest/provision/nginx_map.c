/* SPDX-License-Identifier: MIT */
#include "provision/nginx_map.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "contract/host_name.h"

/* Words with a meaning of their own in nginx's map, unless a backslash is before them. */
static bool is_word(const char *host)
{
	static const char *const words[] = { "default", "hostnames", "include", "volatile" };

	for (size_t i = 0; i < COUNT(words); i++)
		if (!strcasecmp(host, words[i]))
			return true;
	return false;
}

/* Whether an earlier site, or this one by an earlier name, has the host already. */
static bool is_taken(const struct bench *b, size_t site, size_t at, const char *host)
{
	for (size_t i = 0; i <= site; i++) {
		const struct bench_site *s = &b->sites.items[i];
		if ((i < site || at > 0) && !strcasecmp(s->name, host))
			return true;
		for (size_t k = 0; s->hosts[k] && (i < site || k + 1 < at); k++)
			if (!strcasecmp(s->hosts[k], host))
				return true;
	}
	return false;
}

static void add_host(struct text *t, const struct bench *b, size_t site, size_t at, bool ready)
{
	const struct bench_site *s = &b->sites.items[site];
	const char *host = at ? s->hosts[at - 1] : s->name;

	/* Nginx would refuse the map with any other name, and then serve no site. */
	if (host_name_is_served(host) && !is_taken(b, site, at, host))
		text_printf(t, "\"%s%s\" \"%s%s\";\n", is_word(host) ? "\\\\" : "", host, ready ? "" : "-",
			    s->name);
}

char *nginx_map_text(const struct bench *b, const bool *ready)
{
	struct text t = { 0 };
	const struct bench_site *unknown = bench_site(b, b->unknown_host);
	bool open = unknown && ready[unknown - b->sites.items];

	text_printf(&t, "default \"%s%s\";\n", unknown && !open ? "-" : "", unknown ? unknown->name : "");
	for (size_t i = 0; i < b->sites.count; i++) {
		add_host(&t, b, i, 0, ready[i]);
		for (size_t k = 0; b->sites.items[i].hosts[k]; k++)
			add_host(&t, b, i, k + 1, ready[i]);
	}
	return text_take(&t);
}
