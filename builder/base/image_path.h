/* SPDX-License-Identifier: MIT */
/* Selects one image of a file or folder that holds several: "FOLDER:TAG", as skopeo and umoci write it. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

/* *ret_path is absolute. If path itself does not exist but the part before its last colon does, *ret_tag is
 * the part behind that colon; else NULL. Both are the caller's to free, also after an error. Errors are those
 * of given_file_check, or ERR_USAGE if it is neither a file nor a folder. */
struct err *image_path_split(const char *path, char **ret_path, char **ret_tag, bool *ret_folder) MUST_CHECK;
/* Whether tag selects an image called name ("demo:1.0", "1.0", "registry.example/demo:1.0"; may be NULL): tag
 * must be the whole name, or its end behind a slash or a colon. */
bool image_path_means(const char *tag, const char *name);
/* A hint for a file that is not an image as it stands, ": it is compressed …", or "". */
const char *image_path_hint(const char *path);
