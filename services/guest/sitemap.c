#include "sitemap.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"

static bool is_host(const char *host)
{
	for (const char *c = host; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr(".-_*", *c))
			return false;
	return *host && *host != '-';
}

/* Whether a site before this one, or this one under an earlier name, has the host. */
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

	if (is_host(host) && !is_taken(b, site, at, host))
		text_printf(t, "%s \"%s%s\";\n", host, ready ? "" : "-", s->name);
}

char *sitemap_text(const struct bench *b, const bool *ready)
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
