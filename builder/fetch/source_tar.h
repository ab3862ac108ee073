/* SPDX-License-Identifier: MIT */
/* Gets an app's source from an archive (tar or zip) given by URL or path and SHA-256. */
#pragma once
#include "base/progress.h"
#include "fetch/source_limit.h"
#include "recipe/recipe.h"
#include "store/store.h"

/* Unpacks into a work folder of the store. If the archive has a single top folder, as forges make them, its
 * content is used. A tar may be compressed by gzip, bzip2, xz or zstd. Names with "..", absolute names,
 * sparse files and archives beyond SOURCE_LIMIT are refused. */
/* path: the archive is this file, which must have the digest, instead of the app's URL; or NULL. */
struct err *source_tar(struct store *s, const struct app *app, const char *path, struct progress *p,
		       char **ret_folder) MUST_CHECK;
/* Unpacks into an existing, empty folder. ERR_BUILD names what exceeds the limit. */
struct err *source_tar_unpack(const char *archive, const char *folder,
			      const struct source_limit *limit) MUST_CHECK;
