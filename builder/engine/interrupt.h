/* SPDX-License-Identifier: MIT */
/* Makes SIGINT and SIGTERM events that a program can wait for. */
#pragma once
#include <stdbool.h>

/* From now on these signals no longer end this thread and threads created later. */
void interrupt_catch(void);
/* Restores the signals' effect; a caught one takes effect now. */
void interrupt_release(void);
/* Waits until fd (or -1) is readable, that many milliseconds (-1: no limit) have passed, or a signal arrives.
 * True if a signal has ever arrived. */
bool interrupt_wait(int fd, int milliseconds);
