/* SPDX-License-Identifier: MIT */
/* Runs provision as init's child, and starts it again when it fails. */
#pragma once
#include <stdint.h>
#include <sys/types.h>

#include "start/attempts.h"

struct provisioner {
	pid_t pid;  /* 0: it does not run */
	int64_t at; /* when to start it; 0: not planned */
	struct attempts attempts;
};

void provisioner_start(struct provisioner *p);
/* It has failed: logs that and plans the next start. supervisor: why Supervisor cannot run, or NULL. Returns
 * the reason, which the caller frees. */
char *provisioner_failed(struct provisioner *p, const struct bench *b, const char *supervisor);
