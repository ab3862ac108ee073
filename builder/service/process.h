/* SPDX-License-Identifier: MIT */
/* The process table of a bench: each process of each service, once. */
#pragma once
#include "service/service_set.h"

/* Fills the set's table from its manifests, in their order. */
struct err *process_list(struct service_set *s) MUST_CHECK;
/* "redis-cache", or "worker-short-0" for one of several. The caller's to free. */
char *process_name(const struct process *p, unsigned long number);
