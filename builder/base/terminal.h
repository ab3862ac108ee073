/* SPDX-License-Identifier: MIT */
/* A terminal of the container's own for a program that a person talks to: the one
 * outside has no name inside. */
#pragma once
#include <sys/types.h>

#include "base/err.h"

/* In the container's mount namespace: both ends, the caller's, as large as our own terminal; -1
 * where the container makes none. */
void terminal_open(int *ret_ours, int *ret_theirs);
/* In the child, which becomes the terminal's session. */
struct err *terminal_enter(int theirs) MUST_CHECK;
/* Carries what is typed, where our standard input is a terminal, and what is shown, until nobody has the
 * other end any more. Our terminal is left as it was found. */
struct err *terminal_serve(int ours) MUST_CHECK;
