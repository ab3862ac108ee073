/* SPDX-License-Identifier: MIT */
/* Drafts a recipe from an existing bench: mkbench init --from FOLDER. */
#pragma once
#include "base/err.h"
#include "recipe/draft.h"

/* Reads apps/ (remotes and commits, by git; a folder without those becomes a path),
 * sites/SITE/site_config.json (host names) and sites/common_site_config.json (queues, ports, default site).
 * No password, key or token is taken; a note on standard error lists what is left out. ERR_USAGE if the
 * folder is not a bench. */
struct err *init_bench_read(const char *folder, struct draft *d) MUST_CHECK;
