/* SPDX-License-Identifier: MIT */
/* Programs that many maintainer scripts call, each call doing again what the last
 * one did: while packages are configured the calls are only noted, and at the end each
 * program runs once for all of them. Both functions run inside the sandbox. */
#pragma once
#include "layer/deb/installed.h"

/* Puts a note-taker over the programs that are there: with all rights in the sandbox
 * (struct sandbox, before). */
struct err *triggers_begin(void) MUST_CHECK;
/* Does what was asked for; packages tell which modules are meant. */
struct err *triggers_end(const struct installed *packages, size_t count) MUST_CHECK;
