/* SPDX-License-Identifier: MIT */
/* Children: a program run from an argv, never through a shell line. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct child {
	const char *const *argv; /* NULL-terminated; argv[0] is looked up in PATH */
	const char *const *env;	 /* NULL-terminated KEY=VALUE, or NULL for ours */
	/* over env, NULL-terminated: KEY=VALUE is set, a KEY alone removed; or NULL */
	const char *const *set;
	const char *cwd;   /* or NULL */
	const void *input; /* written to its standard input, or NULL for /dev/null */
	size_t input_len;
	int input_fd;	     /* else its standard input itself; 0: none */
	size_t output_limit; /* bytes of output kept, the last ones; 0 means 1 MiB */
	bool as_user;	     /* runs as uid and gid, without other groups, in a session of its own */
	unsigned uid, gid;
	unsigned limit_seconds; /* killed with its process group after so long; 0: never */
	void (*heard)(void);	/* called whenever it has written something; or NULL */
	bool apart;		/* in a session of its own: it cannot ask at the terminal */
	/* most that it may have in memory, write into one file (setrlimit(2)); 0: no limit of ours */
	uint64_t memory_bytes, file_bytes;
	/* NULL, or asked whenever it said something and at least once a second, until it ends, with the bytes
	 * it said so far: false kills it with its process group. */
	bool (*goes_on)(void *arg, uint64_t said);
	/* NULL, or asked with all of its errors whenever it said more of them: true ends it by
	 * SIGTERM, so that it tidies up. */
	bool (*is_hopeless)(const char *errors);
	/* NULL, or gets its output piece by piece instead of ret_output: false kills it likewise. */
	bool (*take)(void *arg, const char *bytes, size_t len);
	void *arg; /* for both */
};

/* Runs a child to its end. ret_output, when given, receives its standard output;
 * ret_errors its standard error (joined to the output when NULL). Both are
 * NUL-terminated and the caller's. ret_status is the exit status, or 128 + signal. With a
 * limit, goes_on or take the child leads a process group of its own.
 * Fails only when the child could not be started or watched. */
struct err *child_run(const struct child *c, char **ret_output, char **ret_errors,
		      int *ret_status) MUST_CHECK;

/* Kills the process groups that children lead, which a Ctrl-C at the terminal does not
 * reach. For a signal's handler. */
void child_kill_all(void);
