/* The wait page of a standby: 503 to everybody who asks for anything, until init takes the volume. */
#pragma once
#include <sys/types.h>

#include "bench.h"

#define STANDBY_PAGE "/usr/share/mkbench/wait.html"

/* Listens on the published port and serves in a child, which has no rights but those of the bench's user. ret_pid is the child. Refused
 * when the port is not free, as beside an instance in the same network. */
struct err *standby_start(const struct bench *b, pid_t *ret_pid) MUST_CHECK;
/* Ends it, so that the port is free. 0 is fine. */
void standby_end(pid_t pid);
