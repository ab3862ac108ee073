/* SPDX-License-Identifier: MIT */
/* What is installed, as the files of an image say. Pure but for the memory that it takes. */
#pragma once
#include "report/contents.h"

/* Fills packages, owner_of, os and has_dpkg of contents whose tree stands. */
void contents_packages(struct contents *c);
