/* SPDX-License-Identifier: MIT */
#include "base/image_path.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/given_file.h"
#include "base/mem.h"
#include "base/text.h"

/* A tag may be a whole name with its own colons, so the longest existing path is used. */
struct err *image_path_split(const char *path, char **ret_path, char **ret_tag, bool *ret_folder)
{
	AUTO_FREE char *head = mem_dup(path);
	struct stat st;

	*ret_tag = NULL;
	*ret_path = realpath(path, NULL);
	for (char *colon; !*ret_path && (colon = strrchr(head, ':'));) {
		*colon = '\0';
		*ret_path = colon > head && path[colon - head + 1] ? realpath(head, NULL) : NULL;
		if (*ret_path)
			*ret_tag = mem_dup(path + (colon - head) + 1);
	}
	TRY(given_file_check(*ret_tag ? *ret_path : path));
	if (!*ret_path || stat(*ret_path, &st) < 0 || !(S_ISDIR(st.st_mode) || S_ISREG(st.st_mode)))
		return err_new(ERR_USAGE, "%s is neither a file nor a folder", path);
	*ret_folder = S_ISDIR(st.st_mode);
	return NULL;
}

bool image_path_means(const char *tag, const char *name)
{
	size_t name_len = name ? strlen(name) : 0, len = strlen(tag);

	if (!len || len > name_len || !text_ends(name, tag))
		return false;
	const char *at = name + name_len - len;
	return at == name || at[-1] == '/' || (at[-1] == ':' && !strchr(tag, '/'));
}

const char *image_path_hint(const char *path)
{
	static const struct {
		const char *magic;
		size_t len;
		const char *hint;
	} forms[] = {
		{ "\x1f\x8b", 2, ": it is compressed, 'gunzip' makes a .tar of it" },
		{ "\x28\xb5\x2f\xfd", 4, ": it is compressed, 'zstd -d' unpacks it" },
		{ "\xfd"
		  "7zXZ",
		  5, ": it is compressed, 'unxz' makes a .tar of it" },
	};
	char head[8] = { 0 };
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || read(fd, head, sizeof head) <= 0)
		return "";
	for (size_t i = 0; i < COUNT(forms); i++)
		if (!memcmp(head, forms[i].magic, forms[i].len))
			return forms[i].hint;
	return "";
}
