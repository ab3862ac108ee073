/* SPDX-License-Identifier: MIT */
/* Where a repository is, and how restic gets there. */
#pragma once
#include "backup/repository.h"

/* what ssh has said, when a place is reached by it */
#define REPOSITORY_PLACE_SSH_WORDS BENCH_RUN "/backup_ssh.log"

/* Fills to, shown and transport; r has its keys. ERR_USAGE: MKBENCH_BACKUP_TO is no place. */
struct err *repository_place(struct repository *r) MUST_CHECK;
