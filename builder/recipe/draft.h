/* SPDX-License-Identifier: MIT */
/* Writes a new recipe: the few values that differ between recipes, and comments that show more options. */
#pragma once
#include "base/arena.h"
#include "base/text.h"
#include "recipe/pattern.h"

/* Has git and ref, or path. */
struct draft_app {
	const char *name, *git, *ref, *path;
};

/* An additional host name of a site. */
struct draft_host {
	const char *site, *host;
};

struct draft {
	struct arena arena; /* for the code that fills it */
	const char *name, *suite, *time_zone, *language;
	struct {
		struct draft_app *items;
		size_t count, room;
	} apps;
	struct {
		const char **items;
		size_t count, room;
	} sites;
	struct {
		struct draft_host *items;
		size_t count, room;
	} hosts;
	const char *framework; /* which one the first app is; NULL: nobody has looked */
	const char *services;  /* lines of workers, ports and the like; NULL: a few as comments */
};

/* The result has no problems if every text was accepted and no name occurs twice. */
void draft_text(const struct draft *d, struct text *out);
void draft_done(struct draft *d);

/* Whether a text is valid here; the problem says what it is called and where it was read. */
bool draft_accepts(const struct pattern *pattern, const char *called, const char *text, struct mark at,
		   struct problems *p);
/* An app's name from the last part of a repository or folder: "https://host/org/my-app.git" gives my_app. In
 * the arena; it may be invalid. */
const char *draft_app_name(struct arena *a, const char *url);
/* The same for an image: "My App" gives my-app. */
const char *draft_image_name(struct arena *a, const char *text);
