/* SPDX-License-Identifier: MIT */
#include "base/mkbench_version.h"

#ifndef MKBENCH_VERSION
#define MKBENCH_VERSION "unknown" /* for who reads one file alone: the Makefile names it */
#endif

const char mkbench_version[] = MKBENCH_VERSION;
