/* SPDX-License-Identifier: MIT */
/* Finds which of a framework's tools a step runs. */
#pragma once
#include "service/service.h"

/* Sets ret_used[i], of count, for each tool whose path is in argv, and for each tool that one of those
 * imports: in a Python program, NAME means NAME.py beside it. argv ends with NULL. */
void step_tools_used(const struct service_tool *tools, size_t count, const char *const *argv, bool *ret_used);
