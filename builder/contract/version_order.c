/* SPDX-License-Identifier: MIT */
#include "contract/version_order.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* "1.10" and "v2.0.1" are numeric, "main" is not. */
static bool is_numbered(const char *v)
{
	v += *v == 'v';
	return isdigit((unsigned char)*v) && !v[strspn(v, "0123456789.")];
}

bool version_order_is_below(const char *one, const char *other)
{
	if (!one || !other || !is_numbered(one) || !is_numbered(other))
		return false;
	one += *one == 'v';
	other += *other == 'v';
	for (;;) {
		char *rest, *rest_of_other;
		unsigned long a = strtoul(one, &rest, 10), b = strtoul(other, &rest_of_other, 10);
		if (a != b || (!*rest && !*rest_of_other))
			return a < b;
		one = rest + (*rest == '.');
		other = rest_of_other + (*rest_of_other == '.');
	}
}
