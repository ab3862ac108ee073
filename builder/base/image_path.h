/* SPDX-License-Identifier: MIT */
/* Which image of a file or a folder that holds several: "FOLDER:TAG", as skopeo and umoci write it. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

/* *ret_path is absolute, *ret_tag what stands behind the last colon, where path itself is not
 * there and what stands before it is; else NULL. Both are the caller's, also after an error: that of
 * given_file_check, or ERR_USAGE when it is neither a file nor a folder. */
struct err *image_path_split(const char *path, char **ret_path, char **ret_tag, bool *ret_folder) MUST_CHECK;
/* Whether an image that is called name ("demo:1.0", "1.0", "registry.example/demo:1.0"; may be NULL) is meant
 * by tag: by the whole of its name, or by its end behind a slash or a colon. */
bool image_path_means(const char *tag, const char *name);
/* What to do with a file that is no image as it is, ": it is compressed …", or "". */
const char *image_path_hint(const char *path);
