/* SPDX-License-Identifier: MIT */
/* What a child says, into a file: the disk's own error is told apart from the child's. */
#pragma once
#include "base/child.h"

/* Runs it to its end, its output into fd; what names the file in an error of the disk. ret_errors and
 * ret_status as child_run's; the child's take and arg are overwritten. */
struct err *pour_child(struct child *c, int fd, const char *what, char **ret_errors,
		       int *ret_status) MUST_CHECK;
