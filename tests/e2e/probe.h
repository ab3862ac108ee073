/* SPDX-License-Identifier: MIT */
/* How a probe says what it found. */
#pragma once
#include <errno.h>
#include <stdio.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Whether it was a question of rights. */
static inline int refused(long result)
{
	return result < 0 && (errno == EPERM || errno == EACCES || errno == ENOSYS || errno == EAFNOSUPPORT ||
			      errno == EROFS || errno == ENOENT || errno == ENXIO || errno == ENODEV ||
			      errno == EPROTONOSUPPORT || errno == ESRCH);
}

static inline void say(const char *kind, const char *name, int yes)
{
	printf("%s %s %s\n", kind, name, yes ? "yes" : "no");
}

/* probe_calls.c */
void probe_sockets(void);
void probe_calls(void);
