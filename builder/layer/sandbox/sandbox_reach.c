/* SPDX-License-Identifier: MIT */
#include "layer/sandbox/sandbox_reach.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/text.h"

static bool is_private4(uint32_t a)
{
	static const struct {
		uint32_t net;
		int bits;
	} nets[] = {
		{ 0x00000000, 8 },  { 0x0a000000, 8 },	{ 0x64400000, 10 }, { 0x7f000000, 8 },
		{ 0xa9fe0000, 16 }, { 0xac100000, 12 }, { 0xc0000000, 24 }, { 0xc0a80000, 16 },
		{ 0xc6120000, 15 }, { 0xe0000000, 3 },
	};

	for (size_t i = 0; i < COUNT(nets); i++)
		if ((a ^ nets[i].net) >> (32 - nets[i].bits) == 0)
			return true;
	return false;
}

bool sandbox_reach_is_public(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET)
		return !is_private4(
			ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
	if (address->sa_family != AF_INET6)
		return false;
	const unsigned char *a = ((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr;
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff },
				   translated[12] = { 0, 0x64, 0xff, 0x9b };
	/* where an address of IPv4 is within; 2002::/16 (RFC 3056) has it in front */
	const unsigned char *in = !memcmp(a, mapped, 12) || !memcmp(a, translated, 12) ? a + 12 :
				  a[0] == 0x20 && a[1] == 2			       ? a + 2 :
											 NULL;
	if (in)
		return !is_private4((uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 |
				    in[3]);
	if (a[0] == 0x20 && a[1] == 1 && !a[2] && !a[3]) /* Teredo's (RFC 4380): whoever is behind it */
		return false;
	return a[0] >> 5 == 1; /* only 2000::/3 is assigned */
}

static bool is_in(const unsigned char *a, const struct ifaddrs *i, size_t at, size_t len)
{
	const unsigned char *own = (const unsigned char *)i->ifa_addr + at,
			    *mask = i->ifa_netmask ? (const unsigned char *)i->ifa_netmask + at : NULL;

	for (size_t n = 0; n < len; n++)
		if ((a[n] ^ own[n]) & (mask && *mask ? mask[n] : 0xff))
			return false;
	return true;
}

bool sandbox_reach_is_near(const struct sockaddr *address)
{
	static const size_t at4 = offsetof(struct sockaddr_in, sin_addr),
			    at6 = offsetof(struct sockaddr_in6, sin6_addr);
	const unsigned char *bytes = (const unsigned char *)address;
	bool six = address->sa_family == AF_INET6, near = false;
	bool mapped =
		six && IN6_IS_ADDR_V4MAPPED(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
	struct ifaddrs *all = NULL;

	if (getifaddrs(&all) < 0)
		return true;
	for (const struct ifaddrs *i = all; i && !near; i = i->ifa_next) {
		int family = i->ifa_addr ? i->ifa_addr->sa_family : AF_UNSPEC;
		if (family == AF_INET && (!six || mapped))
			near = is_in(bytes + (six ? at6 + 12 : at4), i, at4, 4);
		else if (family == AF_INET6 && six)
			near = is_in(bytes + at6, i, at6, 16);
	}
	freeifaddrs(all);
	return near;
}

bool sandbox_reach_is_plain(const char *host)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
	size_t bracket = *host == '[' ? 1 + strspn(host + 1, "0123456789abcdefABCDEF:.") : 0;
	size_t end = bracket ? bracket + (host[bracket] == ']') : strspn(host, letters);

	if (!end || (bracket && host[bracket] != ']'))
		return false;
	return !host[end] ||
	       (host[end] == ':' && host[end + 1] && !host[end + 1 + strspn(host + end + 1, "0123456789")]);
}

bool sandbox_reach_is_number(const char *name)
{
	AUTO_FREE char *copy = mem_ndup(name, strlen(name) - text_ends(name, "."));
	const char *dot = strrchr(copy, '.'), *last = dot ? dot + 1 : copy;

	return *copy == '[' || !strncasecmp(last, "0x", 2) || strspn(last, "0123456789") == strlen(last);
}
