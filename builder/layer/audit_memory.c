/* SPDX-License-Identifier: MIT */
#include "layer/audit_memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define LIMIT (1u << 30)

struct audit_memory {
	struct store *store;
	struct digest key;
	struct digest *known; /* sorted */
	size_t known_count;
	struct {
		struct digest *items;
		size_t count, room;
	} fine;	   /* of this run */
	bool more; /* some of them were unknown */
};

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct digest));
}

static struct digest mark_of(const struct entry *e)
{
	struct digest_run *run = digest_start();

	digest_feed_word(run, e->path);
	digest_feed_word(run, e->content.kind == CONTENT_PACK ? "pack" : "");
	digest_feed(run, e->sha256.bytes, sizeof e->sha256.bytes);
	return digest_finish(run);
}

struct err *audit_memory_open(const struct audit *a, const char *what, struct audit_memory **ret)
{
	struct audit_memory *m = *ret = mem_new(sizeof *m);
	struct digest_run *run = digest_start();
	AUTO_FREE char *hex = NULL, *bytes = NULL;
	struct digest blob;
	size_t len = 0;

	digest_feed_word(run, "audit 3");
	digest_feed(run, a->rules->digest.bytes, sizeof a->rules->digest.bytes);
	digest_feed_word(run, a->recipe && a->recipe->name ? a->recipe->name : "");
	digest_feed_word(run, what);
	m->key = digest_finish(run);
	m->store = a->store;
	if (!a->store)
		return NULL;
	TRY(store_ref_read(a->store, "audit", &m->key, &hex));
	if (!hex || !digest_parse(hex, &blob) || !store_has(a->store, &blob))
		return NULL;
	TRY(store_read(a->store, &blob, LIMIT, &bytes, &len));
	m->known_count = len / sizeof *m->known;
	m->known = mem_array(m->known_count + 1, sizeof *m->known);
	memcpy(m->known, bytes, m->known_count * sizeof *m->known);
	return NULL;
}

bool audit_memory_has(struct audit_memory *m, const struct entry *e)
{
	if (digest_is_zero(&e->sha256) || !m->known_count)
		return false;
	struct digest mark = mark_of(e);
	if (!bsearch(&mark, m->known, m->known_count, sizeof mark, compare))
		return false;
	VEC_PUSH(&m->fine, mark);
	return true;
}

void audit_memory_add(struct audit_memory *m, const struct entry *e)
{
	if (digest_is_zero(&e->sha256))
		return;
	VEC_PUSH(&m->fine, mark_of(e));
	m->more = true;
}

struct err *audit_memory_keep(struct audit_memory *m)
{
	struct digest blob;
	char hex[DIGEST_HEX];

	if (!m->store || !m->more)
		return NULL;
	qsort(m->fine.items, m->fine.count, sizeof *m->fine.items, compare);
	TRY(store_put(m->store, m->fine.items, m->fine.count * sizeof *m->fine.items, &blob));
	return store_ref_write(m->store, "audit", &m->key, digest_hex(&blob, hex));
}

void audit_memory_done(struct audit_memory *m)
{
	if (!m)
		return;
	free(m->known);
	free(m->fine.items);
	free(m);
}
