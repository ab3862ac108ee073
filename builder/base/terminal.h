/* SPDX-License-Identifier: MIT */
/* A pseudo-terminal inside a container, for interactive programs: the terminal outside has no name there. */
#pragma once
#include <sys/types.h>

#include "base/err.h"

/* Call in the container's mount namespace. Opens both ends, the caller's to close, with the size of our own
 * terminal; -1 if the container cannot make one. */
void terminal_open(int *ret_ours, int *ret_theirs);
/* Call in the child: it becomes a session leader with this controlling terminal. */
struct err *terminal_enter(int theirs) MUST_CHECK;
/* Relays input, if our standard input is a terminal, and output until nobody has the other end open. Then
 * restores our terminal. */
struct err *terminal_serve(int ours) MUST_CHECK;
