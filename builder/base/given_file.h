/* SPDX-License-Identifier: MIT */
/* Checks a file or folder that a person named as input, with the same errors everywhere. */
#pragma once
#include "base/err.h"

/* ERR_USAGE if it does not exist, ERR_SYSTEM if it may not be read. */
struct err *given_file_check(const char *path) MUST_CHECK;
