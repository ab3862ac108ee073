/* SPDX-License-Identifier: MIT */
/* Records file system lookups of a sandbox's programs: each name is resolved and recorded once, one a line;
 * see struct sandbox. */
#pragma once
#include <limits.h>
#include <stdio.h>

/* recently recorded or looked-up names: most are looked up again and again */
#define SANDBOX_LOOKUPS_SLOTS 65536u
#define SANDBOX_LOOKUPS_ROOM (3 * PATH_MAX) /* for a path while it is resolved */

struct sandbox_lookups {
	FILE *out;
	char *slots[SANDBOX_LOOKUPS_SLOTS]; /* lines */
	struct {
		char *name;
		unsigned turn;
	} asked[SANDBOX_LOOKUPS_SLOTS];
	unsigned turn; /* increases when names may have begun to lead elsewhere */
};

/* path: absolute, as the sandbox sees it. kind 'o': opened; 'x': run; 'm': a link may be created there; else
 * only looked at. */
void sandbox_lookups_note(struct sandbox_lookups *l, char kind, const char *path);
/* A lookup could not be resolved. */
void sandbox_lookups_doubt(struct sandbox_lookups *l, const char *why);
