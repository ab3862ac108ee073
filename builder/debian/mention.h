/* SPDX-License-Identifier: MIT */
/* The order in which names first appear in Packages texts: as a package, in its relations or in its Provides.
 * If nothing else distinguishes two packages, apt uses their position in its cache, which is this order; so
 * do we. Names are compared by a 64-bit hash, which only breaks ties. */
#pragma once
#include <stdint.h>

#include "debian/control.h"

struct mention {
	struct mention_slot *slots;
	uint32_t room, count; /* room is a power of two */
};

void mention_name(struct mention *m, struct slice name);
/* Adds the names in a relation field's value; "name:arch" counts as another name and is left out. */
void mention_field(struct mention *m, struct slice value);
uint32_t mention_order(const struct mention *m, struct slice name); /* from 1; 0: never mentioned */
void mention_done(struct mention *m);
