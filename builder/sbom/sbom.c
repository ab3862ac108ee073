/* SPDX-License-Identifier: MIT */
#include "sbom/sbom.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/mkbench_version.h"
#include "report/report_text.h"
#include "sbom/purl.h"
#include "sbom/sbom_write.h"

static const char *const kind_names[SBOM_KIND_COUNT] = {
	"system", "debian", "python", "node", "app", "program", "library",
};

const char *sbom_keep(struct sbom *s, const char *text)
{
	return text ? arena_dup(&s->arena, text, strlen(text)) : NULL;
}

const char *sbom_take(struct sbom *s, char *text)
{
	const char *kept = sbom_keep(s, text);

	free(text);
	return kept;
}

struct sbom_part *sbom_add(struct sbom *s, const struct sbom_part *part)
{
	VEC_PUSH(s, *part);
	return &s->items[s->count - 1];
}

void sbom_done(struct sbom *s)
{
	free(s->items);
	arena_done(&s->arena);
	*s = (struct sbom){ 0 };
}

const char *sbom_write_name(const struct sbom *s, size_t part, char buf[static SBOM_WORD])
{
	enum sbom_kind kind = s->items[part].kind;
	size_t first = part;

	while (first && s->items[first - 1].kind == kind)
		first--;
	snprintf(buf, SBOM_WORD, "%s-%zu", kind_names[kind], part - first + 1);
	return buf;
}

const char *sbom_write_uuid(const struct sbom *s, const char *format, char buf[static SBOM_WORD])
{
	struct digest_run *run = digest_start();

	digest_feed_word(run, format);
	digest_feed_word(run, mkbench_version);
	digest_feed_word(run, s->name);
	digest_feed_word(run, s->built ? "image" : "lock");
	digest_feed(run, s->digest.bytes, sizeof s->digest.bytes);
	struct digest d = digest_finish(run);
	const uint8_t *b = d.bytes;
	snprintf(buf, SBOM_WORD, "%02x%02x%02x%02x-%02x%02x-8%x%02x-%x%x%02x-%02x%02x%02x%02x%02x%02x", b[0],
		 b[1], b[2], b[3], b[4], b[5], b[6] & 15u, b[7], 8u | (b[8] & 3u), b[9] & 15u, b[10], b[11],
		 b[12], b[13], b[14], b[15], b[16]);
	return buf;
}

const char *sbom_write_time(const struct sbom *s, char buf[static SBOM_WORD])
{
	time_t seconds = (time_t)s->created;
	struct tm tm = { 0 };

	gmtime_r(&seconds, &tm);
	strftime(buf, SBOM_WORD, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return buf;
}

char *sbom_write_purl(const struct sbom *s)
{
	char hex[DIGEST_HEX];
	AUTO_FREE char *digest = mem_printf("sha256:%s", digest_hex(&s->digest, hex));
	const struct purl_qualifier q[] = { { "arch", s->architecture },
					    { "tag", s->version },
					    { NULL, NULL } };
	const char *slash = strrchr(s->name, '/');

	if (!s->built)
		return purl_new("generic", NULL, s->name, s->version, NULL);
	return purl_new("oci", NULL, slash ? slash + 1 : s->name, digest, q);
}

/* The Debian parts are sorted by name. */
static size_t find_debian(const struct sbom *s, const char *name, size_t len)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct sbom_part *p = &s->items[middle];
		int order = p->kind < SBOM_DEBIAN ? -1 :
			    p->kind > SBOM_DEBIAN ? 1 :
						    strncmp(p->name, name, len);
		order = !order && p->name[len] ? 1 : order;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	bool found = low < s->count && s->items[low].kind == SBOM_DEBIAN &&
		     !strncmp(s->items[low].name, name, len) && !s->items[low].name[len];
	return found ? low : SBOM_NOBODY;
}

void sbom_write_depends(const struct sbom *s, size_t part, void (*take)(void *arg, size_t other), void *arg)
{
	for (const char *at = s->items[part].depends; at && *at;) {
		at += strspn(at, " \t\n,|");
		size_t len = strcspn(at, " \t\n,|(:["), found = len ? find_debian(s, at, len) : SBOM_NOBODY;
		if (found != SBOM_NOBODY && found != part)
			take(arg, found);
		at += strcspn(at, ",|");
	}
}

void sbom_print(const struct sbom *s, enum sbom_format format, struct text *out)
{
	report_text_dump(out, format == SBOM_SPDX ? sbom_spdx(s) : sbom_cyclonedx(s));
}
