/* SPDX-License-Identifier: MIT */
#include "service/service_set.h"

#include <string.h>

bool service_set_wants(const struct service_set *s, int only)
{
	return only == ONLY_ALWAYS || (only == ONLY_DEVELOPMENT) == (s->recipe->mode == MODE_DEVELOPMENT);
}

const struct variables *service_set_each(const struct service_set *s, int each, size_t i)
{
	switch (each) {
	case EACH_REDIS: return i < s->redis_count ? &s->redis[i] : NULL;
	case EACH_WORKERS: return i < s->recipe->workers.count ? &s->workers[i] : NULL;
	case EACH_APPS: return i < s->recipe->apps.count ? &s->apps[i] : NULL;
	default: return i == 0 ? &s->scope : NULL;
	}
}

const struct service_user *service_set_user(const struct service_set *s, const char *name)
{
	static const struct service_user root = { .name = "root" };

	if (!strcmp(name, "root"))
		return &root;
	for (size_t i = 0; i < s->users.count; i++)
		if (!strcmp(s->users.items[i].name, name))
			return &s->users.items[i];
	return NULL;
}
