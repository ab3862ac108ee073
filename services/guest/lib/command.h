/* SPDX-License-Identifier: MIT */
/* Runs a command of the framework for one site as the bench user, or as root to prepare MariaDB. */
#pragma once
#include <stdint.h>

#include "lib/bench.h"
#include "lib/placeholders.h"

/* Runs it to its end. Its output goes to DATA/service-logs/provision.log, three files of 5 MB at most; on
 * failure the error has its last lines. Every secret among the words is hidden in both. as NULL: as root. */
struct err *command_run(const struct bench *b, const struct bench_command *c, const struct account *as,
			const struct placeholders_word *words, size_t count,
			const char *const *more_env) MUST_CHECK;

/* The same for a command that answers a question: its output goes to the caller, who frees it, and not to
 * the log. It is set in any case. */
struct err *command_ask(const struct bench *b, const struct bench_command *c, const struct account *as,
			const struct placeholders_word *words, size_t count, char **ret_output) MUST_CHECK;

/* When the command that runs, or the last one, has last said something, in ms of base/clock.h; 0: never. */
int64_t command_heard(void);

/* For a child of base/child.h that works in silence: notes the time as if it had said something. Used as its
 * goes_on. Always true. */
bool command_works(void *arg, uint64_t said);

/* Whether argv holds a word such as "{app}". */
bool command_holds(const struct bench_command *c, const char *word);

/* Kills what a dead provision has left running: our commands carry a mark in their environment. */
void command_end_leftovers(void);
