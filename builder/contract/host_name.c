/* SPDX-License-Identifier: MIT */
#include "contract/host_name.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

#define LONGEST_SITE 200
#define LONGEST_HOST 253

bool host_name_is_site(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.");

	return len && len <= LONGEST_SITE && !name[len] && *name != '.' && *name != '-' &&
	       !strstr(name, "..");
}

bool host_name_is_served(const char *host)
{
	const char *name = text_starts(host, "*.") ? host + 2 : host;
	size_t label = 0;

	for (const char *c = name; *c; c++) {
		if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
			return false;
		if (*c == '.' && !label)
			return false;
		label = *c == '.' ? 0 : label + 1;
	}
	return label && *name != '-' && strlen(host) <= LONGEST_HOST;
}
