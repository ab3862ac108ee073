/* SPDX-License-Identifier: MIT */
/* Finds the installed packages in an image's files. Pure, except for allocated memory. */
#pragma once
#include "report/contents.h"

/* Fills packages, owner_of, os and has_dpkg of contents whose tree is complete. */
void contents_packages(struct contents *c);
