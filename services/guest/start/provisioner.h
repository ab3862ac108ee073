/* SPDX-License-Identifier: MIT */
/* provision as init's child: started, and started again when it fails. */
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
/* It has failed: says so, and plans the next start. supervisor: why that cannot run, or NULL.
 * Returns why it failed, the caller's. */
char *provisioner_failed(struct provisioner *p, const struct bench *b, const char *supervisor);
