/* SPDX-License-Identifier: MIT */
#include "base/keyring.h"

#include <string.h>

#define PUBLIC_KEY 6 /* the packet's type */

bool keyring_is(const char *bytes, size_t len)
{
	unsigned first = len ? (unsigned char)bytes[0] : 0;
	unsigned type = first >> 6 == 2 ? (first >> 2) & 15 : first >> 6 == 3 ? first & 63 : 0;

	return type == PUBLIC_KEY || (len >= 12 && !memcmp(bytes + 8, "KBXf", 4)) ||
	       memmem(bytes, len, KEYRING_ARMOUR, strlen(KEYRING_ARMOUR));
}
