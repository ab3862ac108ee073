/* SPDX-License-Identifier: MIT */
#include "base/version.h"

#ifndef MKBENCH_VERSION
#define MKBENCH_VERSION "unknown" /* for who reads one file alone: the Makefile names it */
#endif

const char version_number[] = MKBENCH_VERSION;
