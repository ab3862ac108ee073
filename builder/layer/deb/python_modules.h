/* SPDX-License-Identifier: MIT */
/* Compiles the modules of Python's packages. Their scripts would start two interpreters for each package, one
 * after another: here the modules are compiled beside the scripts, by few interpreters, into a folder of
 * their own, and those that the scripts ask for are taken from it. All functions run inside the sandbox. */
#pragma once
#include "base/text.h"
#include "layer/deb/installed.h"

/* Records what Python's own packages want compiled. Needs all rights in the sandbox (struct sandbox, before).
 */
struct err *python_modules_defer(void) MUST_CHECK;
/* Begins to compile all modules of these packages, for the case that they are asked for. */
void python_modules_ahead(const struct installed *packages, size_t count);
/* Waits until that has ended; nothing is compiled ahead if it fails. */
void python_modules_await(void);
/* Adds the names of a package's modules in Python's default path, a line each; name may have an architecture,
 * and NULL means all packages. */
void python_modules_of(const struct installed *packages, size_t count, const char *name, struct text *ret);
/* Compiles these, a name a line, as compileall does. */
struct err *python_modules_compile(const struct text *names) MUST_CHECK;
/* Compiles those that were recorded. Last, because whoever imports the compiler caches what he has seen. */
struct err *python_modules_compile_own(void) MUST_CHECK;
