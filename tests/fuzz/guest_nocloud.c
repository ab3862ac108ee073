/* SPDX-License-Identifier: MIT */
/* A NoCloud seed of any bytes: the first byte says which of its files. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "disk/nocloud.h"
#include "lib/environment.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void is_lines(const struct text *t)
{
	if (t->len && (strlen(t->bytes) != t->len || t->bytes[t->len - 1] != '\n'))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct nocloud n = { 0 };

	if (len)
		(*bytes == 'm' ? nocloud_meta : nocloud_user)(&n, (const char *)bytes + 1, len - 1);
	is_lines(&n.keys);
	is_lines(&n.notes);
	if (n.hostname && strchr(n.hostname, '.'))
		abort();
	for (size_t i = 0; i < n.setting_count; i++)
		if (!environment_is_known(n.settings[i].name))
			abort();
	nocloud_done(&n);
	return 0;
}
