/* SPDX-License-Identifier: MIT */
/* Parses the apps that an app needs from its Python source: NAME = ["org/one", "two"], once, at the beginning
 * of a line. The text is never run, so anything but a list of strings is refused. */
#pragma once
#include "base/arena.h"
#include "base/err.h"

struct declared_needs {
	const char **items; /* names of apps, in an arena */
	size_t count, room;
};

/* Adds the names; none if there is no such line. shown is the file's name for people; bytes ends with a NUL.
 * ERR_RECIPE, "file:line:col: …". */
struct err *declared_needs_read(struct arena *a, const char *shown, const char *bytes, const char *variable,
				struct declared_needs *ret) MUST_CHECK;
