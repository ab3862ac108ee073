/* SPDX-License-Identifier: MIT */
#include "upgrade/upgrade_expiry.h"

#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "lib/log.h"
#include "upgrade/release.h"
#include "upgrade/snapshot.h"
#include "upgrade/upgrade_record.h"

#define TURN_MS 600000

struct err *upgrade_expiry_due(const struct bench *b)
{
	json_t *committed;

	if (!b->upgrade_keep_seconds || upgrade_record_is_there(b))
		return NULL;
	TRY(release_read(b, &committed));
	json_int_t at = json_integer_value(json_object_get(committed, "at"));
	json_decref(committed);
	return time(NULL) < at + (time_t)b->upgrade_keep_seconds ? NULL : snapshot_drop_others(b, NULL);
}

void upgrade_expiry_turn(const struct bench *b, int64_t *at)
{
	if (clock_ms() < *at)
		return;
	*at = clock_ms() + TURN_MS;
	if (!b->upgrade_keep_seconds || fork())
		return;
	struct err *e = upgrade_expiry_due(b);
	if (e)
		log_err(e, "the copy of before the upgrade");
	_exit(0);
}
