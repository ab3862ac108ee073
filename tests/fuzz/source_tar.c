/* SPDX-License-Identifier: MIT */
/* A source archive of any bytes: a tree of files, folders and links that stay in it, or
 * refused; nothing is written elsewhere. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "fetch/source.h"
#include "folder.h"

static void check(const struct tree *t)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct entry *e = &t->items[i];
		struct stat st;
		if (e->kind != ENTRY_FILE && e->kind != ENTRY_FOLDER && e->kind != ENTRY_SYMLINK)
			abort();
		if (*e->path == '/' || !strncmp(e->path, "../", 3) || strstr(e->path, "/../") ||
		    (e->link && *e->link == '/'))
			abort();
		if (e->kind == ENTRY_FILE &&
		    (lstat(e->content.path, &st) < 0 || !S_ISREG(st.st_mode) || st.st_nlink != 1))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO_FREE char *inside = folder_begin();
	struct store *s = NULL;
	struct digest d;
	struct app_source src;
	char hex[DIGEST_HEX];

	if (store_open(inside, &s) || store_put(s, bytes, len, &d))
		abort();
	struct app app = { .name = "a", .archive = "a", .sha256 = digest_hex(&d, hex) };
	struct err *e = source_get(s, &(struct recipe){ .path = "r" }, &app, NULL, NULL, &src);
	if (!e)
		check(&src.files);
	err_free(e);
	source_done(&src);
	store_close(s);
	folder_end();
	return 0;
}
