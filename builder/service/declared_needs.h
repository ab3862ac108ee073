/* SPDX-License-Identifier: MIT */
/* Which apps an app needs, as its Python source says it: NAME = ["org/one", "two"], once, at the beginning of
 * a line. It is read as text and never run, so anything but a list of texts is refused. */
#pragma once
#include "base/arena.h"
#include "base/err.h"

struct declared_needs {
	const char **items; /* names of apps, in an arena */
	size_t count, room;
};

/* Adds the names; none when there is no such line. shown names the file for people, bytes end with a NUL.
 * ERR_RECIPE, "file:line:col: …". */
struct err *declared_needs_read(struct arena *a, const char *shown, const char *bytes, const char *variable,
				struct declared_needs *ret) MUST_CHECK;
