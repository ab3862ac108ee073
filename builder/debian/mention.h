/* SPDX-License-Identifier: MIT */
/* The order in which names first appear in Packages texts, as a package, in its
 * relations or among what it provides. Where nothing else tells two packages
 * apart, apt goes by the place in its cache, which is this order; so do we.
 * Names are told apart by a 64-bit hash: it breaks ties, no more. */
#pragma once
#include <stdint.h>

#include "debian/control.h"

struct mention {
	struct mention_slot *slots;
	uint32_t room, count; /* room is a power of two */
};

void mention_name(struct mention *m, struct slice name);
/* The names in a relation field's value; "name:arch" is a name of its own and left out. */
void mention_field(struct mention *m, struct slice value);
uint32_t mention_order(const struct mention *m, struct slice name); /* from 1; 0: never mentioned */
void mention_done(struct mention *m);
