/* SPDX-License-Identifier: MIT */
#include "engine/qemu_option.h"

#include "base/text.h"

char *qemu_option(const char *head, const char *value)
{
	struct text t = { 0 };

	text_put(&t, head);
	for (; *value; value++)
		text_printf(&t, *value == ',' ? ",%c" : "%c", *value);
	return text_take(&t);
}
