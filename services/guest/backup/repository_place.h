/* SPDX-License-Identifier: MIT */
/* Parses where a repository is, and prepares how restic gets there. */
#pragma once
#include "backup/repository.h"

/* where ssh's messages go */
#define REPOSITORY_PLACE_SSH_WORDS BENCH_RUN "/backup_ssh.log"

/* Fills r's to, shown and transport; r has its keys. ERR_USAGE: MKBENCH_BACKUP_TO is no valid place. */
struct err *repository_place(struct repository *r) MUST_CHECK;
