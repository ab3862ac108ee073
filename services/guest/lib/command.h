/* SPDX-License-Identifier: MIT */
/* A command of the framework, run as the bench user for one site, or as root to prepare MariaDB. */
#pragma once
#include <stdint.h>

#include "lib/bench.h"
#include "lib/placeholders.h"

/* Runs it to its end. Its output goes to DATA/service-logs/provision.log, three files of 5
 * MB at most; on failure its last lines are in the error. Every secret among the words is
 * hidden in both. as NULL: as root. */
struct err *command_run(const struct bench *b, const struct bench_command *c, const struct account *as,
			const struct placeholders_word *words, size_t count,
			const char *const *more_env) MUST_CHECK;

/* The same for what answers a question: its output is the caller's to free, and no
 * log has it. Set in any case. */
struct err *command_ask(const struct bench *b, const struct bench_command *c, const struct account *as,
			const struct placeholders_word *words, size_t count, char **ret_output) MUST_CHECK;

/* When a command that runs, or the last one that ran, last said something, in ms
 * of base/clock.h; 0: never. */
int64_t command_heard(void);

/* Notes the same for a child of base/child.h that works and says nothing: its goes_on. Always true. */
bool command_works(void *arg, uint64_t said);

/* Whether argv holds a word such as "{app}". */
bool command_holds(const struct bench_command *c, const char *word);

/* Kills what a dead provision has left running: its commands carry a mark in their environment. */
void command_end_leftovers(void);
