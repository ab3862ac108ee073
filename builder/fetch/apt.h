/* SPDX-License-Identifier: MIT */
/* Reads this machine's apt sources (sources.list(5)): sources.list, and *.list and *.sources in
 * sources.list.d. Entries are left out that are disabled, for sources only, for other architectures, or of a
 * flat archive (a suite ending in '/'). */
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
	const char *key;	       /* a keyring's path or an armoured key itself; NULL: none given */
	bool sound;		       /* signed, with keys that are given as a file or inline */
	/* false: an unsupported scheme, unsigned, or keys given by fingerprint */
	bool usable;
};

struct apt {
	struct arena arena;
	const char *folder; /* the folder that was read */
	struct apt_entry *items;
	size_t count;
};

/* folder is /etc/apt or a folder like it; missing files count as empty. ERR_SYSTEM if a file cannot be read.
 * Lines that apt would refuse are skipped. */
struct err *apt_read(const char *folder, const char *architecture, struct apt *ret) MUST_CHECK;
void apt_done(struct apt *a);

/* Copies a URI into the arena in the form that entries use; and whether its scheme is supported. */
const char *apt_uri(struct arena *a, struct slice uri);
bool apt_is_followed(const char *uri);
