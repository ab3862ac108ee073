/* SPDX-License-Identifier: MIT */
/* A NoCloud seed (cloud-init's documentation, "NoCloud"): meta-data and user-data of the kind #cloud-config,
 * read as the credentials that say the same. Understood are
 *     meta-data   local-hostname or hostname, public-keys
 *     user-data   hostname or fqdn, ssh_authorized_keys, users (root's ssh_authorized_keys), ntp (servers,
 * pools), mkbench: settings under the names that a container's environment has and a note is left for
 * whatever else is there. */
#pragma once
#include "base/text.h"

struct nocloud {
	char *hostname;	  /* system.hostname; the first label, as cloud-init has it */
	struct text keys; /* ssh.authorized_keys.root: one a line */
	struct text ntp;  /* names of servers, by space */
	struct nocloud_setting {
		char *name, *value;
	} * settings;
	size_t setting_count;
	struct text notes; /* one a line */
};

void nocloud_meta(struct nocloud *n, const char *bytes, size_t len);
void nocloud_user(struct nocloud *n, const char *bytes, size_t len); /* wins over what meta said */
void nocloud_done(struct nocloud *n);
