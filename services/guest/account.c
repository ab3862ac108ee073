#include "account.h"

#include <stdio.h>
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
