/* SPDX-License-Identifier: MIT */
#include "provision/torn.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/durable.h"
#include "lib/log.h"

#define LAST_WORDS (64u << 10)
/* An Aria log has a header page and at least one more. */
#define ARIA_LEAST (2u * 8192)

/* Neither Aria's log nor the coordinator's holds a site's data. Aria has system tables alone, and MariaDB
 * repairs them when it opens them; InnoDB alone takes part in commits. */
static const struct {
	const char *said, *begin, *what;
} of_sql[] = {
	{ "Plugin 'Aria' registration", "aria_log", "Aria's log" },
	{ "Aria recovery failed", "aria_log", "Aria's log" },
	{ "in tc log", "tc.log", "the coordinator's log" },
	{ "Can't init tc log", "tc.log", "the coordinator's log" },
	{ "ddl_recovery.log", "ddl_recovery", "the log of changes of tables" },
};

bool torn_put_aside(const struct bench *b, const char *folder, const char *name)
{
	AUTO_FREE char *beside = bench_in_data(b, BENCH_OWN "/torn");
	AUTO_FREE char *from = mem_printf("%s/%s", folder, name);
	AUTO_FREE char *to = mem_printf("%s/%lld-%s", beside, (long long)time(NULL), name);
	struct err *e = durable_folder(beside, 0700, &durable_root);

	if (!e && rename(from, to) < 0)
		e = err_errno(errno, "put %s aside as %s", from, to);
	if (!e && lchown(to, 0, 0) < 0)
		e = err_errno(errno, "%s", to);
	if (!e)
		e = durable_sync_folder(folder);
	if (!e)
		log_line("%s is damaged: kept as %s", from, to);
	bool done = !e;
	if (e)
		log_err(e, "warning");
	return done;
}

static size_t put_all_aside(const struct bench *b, const char *folder, const char *begin)
{
	DIR *dir = opendir(folder);
	size_t count = 0;

	for (struct dirent *d; dir && (d = readdir(dir));)
		count += text_starts(d->d_name, begin) && torn_put_aside(b, folder, d->d_name);
	if (dir)
		closedir(dir);
	return count;
}

bool torn_is_hollow(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char first = 0;

	return fd >= 0 && read(fd, &first, 1) >= 0 && !first; /* empty, or a zero */
}

static bool is_folder(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISDIR(st.st_mode);
}

/* With a shorter Aria log MariaDB waits for ever and says nothing. */
static bool is_torn_log(const char *path, const char *name)
{
	struct stat st;

	return text_starts(name, "aria_log.") && !lstat(path, &st) && S_ISREG(st.st_mode) &&
	       (st.st_size < ARIA_LEAST || torn_is_hollow(path));
}

void torn_aria(const struct bench *b)
{
	DIR *dir = opendir(b->sql_data);
	bool torn = false;

	for (struct dirent *d; dir && !torn && (d = readdir(dir));) {
		AUTO_FREE char *path = mem_printf("%s/%s", b->sql_data, d->d_name);
		torn = is_torn_log(path, d->d_name) ||
		       (text_starts(d->d_name, "aria_log") && is_folder(path));
	}
	if (dir)
		closedir(dir);
	if (torn)
		put_all_aside(b, b->sql_data, "aria_log");
}

static void folders_of_logs(const struct bench *b)
{
	AUTO_FREE char *folder = bench_in_data(b, "/service-logs");
	DIR *dir = opendir(folder);

	for (struct dirent *d; dir && (d = readdir(dir));) {
		AUTO_FREE char *path = mem_printf("%s/%s", folder, d->d_name);
		if (text_ends(d->d_name, ".log") && is_folder(path))
			torn_put_aside(b, folder, d->d_name);
	}
	if (dir)
		closedir(dir);
}

/* Some container engines make a folder in place of a missing file that is to be mounted. */
void torn_folders(const struct bench *b)
{
	static const char *const spare[] = { "tc.log",
					     "ib_buffer_pool",
					     "ddl_recovery.log",
					     "ddl_recovery-backup.log",
					     "multi-master.info",
					     "ibtmp1" };
	static const char *const needed[] = { "ibdata1", "ib_logfile0" };

	for (size_t i = 0; i < COUNT(spare); i++) {
		AUTO_FREE char *path = mem_printf("%s/%s", b->sql_data, spare[i]);
		if (is_folder(path))
			torn_put_aside(b, b->sql_data, spare[i]);
	}
	folders_of_logs(b);
	for (size_t i = 0; i < COUNT(needed); i++) {
		AUTO_FREE char *path = mem_printf("%s/%s", b->sql_data, needed[i]);
		if (is_folder(path))
			log_line(
				"%s is a folder, and MariaDB's file of that name is gone: it starts with the "
				"file, or with a backup that is restored on an empty volume "
				"(MKBENCH_RESTORE)",
				path);
	}
}

char *torn_sql_says(const char *log)
{
	AUTO_FREE char *said = file_tail(log, LAST_WORDS);
	const char *last = said;

	for (const char *at = said; (at = strstr(at, " as process ")); at++)
		last = at;
	return mem_dup(last);
}

bool torn_sql(const struct bench *b, const char *log)
{
	AUTO_FREE char *words = torn_sql_says(log);
	bool did = false;

	for (size_t i = 0; i < COUNT(of_sql); i++) {
		if (!strstr(words, of_sql[i].said) || !put_all_aside(b, b->sql_data, of_sql[i].begin))
			continue;
		log_line("MariaDB cannot read %s, which a power cut or a full disk may have torn: it starts "
			 "without, no site's data are in there",
			 of_sql[i].what);
		did = true;
	}
	return did;
}

void torn_nginx(const struct bench *b)
{
	static const char *const folders[] = { "body", "proxy", "fastcgi", "uwsgi", "scgi" };
	AUTO_FREE char *all = bench_in_data(b, "/nginx");

	if (!access(all, F_OK) && !is_folder(all))
		torn_put_aside(b, b->data, "nginx");
	for (size_t i = 0; i < COUNT(folders); i++) {
		AUTO_FREE char *path = mem_printf("%s/nginx/%s", b->data, folders[i]);
		struct err *e = file_remove_tree(path);
		if (e)
			log_err(e, "warning");
	}
}
