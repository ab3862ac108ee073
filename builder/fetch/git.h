/* SPDX-License-Identifier: MIT */
/* Runs git in a repository of this run: without prompts, bounded in time and memory. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "store/store.h"

/* A bare repository for this run alone: its index, FETCH_HEAD and locks are not shared, and are removed with
 * the store's work folder. Only the objects may be the store's. */
struct git {
	char *folder;
	char *objects;	   /* the object directory */
	const char *input; /* for the standard input of the next command, or NULL */
	bool gave_up;	   /* a transfer was aborted for being too slow */
};

/* objects NULL: the repository's own. */
struct err *git_open(struct store *s, const char *objects, struct git *ret) MUST_CHECK;
void git_close(struct git *g);

/* Runs git with those arguments; ret_output, if given, is the first line of its output. */
struct err *git_run(struct git *g, const char *const *words, char **ret_output) MUST_CHECK;
/* Like git_run, for a command that contacts a server; its pace is watched (pace.h). */
struct err *git_ask(struct git *g, const char *const *words,
		    bool (*take)(void *arg, const char *bytes, size_t len), void *arg) MUST_CHECK;
/* Like git_run, but the output goes to take until that returns false, which is not an error. */
struct err *git_read(struct git *g, const char *const *words,
		     bool (*take)(void *arg, const char *bytes, size_t len), void *arg) MUST_CHECK;

/* The option for how the repository at url is read. A repository on this machine may belong to another user:
 * none of its programs are run. */
const char *git_server(const char *url);

/* The cause among the words of git and ssh: git's own come first unless they only say that something failed.
 * Credentials are removed from URLs. The caller's to free. */
char *git_reason(const char *errors);
