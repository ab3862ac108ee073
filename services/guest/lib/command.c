/* SPDX-License-Identifier: MIT */
#include "lib/command.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/durable.h"
#include "lib/reason.h"
#include "lib/secret.h"
#include "lib/environment.h"
#include "lib/sysfile.h"

#define MARK "MKBENCH_STEP="
#define HEARD_FILE BENCH_RUN "/heard.json"
#define HEARD_MS 1000
#define LOG_BYTES 5000000 /* like Supervisor's logs: three files of 5 MB */

static bool is_secret(const char *word)
{
	return text_ends(word, "password") || text_ends(word, "key");
}

static void hide(char *output, const struct placeholders_word *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (words[i].value && is_secret(words[i].word))
			secret_hide(output, words[i].value);
}

/* Rotates the log: a failing step is tried again for ever, with the same output each time. */
static void rotate(const char *path, size_t more)
{
	AUTO_FREE char *first = mem_printf("%s.1", path), *second = mem_printf("%s.2", path);
	struct stat st;

	if (lstat(path, &st) < 0 || st.st_size + (off_t)more <= LOG_BYTES)
		return;
	rename(first, second);
	rename(path, first);
}

/* This log only helps a person who looks for the reason later: an error in writing it fails nothing. */
static void keep_output(const struct bench *b, const char *name, const char *output)
{
	AUTO_FREE char *folder = bench_in_data(b, "/service-logs");
	AUTO_FREE char *path = mem_printf("%s/provision.log", folder);
	AUTO_FREE char *entry = mem_printf("--- %s\n%s\n", name, output);

	if (access(folder, F_OK) < 0)
		return;
	rotate(path, strlen(entry));
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0)
		err_free(file_write_all(fd, entry, strlen(entry), path));
}

struct environment {
	char **items;
	size_t count, room;
};

/* Of two entries with one name the first stays. Takes ownership of entry. */
static void put(struct environment *v, char *entry)
{
	size_t name = strcspn(entry, "=") + 1;

	for (size_t i = 0; i < v->count; i++)
		if (!strncmp(v->items[i], entry, name)) {
			free(entry);
			return;
		}
	VEC_PUSH(v, entry);
}

static char **environment_for(const struct bench *b, char **env, const char *const *more)
{
	static const char *const fixed[] = {
		MARK "1",
		"LANG=C.UTF-8",
		"LC_ALL=C.UTF-8",
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	};
	char **ours = environment_environment(environ);
	struct environment v = { 0 };

	for (; *env; env++)
		put(&v, mem_dup(*env));
	for (; more && *more; more++)
		put(&v, mem_dup(*more));
	for (size_t i = 0; i < COUNT(fixed); i++)
		put(&v, mem_dup(fixed[i]));
	put(&v, mem_printf("HOME=%.*s", (int)(strrchr(b->path, '/') - b->path), b->path));
	for (size_t i = 0; ours[i]; i++)
		put(&v, mem_dup(ours[i]));
	VEC_PUSH(&v, NULL);
	free(ours);
	return v.items;
}

/* A command that works for minutes differs from one that hangs: it says something. */
static void note_heard(void)
{
	static int64_t last_ms;
	int64_t now = clock_ms();

	if (last_ms && now - last_ms < HEARD_MS)
		return;
	last_ms = now;
	json_t *at = json_pack("{s:I}", "at_ms", (json_int_t)now);
	err_free(durable_show(HEARD_FILE, at, 0644));
	json_decref(at);
}

bool command_works(void *arg, uint64_t said)
{
	(void)arg, (void)said;
	note_heard();
	return true;
}

int64_t command_heard(void)
{
	json_t *at = NULL;
	bool damaged;

	err_free(durable_read_json(HEARD_FILE, &at, &damaged));
	int64_t ms = json_integer_value(json_object_get(at, "at_ms"));
	json_decref(at);
	return ms;
}

/* ret_output NULL: the output goes to the log. */
static struct err *run(const struct bench *b, const struct bench_command *c, const struct account *as,
		       const struct placeholders_word *words, size_t count, const char *const *more_env,
		       char **ret_output)
{
	char **argv = placeholders_list(c->argv, words, count),
	     **own = placeholders_list(c->env, words, count);
	char **env = environment_for(b, own, more_env);
	AUTO_FREE char *cwd = placeholders_text(c->cwd ? c->cwd : as ? b->path : "/", words, count);
	AUTO_FREE char *output = NULL;
	int status = 0;
	struct child child = {
		.argv = (const char *const *)argv,
		.env = (const char *const *)env,
		.cwd = cwd,
		.as_user = as,
		.uid = as ? as->uid : 0,
		.gid = as ? as->gid : 0,
		.limit_seconds = c->seconds,
		.heard = note_heard,
	};
	struct err *e = child_run(&child, &output, NULL, &status);

	if (!e) {
		hide(output, words, count);
		if (!ret_output)
			keep_output(b, c->name, output);
	}
	if (!e && status) {
		AUTO_FREE char *last = reason_in(output);
		e = err_new(ERR_SYSTEM, "%s ended with status %d%s%s", c->name, status, *last ? ": " : "",
			    last);
	}
	placeholders_free(argv);
	placeholders_free(own);
	placeholders_free(env);
	if (ret_output)
		*ret_output = TAKE(output);
	return e;
}

struct err *command_run(const struct bench *b, const struct bench_command *c, const struct account *as,
			const struct placeholders_word *words, size_t count, const char *const *more_env)
{
	return run(b, c, as, words, count, more_env, NULL);
}

struct err *command_ask(const struct bench *b, const struct bench_command *c, const struct account *as,
			const struct placeholders_word *words, size_t count, char **ret_output)
{
	return run(b, c, as, words, count, NULL, ret_output);
}

bool command_holds(const struct bench_command *c, const char *word)
{
	for (const char *const *arg = c->argv; *arg; arg++)
		if (strstr(*arg, word))
			return true;
	return false;
}

static bool is_marked(const char *pid)
{
	size_t len;
	AUTO_FREE char *path = mem_printf("/proc/%s/environ", pid), *all = sysfile_read(path, &len);

	for (size_t at = 0; at < len; at += strlen(all + at) + 1)
		if (text_starts(all + at, MARK))
			return true;
	return false;
}

void command_end_leftovers(void)
{
	bool found = true;

	for (int round = 0; found && round < 100; round++) {
		DIR *proc = opendir("/proc");
		found = false;
		for (struct dirent *d; proc && (d = readdir(proc));) {
			pid_t pid =
				isdigit((unsigned char)d->d_name[0]) ? (pid_t)strtol(d->d_name, NULL, 10) : 0;
			if (pid > 1 && pid != getpid() && is_marked(d->d_name)) {
				kill(pid, SIGKILL);
				found = true;
			}
		}
		if (proc)
			closedir(proc);
		if (found)
			clock_sleep(20);
	}
}
