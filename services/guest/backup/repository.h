/* SPDX-License-Identifier: MIT */
/* The repository of backups: restic, called by argv; its place and its secrets go by the environment. */
#pragma once
#include "lib/bench.h"

struct repository {
	const struct bench *bench;
	char *to, *shown; /* restic's word for the place, with what logs in there; and without */
	char *password;
	char *key_id, *key; /* of S3, or the name and the password of a REST server; or NULL */
	char *transport;    /* an option of restic for sftp:, or NULL */
	bool lockless;	    /* no lock can be written there: it is read without one */
};

enum repository_use {
	REPOSITORY_READ,  /* it must be there, and nothing is written on the volume */
	REPOSITORY_WRITE, /* it is made when it is not there */
	REPOSITORY_USED,  /* it must be there: this volume has used it */
};

/* MKBENCH_BACKUP_TO, or the recipe's `to`. The password: MKBENCH_BACKUP_PASSWORD, which is kept once it has
 * opened the repository, or DATA/secrets/backup_password, or a new one. ret is filled in any case. */
struct err *repository_open(const struct bench *b, enum repository_use use,
			    struct repository *ret) MUST_CHECK;
void repository_close(struct repository *r);
#define AUTO_REPOSITORY __attribute__((cleanup(repository_close)))

/* Runs restic with these words (NULL-terminated) to its end, in cwd (NULL: /). ret_output gets its standard
 * output, the caller's; NULL: nobody's. ERR_SYSTEM with one line that says what is wrong: a wrong password, a
 * repository that is damaged or cannot be reached, no room. */
struct err *repository_run(const struct repository *r, const char *cwd, const char *const *words,
			   char **ret_output) MUST_CHECK;
/* Reads a path of a backup to its end, without keeping it: every piece is compared with its digest. */
struct err *repository_read_through(const struct repository *r, const char *id, const char *path) MUST_CHECK;
/* The bytes that a backup takes when it is restored. */
struct err *repository_size(const struct repository *r, const char *id, uint64_t *ret) MUST_CHECK;
