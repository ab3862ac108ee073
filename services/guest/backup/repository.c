/* SPDX-License-Identifier: MIT */
#include "backup/repository.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backup/repository_place.h"
#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/command.h"
#include "lib/environment.h"
#include "lib/secret.h"

#define PASSWORD "/secrets/backup_password"
#define OUTPUT_LIMIT (16 << 20)
#define SSH_WORDS_LIMIT 65536
#define PLACE_ASKED "Is there a repository at" /* restic then prints the place, too, on a line of its own */
#define LOOK_SECONDS 300		       /* restic itself retries for a quarter of an hour */

struct words {
	const char **items;
	size_t count, room;
};

static const struct {
	const char *says, *means;
} known[] = {
	{ "wrong password", "its password is another than this instance's: give the one it was made with by "
			    "MKBENCH_BACKUP_PASSWORD" },
	{ "no space left",
	  "there is no room left: make some, and try again; earlier backups are as they were" },
	{ "read-only file system",
	  "nothing can be written there: backups can be listed and restored, and no new one is made" },
	{ "disk quota exceeded",
	  "there is no room left: make some, and try again; earlier backups are as they were" },
	{ "ciphertext verification failed",
	  "it is damaged: take another backup or repository; nothing here was changed" },
	{ "invalid data returned",
	  "it is damaged: take another backup or repository; nothing here was changed" },
	{ "nonce is invalid", "it is damaged: take another backup or repository; nothing here was changed" },
	{ "decrypting blob", "it is damaged: take another backup or repository; nothing here was changed" },
	{ "hash does not match",
	  "it is damaged: take another backup or repository; nothing here was changed" },
	{ "does not exist in the repository", "it is damaged: parts of it are missing; take another backup "
					      "or repository; nothing here was changed" },
	{ "no matching id found", "it has no such backup: benchctl backups lists them" },
	{ "no snapshot found", "it has no backup yet" },
	{ "no snapshots found", "it has no backup yet" },
	{ "already locked", "another backup or restore uses it: try again when that is over" },
	{ "load key \"", "ssh cannot read the private key: see MKBENCH_BACKUP_SSH_KEY" },
	{ "permission denied (", "the server does not let this instance in: see MKBENCH_BACKUP_SSH_KEY" },
	{ "too many authentication failures",
	  "the server does not let this instance in: see MKBENCH_BACKUP_SSH_KEY" },
	{ "host key verification failed",
	  "the server has another key than it had: see secrets/backup_known_hosts" },
	{ "access denied",
	  "the server does not let this instance in: see MKBENCH_BACKUP_KEY_ID and MKBENCH_BACKUP_KEY" },
	{ "access key id you provided",
	  "the server does not let this instance in: see MKBENCH_BACKUP_KEY_ID and MKBENCH_BACKUP_KEY" },
	{ "signature we calculated",
	  "the server does not let this instance in: see MKBENCH_BACKUP_KEY_ID and MKBENCH_BACKUP_KEY" },
	{ "403 forbidden",
	  "the server does not let this instance in: see MKBENCH_BACKUP_KEY_ID and MKBENCH_BACKUP_KEY" },
	{ "401 unauthorized",
	  "the server does not let this instance in: see MKBENCH_BACKUP_KEY_ID and MKBENCH_BACKUP_KEY" },
};

/* Explains restic's error, or returns NULL. */
static const char *meaning(const char *errors)
{
	for (size_t i = 0; i < COUNT(known); i++)
		if (strcasestr(errors, known[i].says))
			return known[i].means;
	return NULL;
}

/* The last line that gives a reason: restic may add a question and the place, ssh adds that it has met a new
 * server. The caller frees it. */
static char *last_line(const char *errors)
{
	const char *line = errors, *last = "";
	size_t len = 0;

	for (size_t n; *line; line += n + (line[n] == '\n')) {
		n = strcspn(line, "\n");
		bool asks = text_starts(line, PLACE_ASKED);
		if (n && !asks && !text_starts(line, "Warning: ")) {
			last = line;
			len = n;
		}
		if (asks && line[n])
			n += 1 + strcspn(line + n + 1, "\n");
	}
	return mem_ndup(last, len);
}

