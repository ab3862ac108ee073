/* SPDX-License-Identifier: MIT */
#include "debian/mention.h"

#include <stdlib.h>

#include "base/mem.h"

struct mention_slot {
	uint64_t hash;
	uint32_t order; /* 0: free */
};

/* FNV-1a; its low bits pick the slot. */
static uint64_t hash(struct slice name)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < name.len; i++)
		h = (h ^ (unsigned char)name.at[i]) * UINT64_C(1099511628211);
	return h;
}

/* The slot of a name, or a free one for it. */
static struct mention_slot *slot_of(const struct mention *m, uint64_t h)
{
	for (uint32_t i = (uint32_t)h;; i++) {
		struct mention_slot *s = &m->slots[i & (m->room - 1)];
		if (!s->order || s->hash == h)
			return s;
	}
}

static void grow(struct mention *m)
{
	struct mention old = *m;

	m->room = old.room ? 2 * old.room : 1024;
	m->slots = mem_array(m->room, sizeof *m->slots);
	for (uint32_t i = 0; i < old.room; i++)
		if (old.slots[i].order)
			*slot_of(m, old.slots[i].hash) = old.slots[i];
	free(old.slots);
}

void mention_name(struct mention *m, struct slice name)
{
	if (!name.len)
		return;
	if (m->count >= m->room / 2)
		grow(m);
	uint64_t h = hash(name);
	struct mention_slot *s = slot_of(m, h);
	if (!s->order)
		*s = (struct mention_slot){ h, ++m->count };
}

static bool is_gap(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == ',' || c == '|';
}

void mention_field(struct mention *m, struct slice value)
{
	const char *at = value.at, *end = value.len ? at + value.len : at;

	while (at < end) {
		while (at < end && is_gap(*at))
			at++;
		const char *name = at;
		while (at < end && !is_gap(*at) && *at != '(' && *at != ':')
			at++;
		if (at == end || *at != ':')
			mention_name(m, (struct slice){ name, (size_t)(at - name) });
		while (at < end && *at != ',' && *at != '|')
			at++;
	}
}

uint32_t mention_order(const struct mention *m, struct slice name)
{
	return m->room ? slot_of(m, hash(name))->order : 0;
}

void mention_done(struct mention *m)
{
	free(m->slots);
	*m = (struct mention){ 0 };
}
