/* SPDX-License-Identifier: MIT */
#include "build/build_own_lock.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

#define KIND "own-lock"
#define FILE_LIMIT (64u << 20)

static struct digest key_of(const struct build_context *j)
{
	AUTO_FREE char *path = realpath(j->recipe_path, NULL);
	const char *key = path ? path : j->recipe_path;

	return digest_of(key, strlen(key));
}

/* The digest of the lock's file, so that a lock that a person has put in its place is not taken for it. */
static struct err *digest_of_lock(const struct build_context *j, char ret_hex[static DIGEST_HEX])
{
	AUTO_FREE char *bytes = NULL;
	size_t len;

	TRY(file_read(j->lock_path, FILE_LIMIT, &bytes, &len));
	struct digest d = digest_of(bytes, len);
	digest_hex(&d, ret_hex);
	return NULL;
}

bool build_own_lock_is(const struct build_context *j)
{
	struct digest key = key_of(j);
	AUTO_FREE char *known = NULL;
	char now[DIGEST_HEX] = "";
	struct err *e = store_ref_read(j->store, KIND, &key, &known);

	if (!e && known)
		e = digest_of_lock(j, now);
	err_free(e); /* then it is as any other */
	return known && !strcmp(known, now);
}

static struct err *remember(struct build_context *j, const char *what)
{
	struct digest key = key_of(j);

	return store_ref_write(j->store, KIND, &key, what);
}

struct err *build_own_lock_write(struct build_context *j)
{
	char hex[DIGEST_HEX];

	TRY(lock_write(j->lock_path, &j->lock));
	if (!j->own_lock)
		return remember(j, "no");
	TRY(digest_of_lock(j, hex));
	return remember(j, hex);
}

struct err *build_own_lock_end(struct build_context *j)
{
	bool own = j->own_lock;

	j->own_lock = false;
	return own ? remember(j, "no") : NULL;
}
