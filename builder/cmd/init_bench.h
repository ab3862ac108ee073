/* SPDX-License-Identifier: MIT */
/* A bench that is there already, as a draft: mkbench init --from FOLDER. */
#pragma once
#include "base/err.h"
#include "recipe/draft.h"

/* Reads apps/ (remotes and commits, by git; a folder without those is a path), sites/SITE/site_config.json
 * (host names) and sites/common_site_config.json (queues, ports, default site). No password, key or token is
 * taken; what is left out is a note on standard error. ERR_USAGE when the folder is no bench. */
struct err *init_bench_read(const char *folder, struct draft *d) MUST_CHECK;
