/* SPDX-License-Identifier: MIT */
#include "launch/host_names.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

static bool is_host(const json_t *value)
{
	const char *name = json_string_value(value);

	return name && *name && *name != '-' && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.")];
}

struct err *host_names_check(const json_t *bench, const char *path)
{
	const json_t *sites = json_object_get(bench, "sites");

	for (size_t i = 0; i < json_array_size(sites); i++) {
		const json_t *site = json_array_get(sites, i), *hosts = json_object_get(site, "hosts");
		bool sound = is_host(json_object_get(site, "name"));
		for (size_t j = 0; j < json_array_size(hosts); j++)
			sound = sound && is_host(json_array_get(hosts, j));
		if (!sound)
			return err_new(ERR_BUILD, "%s is damaged: a site of its bench.json has no host name where one belongs", path);
	}
	return NULL;
}
