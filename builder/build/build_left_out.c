/* SPDX-License-Identifier: MIT */
#include "build/build_left_out.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "layer/layer_set.h"

/* Whether it is below the bench's folder, and not that folder: "apps/a/b". */
static bool is_inside(const char *path)
{
	size_t len;

	if (!*path)
		return false;
	for (; *path; path += len + (path[len] == '/')) {
		len = strcspn(path, "/");
		if (!len || (len == 1 && *path == '.') || (len == 2 && !strncmp(path, "..", 2)))
			return false;
	}
	return true;
}

/* The list as the last part that wrote it left it; NULL: none did. */
static struct err *read_list(const struct build_apps *apps, const char *path, char **ret)
{
	for (size_t i = apps->count; i-- && !*ret;) {
		struct err *e = layer_root_read(&apps->made[i], path, ret);
		if (e && err_code(e) != ENOENT)
			return e;
		err_free(e);
	}
	return NULL;
}

struct err *build_left_out(const struct build_context *j, const struct build_apps *apps, struct tree *ret)
{
	const char *bench = service_bench_path(j->services) + 1, *name = service_prune_file(j->services);
	AUTO_FREE char *path = name ? mem_printf("%s/%s", bench, name) : NULL, *lines = NULL;

	if (path)
		TRY(read_list(apps, path, &lines));
	if (!lines)
		return NULL;
	tree_add(ret, &(struct entry){ .path = path, .kind = ENTRY_WHITEOUT });
	for (char *line = lines, *next; *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		if (!is_inside(line))
			return err_new(ERR_BUILD, "/%s: '%s' is no path in the bench", path, line);
		AUTO_FREE char *whole = mem_printf("%s/%s", bench, line);
		tree_add(ret, &(struct entry){ .path = whole, .kind = ENTRY_WHITEOUT });
	}
	tree_sort(ret);
	return NULL;
}
