/* SPDX-License-Identifier: MIT */
/* Finds the framework that a recipe uses. */
#pragma once
#include "service/manifest.h"

/* Reads the framework that the recipe gives by name or path. With "auto" it reads the one that recognises the
 * first app: by its name and ref, or for a local folder by its files. If there is none or more than one, it
 * adds a problem and ret->name is NULL; it also adds a problem if the recipe, possibly half-read, does not
 * suit the framework. The error is what is wrong in a framework's file. */
struct err *framework_read(struct arena *a, const char *share, const struct recipe *r, struct problems *p,
			   struct manifest *ret) MUST_CHECK;
/* Adds a problem for each piece of evidence that the first app, a folder of this machine, lacks. */
struct err *framework_check_app(const struct manifest *m, const struct recipe *r,
				struct problems *p) MUST_CHECK;
/* The default of an app's option; NULL: the framework has no such option. */
const char *framework_option(const struct manifest *m, const char *name);
