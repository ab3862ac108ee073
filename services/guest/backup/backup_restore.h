/* SPDX-License-Identifier: MIT */
/* Sites of a backup on an instance that runs. */
#pragma once
#include <jansson.h>

#include "lib/bench.h"

/* The site as that backup has it, or (site NULL) every one of the backup that is here: all are brought first,
 * then each is exchanged. ret: {SITE: where its folder of before is}, the caller's; its database of before
 * stays, too. Nothing has changed when it fails before the first exchange. A backup of other apps than the
 * image's is refused: it would have to be migrated. */
struct err *backup_restore(const struct bench *b, const char *id, const char *site, json_t **ret) MUST_CHECK;
/* The same as a site of another name, migrated when it needs that, and listed as one of the
 * bench's; provision must open it. */
struct err *backup_restore_as(const struct bench *b, const char *id, const char *site,
			      const char *name) MUST_CHECK;
