/* SPDX-License-Identifier: MIT */
/* A file or a folder that a person has named to be read: one answer for whoever asks for one. */
#pragma once
#include "base/err.h"

/* ERR_USAGE when it is not there, ERR_SYSTEM when it may not be read. */
struct err *given_file_check(const char *path) MUST_CHECK;