/* The error: our explanation where we have one, else restic's own last line. */
static struct err *explain(const struct repository *r, const char *verb, const char *errors, int status)
{
	if (meaning(errors))
		return err_new(ERR_SYSTEM, "backup repository %s: %s", r->shown, meaning(errors));
	if (status == 128 + 9)
		return err_new(ERR_SYSTEM,
			       "backup repository %s: restic %s was killed, or had no answer in %d s",
			       r->shown, verb, LOOK_SECONDS);
	AUTO_FREE char *said = last_line(errors);
	if (r->key)
		secret_hide(said, r->key);
	return err_new(ERR_SYSTEM, "backup repository %s: restic %s ended with status %d: %s", r->shown, verb,
		       status, said);
}

/* Without room for a lock, or on a read-only repository, a backup can still be read. */
static bool cannot_lock(const char *errors)
{
	return strcasestr(errors, "no space left") || strcasestr(errors, "disk quota exceeded") ||
	       strcasestr(errors, "read-only file system");
}

/* restic would retry for up to a quarter of an hour, and waiting does not help here. */
static bool is_hopeless(const char *errors)
{
	return cannot_lock(errors) && strcasestr(errors, "retrying after");
}

static bool is_reading(const char *verb)
{
	static const char *const verbs[] = { "cat", "snapshots", "stats", "restore", "dump" };

	for (size_t i = 0; i < COUNT(verbs); i++)
		if (!strcmp(verb, verbs[i]))
			return true;
	return false;
}

/* Appends what ssh said: restic ends as soon as ssh does, and seldom repeats ssh's message. */
static void add_words_of_ssh(char **errors)
{
	AUTO_FREE char *words = NULL;
	size_t len;
	struct err *e = file_read(REPOSITORY_PLACE_SSH_WORDS, SSH_WORDS_LIMIT, &words, &len);

	err_free(e); /* ssh was never started */
	if (words && *errors)
		*errors = mem_append(*errors, "\n%s", words);
}

/* Runs restic. Keeps the fields of c other than argv and environment. */
static struct err *run(const struct repository *r, struct child *c, const char *const *words,
		       char **ret_output, char **ret_errors, int *ret_status)
{
	AUTO_FREE char *where = mem_printf("RESTIC_REPOSITORY=%s", r->to),
		       *password = mem_printf("RESTIC_PASSWORD=%s", r->password);
	AUTO_FREE char *cache = mem_printf("RESTIC_CACHE_DIR=%s" BENCH_OWN "/backup/cache", r->bench->data);
	AUTO_FREE char *key_id = r->key_id ? mem_printf("AWS_ACCESS_KEY_ID=%s", r->key_id) : NULL;
	AUTO_FREE char *key = r->key ? mem_printf("AWS_SECRET_ACCESS_KEY=%s", r->key) : NULL;
	const char *const set[] = {
		where, password, cache, "LC_ALL=C.UTF-8", "RESTIC_PASSWORD_FILE", key_id, key, NULL,
	};
	char **env = environment_environment(environ);
	struct words argv = { 0 };

	VEC_PUSH(&argv, "restic");
	if (r->transport) {
		VEC_PUSH(&argv, "-o");
		VEC_PUSH(&argv, r->transport);
	}
	if (r->lockless && is_reading(*words))
		VEC_PUSH(&argv, "--no-lock");
	for (; *words; words++)
		VEC_PUSH(&argv, *words);
	VEC_PUSH(&argv, NULL);
	c->argv = argv.items;
	c->env = (const char *const *)env;
	c->set = set;
	c->cwd = c->cwd ? c->cwd : "/";
	c->output_limit = OUTPUT_LIMIT;
	c->goes_on = command_works;
	c->is_hopeless = is_hopeless;
	unlink(REPOSITORY_PLACE_SSH_WORDS);
	struct err *e = child_run(c, ret_output, ret_errors, ret_status);
	if (r->transport && *ret_status)
		add_words_of_ssh(ret_errors);
	free(argv.items);
	free(env);
	return e;
}

struct err *repository_run(const struct repository *r, const char *cwd, const char *const *words,
			   char **ret_output)
{
	AUTO_FREE char *output = NULL;
	AUTO_FREE char *errors = NULL;
	struct child c = { .cwd = cwd };
	int status = 0;

	TRY(run(r, &c, words, &output, &errors, &status));
	if (status)
		return explain(r, words[0], errors, status);
	if (ret_output)
		*ret_output = TAKE(output);
	return NULL;
}

static bool pass_over(void *arg, const char *bytes, size_t len)
{
	(void)arg, (void)bytes, (void)len;
	return true;
}

