/* SPDX-License-Identifier: MIT */
/* Parses a NoCloud seed (cloud-init's documentation, "NoCloud"): meta-data, and user-data of the kind
 * #cloud-config, become the credentials of the same meaning. It understands
 *     meta-data   local-hostname or hostname, public-keys
 *     user-data   hostname or fqdn, ssh_authorized_keys, users (root's ssh_authorized_keys), ntp (servers,
 *                 pools), mkbench: settings by the names of a container's environment
 * and leaves a note about every other key. */
#pragma once
#include "base/text.h"

struct nocloud {
	char *hostname;	  /* system.hostname; of a full name its first label, as cloud-init does */
	struct text keys; /* ssh.authorized_keys.root: one a line */
	struct text ntp;  /* names of time servers, separated by spaces */
	struct nocloud_setting {
		char *name, *value;
	} * settings;
	size_t setting_count;
	struct text notes; /* one a line */
};

void nocloud_meta(struct nocloud *n, const char *bytes, size_t len);
void nocloud_user(struct nocloud *n, const char *bytes, size_t len); /* wins over nocloud_meta */
void nocloud_done(struct nocloud *n);
