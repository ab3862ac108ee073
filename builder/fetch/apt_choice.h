/* SPDX-License-Identifier: MIT */
/* Chooses which of the machine's archives serve a release. */
#pragma once
#include "fetch/apt.h"

/* The name used in apt's entries for the release whose mirrors also serve suite: suite itself, the release
 * that runs here, or a moving name such as stable. NULL: there is none. The caller's to free. */
char *apt_choice_base(const struct apt *apt, const char *suite);
/* Whether e is the component main of that release, or of its part "-updates" or "-security"; "" means the
 * release itself. */
bool apt_choice_is(const struct apt_entry *e, const char *base, const char *part);
/* The first usable entry for which apt_choice_is holds, or NULL. */
const struct apt_entry *apt_choice_first(const struct apt *apt, const char *base, const char *part);
