/* SPDX-License-Identifier: MIT */
/* Determines the order of apps; private to this folder. */
#pragma once
#include "service/service_set.h"

/* Finds the file of each app that declares its needs. */
struct err *service_needs_list(struct service_set *s) MUST_CHECK;
void service_needs_done(struct service_set *s);
