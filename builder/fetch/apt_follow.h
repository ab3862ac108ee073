/* SPDX-License-Identifier: MIT */
/* Resolves apt entries whose URI is a list of mirrors. */
#pragma once
#include "base/progress.h"
#include "fetch/apt.h"
#include "store/store.h"

/* Replaces entries whose URI is a list of mirrors (apt-transport-mirror(1)) by those mirrors, in order of
 * priority. If a list cannot be fetched, that is noted; its entry stays and is not usable. */
void apt_follow(struct apt *apt, struct store *s, struct progress *p);
