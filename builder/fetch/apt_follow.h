/* SPDX-License-Identifier: MIT */
/* What an entry of apt's leads to when its URI is no archive. */
#pragma once
#include "base/progress.h"
#include "fetch/apt.h"
#include "store/store.h"

/* Replaces entries whose URI is a list of mirrors (apt-transport-mirror(1)) by those mirrors, those of a
 * better priority first. A list that cannot be had is noted, and its entry stays as it is, not usable. */
void apt_follow(struct apt *apt, struct store *s, struct progress *p);
