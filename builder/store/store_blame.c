/* SPDX-License-Identifier: MIT */
/* Names a full disk as the cause when a write to the store failed. */
#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/mem.h"
#include "store/store.h"

#define ROOM_MIN (8u << 20) /* less counts as full: a failed program has freed some space by then */

static bool is_full(const struct store *s, const struct err *e)
{
	struct statvfs fs;

	if (err_code(e) == ENOSPC || err_code(e) == EDQUOT)
		return true;
	return err_kind(e) == ERR_BUILD && !statvfs(store_path(s), &fs) &&
	       (uint64_t)fs.f_bavail * fs.f_frsize < ROOM_MIN;
}

struct err *store_blame_disk(const struct store *s, struct err *e)
{
	if (!e || !is_full(s, e))
		return e;
	AUTO_FREE char *text = err_text(e);
	if (strstr(text, STORE_FULL))
		return e;
	err_free(e);
	return err_new(ERR_SYSTEM, STORE_FULL ": %s", text);
}
