/* SPDX-License-Identifier: MIT */
/* SIGINT and SIGTERM as something to wait for beside other things. */
#pragma once
#include <stdbool.h>

/* From now on they end nothing by themselves in this thread and those made later. */
void interrupt_catch(void);
/* What was caught takes effect after all. */
void interrupt_release(void);
/* Waits until fd (or -1) is readable, so many milliseconds (-1: for ever) are over, or one of
 * them came; true when one ever came. */
bool interrupt_wait(int fd, int milliseconds);
