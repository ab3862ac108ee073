/* SPDX-License-Identifier: MIT */
/* Users of the image by its own /etc/passwd, read directly: name services of the
 * image are not for a static binary. */
#pragma once
#include <sys/types.h>

#include "contract/bench_json.h"

/* Fills uid and gid by name. ERR_SYSTEM when there is no such user. */
struct err *account_find(const char *passwd, struct account *a) MUST_CHECK;
/* The groups that he is a member of, his own first, by the file of that name; at
 * most room of them. How many. */
size_t account_groups(const char *group, const struct account *a, gid_t *ret, size_t room);
