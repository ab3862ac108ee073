/* SPDX-License-Identifier: MIT */
#include "recipe/network.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define DEEPEST 24 /* depth of halving; smaller parts do not matter */

/* In IPv6 form, which has a range for IPv4. */
struct network {
	uint8_t bytes[16];
	unsigned bits;
};

static bool read_network(const char *text, struct network *ret)
{
	AUTO_FREE char *address = mem_ndup(text, strcspn(text, "/"));
	const char *slash = strchr(text, '/');
	bool six = strchr(address, ':');

	*ret = (struct network){ .bytes = { [10] = 0xff, [11] = 0xff } };
	if (inet_pton(six ? AF_INET6 : AF_INET, address, six ? ret->bytes : ret->bytes + 12) != 1)
		return false;
	unsigned long bits = slash ? strtoul(slash + 1, NULL, 10) : 128;
	ret->bits = !slash ? 128 : (unsigned)bits + (six ? 0 : 96);
	return ret->bits <= 128;
}

/* Whether the first bits of two networks are equal. */
static bool agree(const struct network *a, const struct network *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	return !memcmp(a->bytes, b->bytes, whole) &&
	       (!rest || !((a->bytes[whole] ^ b->bytes[whole]) >> (8 - rest)));
}

/* The part of a network that others cover, from 0 to 1. */
static double part_held(const struct network *of, const struct network *all, size_t count, unsigned depth)
{
	bool some = false;

	for (size_t i = 0; i < count; i++) {
		if (all[i].bits <= of->bits && agree(&all[i], of, all[i].bits))
			return 1;
		some |= all[i].bits > of->bits && agree(&all[i], of, of->bits);
	}
	if (!some || depth == DEEPEST)
		return 0;
	struct network low = *of, high = *of;
	low.bits = high.bits = of->bits + 1;
	high.bytes[of->bits / 8] |= (uint8_t)(0x80 >> of->bits % 8);
	return (part_held(&low, all, count, depth + 1) + part_held(&high, all, count, depth + 1)) / 2;
}

bool network_is_everybody(const struct list *texts)
{
	static const struct network worlds[] = {
		{ { [10] = 0xff, [11] = 0xff }, 96 }, /* RFC 4291: ::ffff:0:0/96 */
		{ { 0x20 }, 3 },		      /* the range IANA assigns from: 2000::/3 */
	};
	AUTO_FREE struct network *all = mem_array(texts->count, sizeof *all);
	const char *const *items = texts->items;
	size_t count = 0;

	for (size_t i = 0; i < texts->count; i++)
		count += items[i] && read_network(items[i], &all[count]);
	for (size_t i = 0; i < COUNT(worlds); i++)
		if (part_held(&worlds[i], all, count, 0) >= 0.5)
			return true;
	return false;
}
