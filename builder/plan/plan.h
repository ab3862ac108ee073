/* A plan: what a recipe and its lock become, before anything is done. A printable
 * value: `mkbench plan` shows it and stops. */
#pragma once
#include "recipe/lock.h"
#include "recipe/recipe.h"

enum layer_kind { LAYER_PACKAGES, LAYER_CONFIGURE, LAYER_APPS, LAYER_CONFIGURATION };

struct plan_layer {
	const char *name;            /* "base", "services", "runtime", "configure", "apps", "configuration" */
	int kind;                    /* enum layer_kind */
	struct digest key;           /* of everything that goes into it */
	const struct lock_package **packages; /* LAYER_PACKAGES */
	size_t package_count;
};

struct plan {
	struct arena arena;
	const struct recipe *recipe;
	const struct lock *lock;
	struct plan_layer *layers;   /* lowest first */
	size_t layer_count;
	uint64_t download_bytes, installed_bytes;
	struct digest build_id;      /* of all layer keys: names the build */
};
