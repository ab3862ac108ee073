/* SPDX-License-Identifier: MIT */
/* The version of mkbench, "0.1.0", for the files it writes. The number is set in the Makefile. */
#pragma once

extern const char mkbench_version[];
