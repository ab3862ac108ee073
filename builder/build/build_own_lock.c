/* SPDX-License-Identifier: MIT */
#include "build/build_own_lock.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define KIND "own-lock"

static struct digest key_of(const struct build_context *j)
{
	AUTO_FREE char *path = realpath(j->recipe_path, NULL);
	const char *key = path ? path : j->recipe_path;

	return digest_of(key, strlen(key));
}

bool build_own_lock_is(const struct build_context *j)
{
	struct digest key = key_of(j);
	AUTO_FREE char *asked = NULL;
	char hex[DIGEST_HEX];
	struct err *e = store_ref_read(j->store, KIND, &key, &asked);

	err_free(e); /* then it is as any other */
	return asked && !strcmp(asked, digest_hex(&j->lock.asked, hex));
}

static struct err *remember(struct build_context *j, const char *what)
{
	struct digest key = key_of(j);

	return store_ref_write(j->store, KIND, &key, what);
}

struct err *build_own_lock_mark(struct build_context *j)
{
	char hex[DIGEST_HEX];

	return remember(j, j->own_lock ? digest_hex(&j->lock.asked, hex) : "no");
}

struct err *build_own_lock_end(struct build_context *j)
{
	bool own = j->own_lock;

	j->own_lock = false;
	return own ? remember(j, "no") : NULL;
}
