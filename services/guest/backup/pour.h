/* SPDX-License-Identifier: MIT */
/* Writes a child's output into a file, and tells an error of the disk from one of the child. */
#pragma once
#include "base/child.h"

/* Runs the child to its end, its output into fd. what names the file in an error of the disk. ret_errors and
 * ret_status are as child_run's. Overwrites the child's take and arg. */
struct err *pour_child(struct child *c, int fd, const char *what, char **ret_errors,
		       int *ret_status) MUST_CHECK;
