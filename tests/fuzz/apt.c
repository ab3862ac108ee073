/* SPDX-License-Identifier: MIT */
/* apt's sources of any bytes: a list of lines, or of stanzas when the first byte is an 's'. */
#include "fetch/apt.h"

#include <stdint.h>
#include <string.h>

#include "folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void look(const struct apt *a)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct apt_entry *e = &a->items[i];
		size_t len = strlen(e->uri);
		if ((len && e->uri[len - 1] == '/') || !*e->suite || e->suite[strlen(e->suite) - 1] == '/')
			abort();
		for (const char *const *c = e->components; *c; c++)
			if (strpbrk(*c, " \t\n") || !**c)
				abort();
		if (e->key && e->usable && *e->key != '/' && strncmp(e->key, "-----BEGIN", 10))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO_FREE char *inside = folder_begin(), *folder = mem_printf("%s/sources.list.d", inside);
	bool stanzas = len && *bytes == 's';
	AUTO_FREE char *file = mem_printf("%s/a.%s", folder, stanzas ? "sources" : "list");
	struct apt a;

	if (mkdir(folder, 0755) || file_write(file, bytes + (len > 0), len - (len > 0), 0600))
		abort();
	struct err *e = apt_read(inside, "amd64", &a);
	if (e && !memchr(bytes, 0, len)) /* only what is no text is refused */
		abort();
	if (!e)
		look(&a);
	err_free(e);
	apt_done(&a);
	folder_end();
	return 0;
}
