/* SPDX-License-Identifier: MIT */
/* Which of a framework's tools a step runs. */
#pragma once
#include "service/service.h"

/* Sets ret_used[i], of count, for each tool that a word of argv names by its path, and for each that one of
 * those imports: a Python program by NAME what lies beside it as NAME.py. argv ends with NULL. */
void step_tools_used(const struct service_tool *tools, size_t count, const char *const *argv, bool *ret_used);
