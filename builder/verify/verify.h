/* SPDX-License-Identifier: MIT */
/* Starts an image only to check it: a throw-away instance, all checks from inside and outside, an ordered
 * stop, nothing left behind. */
#pragma once
#include "launch/run.h"

/* o's name and data are ignored. Prints results to standard output, a line each, or as JSON at the end
 * (builder/README.md). ERR_BUILD if a check has failed. */
struct err *verify_image(const struct run_options *o, bool json) MUST_CHECK;
