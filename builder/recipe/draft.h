/* SPDX-License-Identifier: MIT */
/* The beginning of a recipe: the few things that differ from one to the next, written with
 * comments that say what more there is. */
#pragma once
#include "base/arena.h"
#include "base/text.h"
#include "recipe/pattern.h"

/* From git and ref, or from path. */
struct draft_app {
	const char *name, *git, *ref, *path;
};

/* One more host name of a site. */
struct draft_host {
	const char *site, *host;
};

struct draft {
	struct arena arena; /* for whoever fills it */
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
	const char *services; /* lines of workers, ports and the like; NULL: a few as comments */
};

/* A recipe without a problem when every text was accepted and no name is there twice. */
void draft_text(const struct draft *d, struct text *out);
void draft_done(struct draft *d);

/* Whether a text can be written; what it is called and where it was read go into the problem. */
bool draft_accepts(const struct pattern *pattern, const char *called, const char *text, struct mark at,
		   struct problems *p);
/* What the app of a repository or a folder is called by its last part: "https://host/org/my-app.git" is
 * my_app. In the arena; perhaps no name that is accepted. */
const char *draft_app_name(struct arena *a, const char *url);
/* The same for an image: "My App" is my-app. */
const char *draft_image_name(struct arena *a, const char *text);
