/* SPDX-License-Identifier: MIT */
/* Child processes: a program is run from an argv, never through a shell command line. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct child {
	const char *const *argv; /* NULL-terminated; argv[0] is looked up in PATH */
	const char *const *env;	 /* NULL-terminated KEY=VALUE, or NULL for ours */
	/* changes to env, NULL-terminated: KEY=VALUE sets a variable, KEY alone removes it; or NULL */
	const char *const *set;
	const char *cwd;   /* or NULL */
	const void *input; /* written to its standard input, or NULL for /dev/null */
	size_t input_len;
	int input_fd;	     /* else a descriptor to use as its standard input; 0: none */
	size_t output_limit; /* bytes of output to keep, the last ones; 0 means 1 MiB */
	bool as_user;	     /* runs as uid and gid, without supplementary groups, in its own session */
	unsigned uid, gid;
	unsigned limit_seconds; /* after this its process group is killed; 0: no limit */
	void (*heard)(void);	/* called whenever it has written something; or NULL */
	bool apart;		/* in its own session: it cannot prompt at the terminal */
	/* limits on its memory and on each file it writes (setrlimit(2)); 0: no limit of ours */
	uint64_t memory_bytes, file_bytes;
	/* NULL, or called after each output and at least once a second until the child ends, with the bytes
	 * it has written so far. False kills its process group. */
	bool (*goes_on)(void *arg, uint64_t said);
	/* NULL, or called with all its error output whenever there is more of it. True ends the child by
	 * SIGTERM, so that it can clean up. */
	bool (*is_hopeless)(const char *errors);
	/* NULL, or receives the output piece by piece instead of ret_output. False kills the process
	 * group. */
	bool (*take)(void *arg, const char *bytes, size_t len);
	void *arg; /* for these callbacks */
};

/* Runs a child to its end. ret_output, if given, receives its standard output; ret_errors its standard error
 * (joined to the output when NULL). Both are NUL-terminated and the caller's to free. ret_status is the exit
 * status, or 128 + signal. With a limit, goes_on or take, the child leads its own process group. Fails only
 * if the child could not be started or watched. */
struct err *child_run(const struct child *c, char **ret_output, char **ret_errors,
		      int *ret_status) MUST_CHECK;

/* Kills the process groups that children lead; a Ctrl-C at the terminal does not reach them. Safe in a signal
 * handler. */
void child_kill_all(void);
