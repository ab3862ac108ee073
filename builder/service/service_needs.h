/* SPDX-License-Identifier: MIT */
/* The order of apps, inside this folder. */
#pragma once
#include "service/service_set.h"

/* Which file of each app says what it needs. */
struct err *service_needs_list(struct service_set *s) MUST_CHECK;
void service_needs_done(struct service_set *s);
