/* SPDX-License-Identifier: MIT */
/* The repository of backups: runs restic by argv; passes its place and its secrets in the environment. */
#pragma once
#include "lib/bench.h"

struct repository {
	const struct bench *bench;
	char *to, *shown; /* the place as restic takes it, with its login; and without, for messages */
	char *password;
	char *key_id, *key; /* the login: S3's key, or a REST server's name and password; or NULL */
	char *transport;    /* a restic option for sftp:, or NULL */
	bool lockless;	    /* no lock can be written there: reads go without a lock */
};

enum repository_use {
	REPOSITORY_READ,  /* it must exist, and nothing is written on the volume */
	REPOSITORY_WRITE, /* it is created when it does not exist */
	REPOSITORY_USED,  /* it must exist: this volume has used it before */
};

/* Opens MKBENCH_BACKUP_TO, or the recipe's `to`. The password is MKBENCH_BACKUP_PASSWORD, which is saved
 * once it has opened the repository, or DATA/secrets/backup_password, or a new one. ret is filled in any
 * case. */
struct err *repository_open(const struct bench *b, enum repository_use use,
			    struct repository *ret) MUST_CHECK;
void repository_close(struct repository *r);
#define AUTO_REPOSITORY __attribute__((cleanup(repository_close)))

/* Runs restic with these words (NULL-terminated) to its end, in cwd (NULL: /). ret_output gets its standard
 * output, which the caller frees; NULL: it is dropped. ERR_SYSTEM with one line that says what is wrong: a
 * wrong password, a damaged repository, one that cannot be reached, no room. */
struct err *repository_run(const struct repository *r, const char *cwd, const char *const *words,
			   char **ret_output) MUST_CHECK;
/* Reads a path of a backup to its end and drops the bytes: restic compares every piece with its digest. */
struct err *repository_read_through(const struct repository *r, const char *id, const char *path) MUST_CHECK;
/* The bytes that a backup needs when it is restored. */
struct err *repository_size(const struct repository *r, const char *id, uint64_t *ret) MUST_CHECK;
