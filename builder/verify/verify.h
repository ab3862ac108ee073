/* SPDX-License-Identifier: MIT */
/* An image started only to be checked: a throw-away instance, every check of inside and outside,
 * an ordered stop, nothing left. */
#pragma once
#include "launch/run.h"

/* o's name and data are not asked. Results go to standard output, a line each, or as JSON when all is over
 * (builder/README.md). ERR_BUILD when a check has failed. */
struct err *verify_image(const struct run_options *o, bool json) MUST_CHECK;
