/* SPDX-License-Identifier: MIT */
#include "lib/account.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

struct err *account_find(const char *passwd, struct account *a)
{
	AUTO_FREE char *bytes = NULL;
	size_t len, name_len = strlen(a->name);

	TRY_AS(file_read(passwd, 1 << 20, &bytes, &len), "look up user %s", a->name);
	for (char *line = bytes, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		unsigned uid, gid;
		if (!strncmp(line, a->name, name_len) && line[name_len] == ':' &&
		    sscanf(line + name_len, ":%*[^:]:%u:%u:", &uid, &gid) == 2) {
			a->uid = uid;
			a->gid = gid;
			return NULL;
		}
	}
	return err_new(ERR_SYSTEM, "no user %s in %s", a->name, passwd);
}

static bool is_member(char *members, const char *name)
{
	for (char *one; (one = strsep(&members, ","));)
		if (!strcmp(one, name))
			return true;
	return false;
}

size_t account_groups(const char *group, const struct account *a, gid_t *ret, size_t room)
{
	AUTO_FREE char *bytes = NULL;
	size_t len, count = 1;

	ret[0] = a->gid;
	err_free(file_read(group, 1 << 20, &bytes, &len)); /* without the file there are no further groups */
	for (char *rest = bytes, *line; (line = strsep(&rest, "\n"));) {
		char *name = strsep(&line, ":"), *password = strsep(&line, ":"), *id = strsep(&line, ":");
		if (name && password && id && line && count < room && is_member(line, a->name))
			ret[count++] = (gid_t)strtoul(id, NULL, 10);
	}
	return count;
}
