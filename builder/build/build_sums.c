/* SPDX-License-Identifier: MIT */
#include "build/build_sums.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define CHUNK ((size_t)1 << 20)

struct err *build_sums_file(const char *path, struct digest *ret)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_FREE char *bytes = mem_new(CHUNK);
	struct digest_run *run;
	ssize_t n;

	if (fd < 0)
		return err_errno(errno, "open %s", path);
	run = digest_start();
	while ((n = read(fd, bytes, CHUNK)) > 0 || (n < 0 && errno == EINTR))
		digest_feed(run, bytes, n > 0 ? (size_t)n : 0);
	int code = errno;
	*ret = digest_finish(run);
	return n < 0 ? err_errno(code, "read %s", path) : NULL;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int plain(const struct dirent *d)
{
	return strcmp(d->d_name, ".") && strcmp(d->d_name, "..");
}

/* name: the path below folder, as written in the line. A folder's files are sorted by the bytes of their
 * names. */
static struct err *add(const char *folder, const char *name, struct text *out)
{
	AUTO_FREE char *path = mem_printf("%s/%s", folder, name);
	struct dirent **list;
	struct err *e = NULL;
	struct digest d;
	struct stat st;
	char hex[DIGEST_HEX];

	if (stat(path, &st) < 0)
		return err_errno(errno, "%s", path);
	if (!S_ISDIR(st.st_mode)) {
		TRY(build_sums_file(path, &d));
		text_printf(out, "%s  %s\n", digest_hex(&d, hex), name);
		return NULL;
	}
	int count = scandir(path, &list, plain, by_bytes);
	if (count < 0)
		return err_errno(errno, "list %s", path);
	for (int i = 0; i < count; i++) {
		AUTO_FREE char *below = mem_printf("%s/%s", name, list[i]->d_name);
		e = e ? e : add(folder, below, out);
		free(list[i]);
	}
	free(list);
	return e;
}

struct err *build_sums(const struct recipe *r, const char *folder, const struct image_result *results,
		       const char *const *names, size_t name_count)
{
	AUTO_FREE char *path = mem_printf("%s/%s-%s.SHA256SUMS", folder, r->name, r->version);
	AUTO_TEXT struct text out = { 0 };

	for (size_t i = 0; i < r->outputs.count; i++) {
		const char *slash = strrchr(results[i].path, '/');
		TRY(add(folder, slash ? slash + 1 : results[i].path, &out));
	}
	for (size_t i = 0; i < name_count; i++)
		TRY(add(folder, names[i], &out));
	return file_write(path, out.bytes, out.len, 0644);
}
