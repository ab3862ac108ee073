/* SPDX-License-Identifier: MIT */
/* Writes the process table as supervisor's configuration and as a Procfile. */
#pragma once
#include "base/text.h"
#include "service/process.h"

/* The programs and groups of one part: the bench's own processes, or the servers they depend on. */
struct err *supervisor_conf_write(const struct service_set *s, bool bench, struct text *out) MUST_CHECK;
/* "web:* workers:*": the groups of the bench's own processes, as supervisorctl names them. */
void supervisor_conf_bench_groups(const struct service_set *s, struct text *out);
/* One line for each process of the bench. */
void supervisor_conf_procfile(const struct service_set *s, struct text *out);
