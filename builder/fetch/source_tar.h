/* SPDX-License-Identifier: MIT */
/* An app's source from an archive (tar or zip) named by URL or path and SHA-256. */
#pragma once
#include "base/progress.h"
#include "fetch/source_limit.h"
#include "recipe/recipe.h"
#include "store/store.h"

/* Unpacks into a work folder of the store; a single top folder, as forges make them, is stepped into. A tar
 * may be compressed by gzip, bzip2, xz or zstd. Names with "..", absolute names, files with holes and
 * archives beyond SOURCE_LIMIT are refused. */
/* path: the archive is that file, which must have the digest, instead of what the
 * app's URL gives; or NULL. */
struct err *source_tar(struct store *s, const struct app *app, const char *path, struct progress *p,
		       char **ret_folder) MUST_CHECK;
/* The same into a folder that is there and empty. ERR_BUILD names what is beyond the limit. */
struct err *source_tar_unpack(const char *archive, const char *folder,
			      const struct source_limit *limit) MUST_CHECK;
