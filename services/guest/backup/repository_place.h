/* SPDX-License-Identifier: MIT */
/* Where a repository is, and how restic gets there. */
#pragma once
#include "backup/repository.h"

/* Fills to, shown and transport; r has its keys. ERR_USAGE: MKBENCH_BACKUP_TO is no place. */
struct err *repository_place(struct repository *r) MUST_CHECK;
