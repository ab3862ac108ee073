/* SPDX-License-Identifier: MIT */
/* What programs of a room asked the file system for: each name followed to where it leads, and noted once, a
 * line each, see struct sandbox. */
#pragma once
#include <limits.h>
#include <stdio.h>

/* names that were noted or asked for last: most are asked for again and again */
#define SANDBOX_LOOKUPS_SLOTS 65536u
#define SANDBOX_LOOKUPS_ROOM (3 * PATH_MAX) /* for a path while it is followed */

struct sandbox_lookups {
	FILE *out;
	char *slots[SANDBOX_LOOKUPS_SLOTS]; /* lines */
	struct {
		char *name;
		unsigned turn;
	} asked[SANDBOX_LOOKUPS_SLOTS];
	unsigned turn; /* another one: names may lead elsewhere now */
};

/* path: whole, as the room sees it. kind 'o': it is opened; 'x': it is run; 'm': a link may be put there;
 * else it is only looked at. */
void sandbox_lookups_note(struct sandbox_lookups *l, char kind, const char *path);
/* Something that was asked for could not be followed. */
void sandbox_lookups_doubt(struct sandbox_lookups *l, const char *why);
