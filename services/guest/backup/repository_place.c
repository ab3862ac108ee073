/* SPDX-License-Identifier: MIT */
#include "backup/repository_place.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/durable.h"
#include "lib/environment.h"

#define KEY_FILE BENCH_RUN "/backup_ssh_key"
#define KEY_LIMIT 65536

/* Percent-encodes text for the user or password part of a URL. */
static void add_encoded(struct text *t, const char *word)
{
	for (; *word; word++)
		text_printf(t, isalnum((unsigned char)*word) || strchr("-._~", *word) ? "%c" : "%%%02X",
			    (unsigned char)*word);
}

/* rest:https://HOST/... with name and password: restic of Debian 12 takes them in the URL alone. */
static char *with_login(const struct repository *r)
{
	const char *slashes = strstr(r->to, "://"), *host = slashes ? slashes + 3 : NULL;
	struct text t = { 0 };

	if (!host || !r->key_id || !text_starts(r->to, "rest:"))
		return mem_dup(r->to);
	text_add(&t, r->to, (size_t)(host - r->to));
	add_encoded(&t, r->key_id);
	if (r->key) {
		text_put(&t, ":");
		add_encoded(&t, r->key);
	}
	text_printf(&t, "@%s", host);
	return text_take(&t);
}

/* The place without its login. */
static char *without_login(const char *to)
{
	const char *slashes = strstr(to, "://"), *host = slashes ? slashes + 3 : NULL;
	size_t len = host ? strcspn(host, "/") : 0;
	const char *at = host ? memrchr(host, '@', len) : NULL;

	if (!at || !text_starts(to, "rest:"))
		return mem_dup(to);
	return mem_printf("%.*s%s", (int)(host - to), to, at + 1);
}

/* ssh wants a key file that only its owner can read; a secret that an engine mounts is often readable by
 * everybody. ret: the path of our copy, or NULL when no key is given. */
static struct err *take_key(char **ret)
{
	const char *path = getenv("MKBENCH_BACKUP_SSH_KEY_FILE"), *text = getenv("MKBENCH_BACKUP_SSH_KEY");
	/* a key has several lines, which other settings may not have */
	AUTO_FREE char *bytes = text && *text ? mem_printf("%s\n", text) : NULL;
	size_t len = bytes ? strlen(bytes) : 0;

	*ret = NULL;
	if (!bytes && (!path || !*path))
		return NULL;
	if (!bytes)
		TRY_AS(file_read(path, KEY_LIMIT, &bytes, &len), "MKBENCH_BACKUP_SSH_KEY_FILE");
	TRY(durable_folder(BENCH_RUN, 0755, &durable_root));
	TRY(durable_write(KEY_FILE, bytes, len, 0600, &durable_root));
	*ret = mem_dup(KEY_FILE);
	return NULL;
}

/* Takes USER@HOST:PATH, or //USER@HOST:PORT/PATH. */
static struct err *go_by_ssh(struct repository *r)
{
	const char *at = r->to + strlen("sftp:"), *port = NULL;
	AUTO_FREE char *hosts = bench_in_data(r->bench, "/secrets/backup_known_hosts"), *key = NULL;
	AUTO_TEXT struct text t = { 0 };
	bool url = text_starts(at, "//");
	size_t len = strcspn(at += url ? 2 : 0, url ? ":/" : ":");

	if (url && at[len] == ':')
		port = at + len + 1;
	if (!len || *at == '-')
		return err_new(ERR_USAGE, "%s names no host", r->to);
	TRY(take_key(&key));
	text_printf(&t, "sftp.command=ssh -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=60 -o "
			"StrictHostKeyChecking=accept-new");
	text_printf(&t, " -E " REPOSITORY_PLACE_SSH_WORDS " -o UserKnownHostsFile=%s", hosts);
	if (key)
		text_printf(&t, " -i %s -o IdentitiesOnly=yes", key);
	if (port)
		text_printf(&t, " -p %.*s", (int)strspn(port, "0123456789"), port);
	text_printf(&t, " %.*s -s sftp", (int)len, at);
	r->transport = text_take(&t);
	return NULL;
}

struct err *repository_place(struct repository *r)
{
	TRY(environment_text("MKBENCH_BACKUP_TO", &r->to));
	if (!r->to)
		r->to = mem_dup(r->bench->backup_to);
	if (*r->to != '/' && !text_starts(r->to, "sftp:") && !text_starts(r->to, "s3:") &&
	    !text_starts(r->to, "rest:")) {
		r->shown = mem_dup("MKBENCH_BACKUP_TO");
		return err_new(ERR_USAGE, "MKBENCH_BACKUP_TO is no place of backups: a folder such as "
					  "/backup, sftp:, s3: or rest:");
	}
	r->shown = without_login(r->to);
	char *to = with_login(r);
	free(r->to);
	r->to = to;
	return text_starts(r->to, "sftp:") ? go_by_ssh(r) : NULL;
}
