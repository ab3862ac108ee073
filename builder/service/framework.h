/* SPDX-License-Identifier: MIT */
/* Which framework a recipe means. */
#pragma once
#include "service/manifest.h"

/* Reads the framework that the recipe names, by name or by path, or with "auto" the
 * one that recognises the first
 * app: by its name and its ref, or for a local folder by what its files say. Adds a problem when there is
 * none or more than one, and then ret->name is NULL, and when the recipe, be it half-read, does not suit it;
 * the error is what is wrong in a framework's file. */
struct err *framework_read(struct arena *a, const char *share, const struct recipe *r, struct problems *p,
			   struct manifest *ret) MUST_CHECK;
/* Adds a problem for each piece of evidence that the first app, which is a folder of this machine, lacks. */
struct err *framework_check_app(const struct manifest *m, const struct recipe *r,
				struct problems *p) MUST_CHECK;
/* An option's value for an app that does not choose, NULL: the framework has no such option. */
const char *framework_option(const struct manifest *m, const char *name);
