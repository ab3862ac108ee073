/* SPDX-License-Identifier: MIT */
/* Notices for a person at a disk's console, shown below the machine's state. */
#pragma once
#include "base/err.h"

#define CONSOLE_NOTICE_FILE "/run/mkbench/notes" /* one a line, since the machine's start */

void console_notice(const char *fmt, ...) PRINTF(1, 2);	  /* also logs it */
void console_notice_err(struct err *e, const char *what); /* adds "what: why", frees e; NULL: nothing */
