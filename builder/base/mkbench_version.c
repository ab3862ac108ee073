/* SPDX-License-Identifier: MIT */
#include "base/mkbench_version.h"

#ifndef MKBENCH_VERSION
#define MKBENCH_VERSION "unknown" /* for tools that read this file alone: the Makefile sets it */
#endif

const char mkbench_version[] = MKBENCH_VERSION;
