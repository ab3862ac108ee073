/* SPDX-License-Identifier: MIT */
/* The image's users, read directly from /etc/passwd: a static binary has no name services. */
#pragma once
#include <sys/types.h>

#include "contract/bench_json.h"

/* Fills uid and gid by name. ERR_SYSTEM when there is no such user. */
struct err *account_find(const char *passwd, struct account *a) MUST_CHECK;
/* The groups that the user is a member of, his own first, as /etc/group has them; at most room of them.
 * Returns how many. */
size_t account_groups(const char *group, const struct account *a, gid_t *ret, size_t room);
