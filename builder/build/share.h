/* SPDX-License-Identifier: MIT */
/* Finds the folder of files that come with the mkbench program. */
#pragma once
#include "base/err.h"

/* The folder that holds services/, rootfs/ and recipes/: $MKBENCH_SHARE, the source
 * tree, or PREFIX/share/mkbench. The caller's to free. */
struct err *share_folder(char **ret) MUST_CHECK;
