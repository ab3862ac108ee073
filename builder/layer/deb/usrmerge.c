/* SPDX-License-Identifier: MIT */
#include "layer/deb/usrmerge.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static bool is_shipped(const struct installed *packages, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++) {
		const struct tree *t = &packages[i].pack->tree;
		for (size_t k = 0; k < t->count; k++)
			if (t->items[k].kind == ENTRY_SYMLINK && !strcmp(t->items[k].path, path))
				return true;
	}
	return false;
}

void usrmerge_make(const struct installed *packages, size_t count, const char *architecture, int64_t mtime,
		   struct tree *ret)
{
	static const char *const names[] = { "bin", "sbin", "lib", "lib64" };
	size_t wanted = !strcmp(architecture, "amd64") ? COUNT(names) : 3;

	for (size_t i = 0; i < wanted && !is_shipped(packages, count, "lib"); i++) {
		AUTO_FREE char *target = mem_printf("usr/%s", names[i]);
		tree_add(ret, &(struct entry){ .path = names[i],
					       .kind = ENTRY_SYMLINK,
					       .mode = 0777,
					       .mtime = mtime,
					       .link = target });
		tree_add(ret, &(struct entry){
				      .path = target, .kind = ENTRY_FOLDER, .mode = 0755, .mtime = mtime });
	}
}

const char *usrmerge_follow(struct arena *arena, const char *link_path, const char *target, const char *path)
{
	const char *slash = strrchr(link_path, '/');
	int folder = *target == '/' || !slash ? 0 : (int)(slash - link_path);
	AUTO_FREE char *joined =
		mem_printf("%.*s/%s/%s", folder, link_path, target, path + strlen(link_path) + 1);
	AUTO_TEXT struct text out = { 0 };

	text_put(&out, "");
	for (const char *at = joined; *at;) {
		size_t len = strcspn(at, "/");
		if (len == 2 && !strncmp(at, "..", 2)) {
			const char *last = strrchr(out.bytes, '/');
			out.len = last ? (size_t)(last - out.bytes) : 0;
			out.bytes[out.len] = '\0';
		} else if (len && !(len == 1 && *at == '.')) {
			if (out.len)
				text_add(&out, "/", 1);
			text_add(&out, at, len);
		}
		at += len + (at[len] == '/');
	}
	return arena_dup(arena, out.bytes, out.len);
}