struct err *repository_read_through(const struct repository *r, const char *id, const char *path)
{
	const char *const words[] = { "dump", id, path, NULL };
	AUTO_FREE char *errors = NULL;
	struct child c = { .take = pass_over };
	int status = 0;

	TRY(run(r, &c, words, NULL, &errors, &status));
	return status ? explain(r, "dump", errors, status) : NULL;
}

struct err *repository_size(const struct repository *r, const char *id, uint64_t *ret)
{
	const char *const words[] = { "stats", "--json", "--mode=restore-size", id, NULL };
	AUTO_FREE char *output = NULL;

	TRY(repository_run(r, NULL, words, &output));
	const char *line = strchr(output ? output : "", '{');
	json_t *stats = line ? json_loads(line, JSON_DISABLE_EOF_CHECK, NULL) : NULL;
	*ret = (uint64_t)json_integer_value(json_object_get(stats, "total_size"));
	json_decref(stats);
	return NULL;
}

/* Looks whether there is a repository. ret_there false: not yet. */
static struct err *look(struct repository *r, bool *ret_there)
{
	static const char *const words[] = { "cat", "config", NULL };
	AUTO_FREE char *output = NULL;
	AUTO_FREE char *errors = NULL;
	struct child c = { .limit_seconds = LOOK_SECONDS };
	int status = 0;

	TRY(run(r, &c, words, &output, &errors, &status));
	*ret_there = !status;
	if (!status)
		return NULL;
	if (!r->lockless && cannot_lock(errors)) {
		r->lockless = true;
		return look(r, ret_there);
	}
	/* restic also asks "Is there a repository?" when the login failed or the server is down */
	bool asks = strstr(errors, PLACE_ASKED) || strstr(errors, "repository does not exist");
	bool none = asks && (strstr(errors, "not exist") || strstr(errors, "no such file"));
	return none && !meaning(errors) ? NULL : explain(r, "cat config", errors, status);
}

static struct err *make(const struct repository *r, const char *path)
{
	static const char *const words[] = { "init", NULL };

	TRY(secret_write(path, r->password)); /* saved before anything is encrypted with it */
	return repository_run(r, NULL, words, NULL);
}

static struct err *read_secrets(const char *path, enum repository_use use, struct repository *r,
				bool *ret_is_new)
{
	AUTO_FREE char *was = NULL;

	TRY(environment_text("MKBENCH_BACKUP_PASSWORD", &r->password));
	TRY(environment_text("MKBENCH_BACKUP_KEY_ID", &r->key_id));
	TRY(environment_text("MKBENCH_BACKUP_KEY", &r->key));
	TRY(secret_read(path, &was));
	*ret_is_new = r->password && (!was || strcmp(r->password, was));
	if (!r->password)
		r->password = TAKE(was);
	if (!r->password && use == REPOSITORY_READ)
		return err_new(ERR_USAGE,
			       "MKBENCH_BACKUP_PASSWORD is needed: the password of the backups' repository");
	if (!r->password)
		r->password = secret_make(SECRET_READABLE);
	return NULL;
}

struct err *repository_open(const struct bench *b, enum repository_use use, struct repository *r)
{
	AUTO_FREE char *path = bench_in_data(b, PASSWORD);
	bool is_new = false, there = false;

	*r = (struct repository){ .bench = b };
	if (!b->backup_to)
		return err_new(ERR_USAGE, "this image makes no backups: its recipe has no 'backup: { to }'");
	TRY(read_secrets(path, use, r, &is_new));
	TRY(repository_place(r));
	TRY(look(r, &there));
	if (!there && use == REPOSITORY_READ)
		return err_new(ERR_SYSTEM, "backup repository %s: there is none, or it has lost its 'config'",
			       r->shown);
	if (!there && use == REPOSITORY_USED)
		return err_new(ERR_SYSTEM,
			       "backup repository %s is gone, or has lost its 'config': bring it back, or "
			       "remove %s" BENCH_OWN "/backup.json to begin another",
			       r->shown, b->data);
	if (!there)
		return make(r, path);
	return is_new && use != REPOSITORY_READ ? secret_write(path, r->password) : NULL;
}

void repository_close(struct repository *r)
{
	char **texts[] = { &r->to, &r->shown, &r->password, &r->key_id, &r->key, &r->transport };

	for (size_t i = 0; i < COUNT(texts); i++) {
		free(*texts[i]);
		*texts[i] = NULL;
	}
}
