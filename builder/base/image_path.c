/* SPDX-License-Identifier: MIT */
#include "base/image_path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

/* A tag may be a whole name with colons of its own, so the longest path that is there is taken. */
void image_path_split(const char *path, char **ret_path, char **ret_tag)
{
	AUTO_FREE char *head = mem_dup(path);

	*ret_tag = NULL;
	*ret_path = realpath(path, NULL);
	int why = errno;
	for (char *colon; !*ret_path && (colon = strrchr(head, ':'));) {
		*colon = '\0';
		*ret_path = colon > head && path[colon - head + 1] ? realpath(head, NULL) : NULL;
		if (*ret_path)
			*ret_tag = mem_dup(path + (colon - head) + 1);
	}
	errno = why;
}

bool image_path_means(const char *tag, const char *name)
{
	size_t name_len = name ? strlen(name) : 0, len = strlen(tag);

	if (!len || len > name_len || !text_ends(name, tag))
		return false;
	const char *at = name + name_len - len;
	return at == name || at[-1] == '/' || (at[-1] == ':' && !strchr(tag, '/'));
}
