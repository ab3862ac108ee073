/* SPDX-License-Identifier: MIT */
#include "tools/ctl_logs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/durable.h"
#include "lib/supervisor.h"

#define TAIL_BYTES (1 << 20)
#define FOLLOW_MS 300

static const char *const folders[] = { "/service-logs", "/logs" };

/* Opens a file in the bench's own folder with its user's rights: a link there then reaches nothing that he
 * could not reach himself. Never blocks on a pipe. -1 when there is no file. */
static int open_log(const struct bench *b, const char *path)
{
	AUTO_FREE char *own = bench_in_data(b, "/logs/");
	bool his = text_starts(path, own);
	struct stat st;

	if (his)
		durable_as(&b->user);
	int fd = *path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : -1;
	if (his)
		durable_as_root();
	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool is_file(const struct bench *b, const char *path)
{
	AUTO_CLOSE int fd = open_log(b, path);

	return fd >= 0;
}

static bool is_called(const struct process *p, const char *name)
{
	AUTO_FREE char *full = mem_printf("%s:%s", p->group, p->name);

	return !strcmp(p->name, name) || !strcmp(full, name) ||
	       (p->program && !strcmp(p->program->name, name));
}

/* ret stays NULL when there is no file; *ret_known: whether a program has that name anyway. */
static struct err *find_log(const struct bench *b, const char *name, char **ret, bool *ret_known)
{
	AUTO_PROCESSES struct process_list list = { 0 };

	for (size_t i = 0; !strchr(name, '/') && i < COUNT(folders); i++) {
		AUTO_FREE char *below = mem_printf("%s/%s.log", folders[i], name),
			       *path = bench_in_data(b, below);
		if (is_file(b, path)) {
			*ret = TAKE(path);
			return NULL;
		}
	}
	TRY(supervisor_list(b, &list));
	for (size_t i = 0; !*ret && i < list.count; i++) {
		bool called = is_called(&list.items[i], name);
		*ret_known |= called;
		if (called && is_file(b, list.items[i].log))
			*ret = mem_dup(list.items[i].log);
	}
	return NULL;
}

static bool is_of_program(const struct process_list *list, const char *path)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].log, path))
			return true;
	return false;
}

/* Lists the logs that are no program's output: those of provision, Supervisor and the framework. */
static void list_others(const struct bench *b, const char *below, const struct process_list *list)
{
	AUTO_FREE char *folder = bench_in_data(b, below);
	DIR *dir = opendir(folder);

	for (struct dirent *d; dir && (d = readdir(dir));) {
		AUTO_FREE char *path = mem_printf("%s/%s", folder, d->d_name);
		if (!text_ends(path, ".log") || is_of_program(list, path) || !is_file(b, path))
			continue;
		/* the bench's user names what is in his */
		text_line(path);
		printf("%-30.*s %s\n", (int)strlen(d->d_name) - 4, text_line(d->d_name), path);
	}
	if (dir)
		closedir(dir);
}

static struct err *list_logs(const struct bench *b)
{
	AUTO_PROCESSES struct process_list list = { 0 };

	TRY(supervisor_list(b, &list));
	for (size_t i = 0; i < list.count; i++)
		printf("%-30s %s\n", list.items[i].name,
		       is_file(b, list.items[i].log) ? list.items[i].log : "the container's log");
	for (size_t i = 0; i < COUNT(folders); i++)
		list_others(b, folders[i], &list);
	return NULL;
}

static void put(const char *bytes, size_t len)
{
	fwrite(bytes, 1, len, stdout);
	fflush(stdout);
}

/* Prints the last lines and leaves the descriptor at the end. */
static struct err *tail(int fd, const char *path, unsigned lines)
{
	off_t size = lseek(fd, 0, SEEK_END), from = size > TAIL_BYTES ? size - TAIL_BYTES : 0;
	AUTO_FREE char *bytes = mem_new(TAIL_BYTES);
	ssize_t n = pread(fd, bytes, (size_t)(size - from), from);

	if (n < 0)
		return err_errno(errno, "%s", path);
	ssize_t at = n;
	for (unsigned seen = 0; at > 0; at--)
		if (bytes[at - 1] == '\n' && at < n && ++seen == lines)
			break;
	if (lines)
		put(bytes + at, (size_t)(n - at));
	return NULL;
}

/* Follows the log for ever; opens a file again that was rotated away or truncated. */
static struct err *follow_file(const struct bench *b, int *fd, const char *path)
{
	char chunk[65536];
	struct stat open_one, named;

	for (;;) {
		ssize_t n = read(*fd, chunk, sizeof chunk);
		if (n > 0) {
			put(chunk, (size_t)n);
			continue;
		}
		clock_sleep(FOLLOW_MS);
		if (fstat(*fd, &open_one) < 0 || lstat(path, &named) < 0)
			continue;
		if (named.st_ino != open_one.st_ino || named.st_size < lseek(*fd, 0, SEEK_CUR)) {
			close(*fd);
			*fd = open_log(b, path);
			if (*fd < 0)
				return err_new(ERR_SYSTEM, "%s is no file any more", path);
		}
	}
}

struct err *ctl_logs(const struct bench *b, const char *name, unsigned lines, bool follow)
{
	AUTO_FREE char *path = NULL;
	bool known = false;

	if (!name)
		return list_logs(b);
	TRY(find_log(b, name, &path, &known));
	if (!path)
		return err_new(ERR_USAGE,
			       known ? "%s writes to the container's own log: docker logs shows it" :
				       "no program and no log is called %s: benchctl logs lists them",
			       name);
	AUTO_CLOSE int fd = open_log(b, path);
	if (fd < 0)
		return err_new(ERR_SYSTEM, "%s is no file any more", path);
	TRY(tail(fd, path, lines));
	return follow ? follow_file(b, &fd, path) : NULL;
}
