/* SPDX-License-Identifier: MIT */
/* Which mkbench this is, for what it writes: "0.1.0". The Makefile has the number. */
#pragma once

extern const char mkbench_version[];
