/* SPDX-License-Identifier: MIT */
/* Running git: in a repository of this run, without asking anybody, bounded in time and memory. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "store/store.h"

/* A bare repository of this run alone: its index, its FETCH_HEAD and its locks are nobody else's, and go with
 * the store's work folder. Only the objects may be the store's. */
struct git {
	char *folder;
	char *objects;	   /* where objects are */
	const char *input; /* for the next one's standard input, or NULL */
	bool gave_up;	   /* a transfer was broken off for being too slow */
};

/* objects NULL: the repository's own. */
struct err *git_open(struct store *s, const char *objects, struct git *ret) MUST_CHECK;
void git_close(struct git *g);

/* Runs git with words; ret_output, when given, is the first line of its output. */
struct err *git_run(struct git *g, const char *const *words, char **ret_output) MUST_CHECK;
/* The same with a server, whose pace is watched (pace.h). */
struct err *git_ask(struct git *g, const char *const *words,
		    bool (*take)(void *arg, const char *bytes, size_t len), void *arg) MUST_CHECK;
/* The same where the output goes to take, until that returns false, which is no error. */
struct err *git_read(struct git *g, const char *const *words,
		     bool (*take)(void *arg, const char *bytes, size_t len), void *arg) MUST_CHECK;

/* The option that says how the repository at url is read. One of this machine may be another
 * user's, of whom nothing is run. */
const char *git_server(const char *url);

/* What of git's and ssh's words is the cause: git's own first, unless that only says that there was none,
 * without credentials of URLs. The caller's to free. */
char *git_reason(const char *errors);
