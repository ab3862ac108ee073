/* SPDX-License-Identifier: MIT */
/* What apt on this machine is told to use (sources.list(5)): sources.list, and *.list and
 * *.sources of sources.list.d. Entries that are off, for sources only, for other
 * architectures, or of a flat archive (a suite ending in '/') are left out. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "debian/control.h"

#define APT_FOLDER "/etc/apt"

/* One suite below one URI. */
struct apt_entry {
	const char *uri; /* without trailing slash; "file:/x" is written file:///x */
	const char *suite;
	const char *const *components; /* NULL-terminated */
	const char *key;	       /* a keyring's path or an armoured key itself; NULL: none is named */
	bool sound;		       /* signed, by keys that are named by file or as they are */
	/* false: a scheme we do not follow, unsigned, or keys named by fingerprint */
	bool usable;
};

struct apt {
	struct arena arena;
	const char *folder; /* that was read */
	struct apt_entry *items;
	size_t count;
};

/* folder is /etc/apt or one like it; what is missing there is empty. ERR_SYSTEM when a file cannot be
 * read. Lines that apt itself would refuse are passed over. */
struct err *apt_read(const char *folder, const char *architecture, struct apt *ret) MUST_CHECK;
void apt_done(struct apt *a);

/* A URI as entries have it, in the arena; and whether one is followed. */
const char *apt_uri(struct arena *a, struct slice uri);
bool apt_is_followed(const char *uri);
