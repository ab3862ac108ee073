/* SPDX-License-Identifier: MIT */
/* What a person at a disk's console should know, below the machine's state. */
#pragma once
#include "base/err.h"

#define NOTE_FILE "/run/mkbench/notes" /* one line each, since the machine's start */

void note(const char *fmt, ...) PRINTF(1, 2); /* says it, too */
void note_err(struct err *e, const char *what);   /* "what: why", and frees it; nothing for NULL */
