/* SPDX-License-Identifier: MIT */
/* What a person at a disk's console should know, below the machine's state. */
#pragma once
#include "base/err.h"

#define CONSOLE_NOTICE_FILE "/run/mkbench/notes" /* one line each, since the machine's start */

void console_notice(const char *fmt, ...) PRINTF(1, 2);	  /* says it, too */
void console_notice_err(struct err *e, const char *what); /* "what: why", and frees it; nothing for NULL */
