/* SPDX-License-Identifier: MIT */
/* The repository of backups: restic, called by argv; its place and its password go by the environment and a file. */
#pragma once
#include "lib/bench.h"

/* Runs restic with these words (NULL-terminated) to its end, in cwd (NULL: /). ret_output gets its standard output, the caller's; NULL: nobody's.
 * ERR_SYSTEM with one line that says what is wrong: a wrong password, a repository that is damaged or cannot be reached, no room. */
struct err *repository_run(const struct bench *b, const char *cwd, const char *const *words, char **ret_output) MUST_CHECK;
/* The repository is there and its password opens it: MKBENCH_BACKUP_PASSWORD, which is then kept, or DATA/secrets/backup_password, or a new one. Made when it is not there and was never used from this volume. */
struct err *repository_open(const struct bench *b, bool used) MUST_CHECK;
