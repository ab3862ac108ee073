/* What a person at a disk's console should know, below the machine's state: what was given and is not used. */
#pragma once
#include "base/err.h"

#define NOTE_FILE "/run/mkbench/notes" /* one line each, since the machine's start */

void note(const char *fmt, ...) PRINTF(1, 2); /* says it, too */
