/* SPDX-License-Identifier: MIT */
#include "backup/view.h"

#include <fcntl.h>
#include <unistd.h>

#include "backup/backup.h"
#include "backup/backup_set.h"
#include "base/file.h"
#include "base/mem.h"
#include "lib/durable.h"
#include "upgrade/copy.h"

#define VIEW BACKUP_OURS "/view"

/* Whether the sites' files can be hard-linked there. */
static bool links(const struct bench *b)
{
	AUTO_FREE char *file = bench_in_data(b, "/sites/common_site_config.json"),
		       *name = bench_in_data(b, VIEW "/linked");

	return !linkat(AT_FDCWD, file, AT_FDCWD, name, 0) && !unlink(name);
}

static struct err *fill(const struct bench *b)
{
	static const char *const folders[] = { BACKUP_OURS, BACKUP_SET, "/sites", "/secrets" };
	AUTO_FREE char *sites = bench_in_data(b, "/sites");

	if (!links(b))
		TRY(backup_room(b, copy_size(sites),
				"a copy of the sites' files, which their file system gives no second name,"));
	for (size_t i = 0; i < COUNT(folders); i++) {
		AUTO_FREE char *from = bench_in_data(b, folders[i]),
			       *to = mem_printf("%s" VIEW "%s", b->data, folders[i]);
		TRY(i ? copy_linked(from, to) : durable_folder(to, 0700, &durable_root));
	}
	return NULL;
}

struct err *view_make(const struct bench *b, char **ret_folder)
{
	AUTO_FREE char *folder = bench_in_data(b, VIEW), *own = bench_in_data(b, VIEW BENCH_OWN);

	TRY(view_remove(b));
	TRY(durable_folder(folder, 0700, &durable_root));
	TRY(durable_folder(own, 0700, &durable_root));
	TRY(fill(b));
	*ret_folder = TAKE(folder);
	return NULL;
}

struct err *view_remove(const struct bench *b)
{
	AUTO_FREE char *folder = bench_in_data(b, VIEW);

	return file_remove_tree(folder);
}
