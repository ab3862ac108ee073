/* SPDX-License-Identifier: MIT */
/* Restores sites of a backup on an instance that runs. */
#pragma once
#include <jansson.h>

#include "lib/bench.h"

/* Restores the site, or with site NULL every site of the backup that exists here. All sites are prepared
 * first, then each is exchanged. ret: {SITE: where its former folder is}; the caller frees it. The former
 * database stays, too. A failure before the first exchange changes nothing. Refuses a backup of other apps
 * than the image's: it would need a migration. */
struct err *backup_restore(const struct bench *b, const char *id, const char *site, json_t **ret) MUST_CHECK;
/* Restores the site under another name, migrates it if needed, and adds it to the bench's sites. Run
 * provision afterwards to open it. */
struct err *backup_restore_as(const struct bench *b, const char *id, const char *site,
			      const char *name) MUST_CHECK;
