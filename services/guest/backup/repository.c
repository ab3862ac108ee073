/* SPDX-License-Identifier: MIT */
#include "backup/repository.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/environment.h"
#include "lib/secret.h"

#define PASSWORD "/secrets/backup_password"
#define OUTPUT_LIMIT (16 << 20)

struct words {
	const char **items;
	size_t count, room;
};

static const struct {
	const char *says, *means;
} known[] = {
	{ "wrong password", "its password is another than this instance's: give the one it was made with by MKBENCH_BACKUP_PASSWORD" },
	{ "no space left", "there is no room left: make some, and try again; earlier backups are as they were" },
	{ "ciphertext verification failed", "it is damaged: take another backup or repository; nothing here was changed" },
	{ "invalid data returned", "it is damaged: take another backup or repository; nothing here was changed" },
	{ "no matching id found", "it has no such backup: benchctl backups lists them" },
	{ "already locked", "another backup or restore uses it: try again when that is over" },
};

/* restic's own last line, and what it means where we know it. */
static struct err *explain(const struct bench *b, const char *verb, const char *errors, int status)
{
	const char *line = errors, *end;

	for (size_t i = 0; i < COUNT(known); i++)
		if (strcasestr(errors, known[i].says))
			return err_new(ERR_SYSTEM, "backup repository %s: %s", b->backup_to, known[i].means);
	for (const char *at = errors; *at; at += strcspn(at, "\n") + (at[strcspn(at, "\n")] == '\n'))
		if (*at != '\n')
			line = at;
	end = line + strcspn(line, "\n");
	return err_new(ERR_SYSTEM, "backup repository %s: restic %s ended with status %d: %.*s", b->backup_to, verb, status, (int)(end - line), line);
}

static struct err *run(const struct bench *b, const char *cwd, const char *const *words, char **ret_output, char **ret_errors, int *ret_status)
{
	AUTO_FREE char *where = mem_printf("RESTIC_REPOSITORY=%s", b->backup_to);
	AUTO_FREE char *password = mem_printf("RESTIC_PASSWORD_FILE=%s" PASSWORD, b->data);
	AUTO_FREE char *cache = mem_printf("RESTIC_CACHE_DIR=%s" BENCH_OWN "/backup/cache", b->data);
	const char *const set[] = { where, password, cache, "LC_ALL=C.UTF-8", NULL };
	char **env = environment_environment(environ);
	struct words argv = { 0 };

	VEC_PUSH(&argv, "restic");
	for (; *words; words++)
		VEC_PUSH(&argv, *words);
	VEC_PUSH(&argv, NULL);
	struct child c = { .argv = argv.items, .env = (const char *const *)env, .set = set, .cwd = cwd ? cwd : "/", .output_limit = OUTPUT_LIMIT };
	struct err *e = child_run(&c, ret_output, ret_errors, ret_status);
	free(argv.items);
	free(env);
	return e;
}

struct err *repository_run(const struct bench *b, const char *cwd, const char *const *words, char **ret_output)
{
	AUTO_FREE char *output = NULL;
	AUTO_FREE char *errors = NULL;
	int status = 0;

	TRY(run(b, cwd, words, &output, &errors, &status));
	if (status)
		return explain(b, words[0], errors, status);
	if (ret_output)
		*ret_output = TAKE(output);
	return NULL;
}

static struct err *open_with(const struct bench *b, bool used)
{
	static const char *const look[] = { "cat", "config", NULL }, *const make[] = { "init", NULL };
	AUTO_FREE char *output = NULL;
	AUTO_FREE char *errors = NULL;
	int status = 0;

	TRY(run(b, NULL, look, &output, &errors, &status));
	if (!status)
		return NULL;
	if (!strstr(errors, "Is there a repository at"))
		return explain(b, "cat config", errors, status);
	if (used)
		return err_new(ERR_SYSTEM, "backup repository %s is gone, or has lost its 'config': bring it back, or remove %s" BENCH_OWN
			       "/backup.json to begin another", b->backup_to, b->data);
	return repository_run(b, NULL, make, NULL);
}

/* A password that is given and opens nothing does not take the place of the one that does. */
struct err *repository_open(const struct bench *b, bool used)
{
	AUTO_FREE char *path = bench_in_data(b, PASSWORD), *given = NULL, *was = NULL, *is = NULL;

	if (!b->backup_to)
		return err_new(ERR_USAGE, "this image makes no backups: its recipe has no 'backup: { to }'");
	TRY(environment_text("MKBENCH_BACKUP_PASSWORD", &given));
	TRY(secret_read(path, &was));
	if (given && was && strcmp(given, was))
		TRY(secret_write(path, given));
	else
		TRY(secret_keep(path, given, SECRET_READABLE, &is));
	struct err *e = open_with(b, used);
	if (e && was)
		err_free(secret_write(path, was));
	return e;
}
