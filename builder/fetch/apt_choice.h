/* SPDX-License-Identifier: MIT */
/* Which of the machine's archives serve a release. */
#pragma once
#include "fetch/apt.h"

/* The name that apt's entries have for the release whose mirrors serve suite, too: its own, that of the
 * release which runs here, or one that moves. NULL: there is none. The caller's to free. */
char *apt_choice_base(const struct apt *apt, const char *suite);
/* Whether e is main of that release, or of its part "-updates" or "-security"; "": of the release itself. */
bool apt_choice_is(const struct apt_entry *e, const char *base, const char *part);
/* The first usable entry that is, or NULL. */
const struct apt_entry *apt_choice_first(const struct apt *apt, const char *base, const char *part);
