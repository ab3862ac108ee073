/* SPDX-License-Identifier: MIT */
#include "registry/credentials.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/auto_json.h"
#include "base/base64.h"
#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/password.h"
#include "base/text.h"

#define CONFIG_LIMIT (4u << 20)
#define SECRET_LIMIT (64u << 10)
#define HELPER_SECONDS 60u

void credentials_done(struct credentials *c)
{
	password_done(&c->user);
	password_done(&c->password);
	password_done(&c->identity);
	password_done(&c->token);
	free(c->from);
	c->from = NULL;
}

char *credentials_basic(const struct credentials *c)
{
	AUTO_PASSWORD char *pair = mem_printf("%s:%s", c->user, c->password);

	return base64_encode(pair, strlen(pair));
}

/* How much of "host/name" a key of a file covers: "https://host/v1/", "host", podman's "host/team". 0:
 * nothing. */
static size_t key_fits(const char *key, const char *host, const char *name)
{
	const char *at = strstr(key, "://");
	size_t len = strlen(host);

	at = at ? at + 3 : key;
	if (strncasecmp(at, host, len) || (at[len] && at[len] != '/'))
		return 0;
	const char *path = at + len + (at[len] == '/');
	if (!*path || !strcmp(path, "v1") || !strcmp(path, "v1/") || !strcmp(path, "v2") ||
	    !strcmp(path, "v2/"))
		return len;
	size_t path_len = strlen(path);
	bool fits = !strncmp(name, path, path_len) && (!name[path_len] || name[path_len] == '/');
	return fits ? len + 1 + path_len : 0;
}

/* The value of the key that covers most of host and name; NULL: there is none. */
static json_t *best(json_t *table, const char *host, const char *name)
{
	json_t *value, *found = NULL;
	const char *key;
	size_t most = 0;

	json_object_foreach(table, key, value)
	{
		size_t fits = key_fits(key, host, name);
		if (fits > most) {
			most = fits;
			found = value;
		}
	}
	return found;
}

/* "user:password" in base64; a password may contain colons, but no zero byte. */
static bool take_pair(const char *word, struct credentials *c)
{
	AUTO_PASSWORD char *pair = NULL;
	size_t len;
	char *colon = base64_decode(word, &pair, &len) ? strchr(pair, ':') : NULL;

	if (colon) {
		c->user = mem_ndup(pair, (size_t)(colon - pair));
		c->password = mem_dup(colon + 1);
	}
	return colon != NULL;
}

static char *text_of(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value && *value ? mem_dup(value) : NULL;
}

/* An entry of "auths". An empty one means that a helper has the login. */
static struct err *take_entry(const json_t *entry, const char *path, const char *host, struct credentials *c)
{
	const char *pair = json_string_value(json_object_get(entry, "auth"));

	c->identity = text_of(entry, "identitytoken");
	c->token = text_of(entry, "registrytoken");
	if (pair && *pair && !take_pair(pair, c))
		return err_new(ERR_USAGE,
			       "%s: what it holds for %s is no user:password in base 64: log in again", path,
			       host);
	if (!c->user && json_object_get(entry, "username") && json_object_get(entry, "password")) {
		c->user = text_of(entry, "username");
		c->password = text_of(entry, "password");
	}
	if ((c->user && c->password) || c->identity || c->token)
		c->from = mem_dup(path);
	return NULL;
}

static struct err *take_helper_answer(const char *program, const char *said, struct credentials *c)
{
	AUTO_JSON json_t *answer = json_loads(said, 0, NULL);
	char *user = text_of(answer, "Username"), *secret = text_of(answer, "Secret");

	if (!secret || !user) {
		password_done(&user);
		password_done(&secret);
		return err_new(ERR_USAGE, "%s answers no Username and Secret", program);
	}
	if (!strcmp(user, "<token>")) {
		password_done(&user);
		c->identity = secret;
	} else {
		c->user = user;
		c->password = secret;
	}
	c->from = mem_dup(program);
	return NULL;
}

/* A helper's error message is not shown, because it could contain anything. */
static struct err *ask_helper(const char *helper, const char *path, const char *host, struct credentials *c)
{
	AUTO_FREE char *program = mem_printf("docker-credential-%s", helper);
	const char *const argv[] = { program, "get", NULL };
	struct child child = {
		.argv = argv,
		.input = host,
		.input_len = strlen(host),
		.output_limit = SECRET_LIMIT,
		.limit_seconds = HELPER_SECONDS,
	};
	char *said = NULL, *errors = NULL;
	int status;

	if (strchr(helper, '/'))
		return err_new(ERR_USAGE, "%s names '%s', which is no credential helper", path, helper);
	struct err *e = child_run(&child, &said, &errors, &status);
	if (e || status == 127)
		e = e ? err_wrap(e, "%s names the credential helper %s", path, program) :
			err_new(ERR_USAGE, "%s names the credential helper %s, which is not in PATH", path,
				program);
	else if (!status)
		e = take_helper_answer(program, said, c);
	else if (!strstr(said, "credentials not found") && !strstr(errors, "credentials not found"))
		e = err_new(ERR_USAGE, "%s get has failed with status %d: try it by hand: echo %s | %s get",
			    program, status, host, program);
	password_done(&said);
	password_done(&errors);
	return e;
}

static struct err *take_config(json_t *config, const char *path, const char *host, const char *name,
			       struct credentials *c)
{
	const char *helper = json_string_value(best(json_object_get(config, "credHelpers"), host, name));

	if (!helper)
		helper = json_string_value(json_object_get(config, "credsStore"));
	if (helper && *helper)
		TRY(ask_helper(helper, path, host, c));
	if (c->from)
		return NULL;
	const json_t *entry = best(json_object_get(config, "auths"), host, name);
	return entry ? take_entry(entry, path, host, c) : NULL;
}

static struct err *look_into(const char *path, const char *host, const char *name, struct credentials *c)
{
	AUTO_JSON json_t *config = NULL;
	char *text = NULL;
	size_t len;

	if (!path || c->from)
		return NULL;
	struct err *e = file_read_text(path, CONFIG_LIMIT, &text, &len);
	if (e && (err_code(e) == ENOENT || err_code(e) == ENOTDIR)) {
		err_free(e);
		return NULL;
	}
	TRY(e);
	config = json_loadb(text, len, 0, NULL);
	password_done(&text);
	if (!json_is_object(config))
		return err_new(ERR_USAGE, "%s is not JSON: 'docker login' writes it", path);
	return take_config(config, path, host, name, c);
}

static char *below(const char *folder, const char *rest)
{
	return folder && *folder ? mem_printf("%s%s", folder, rest) : NULL;
}

struct err *credentials_find(const char *host, const char *name, struct credentials *ret)
{
	const char *set = getenv("DOCKER_CONFIG");
	AUTO_FREE char *named = below(getenv("REGISTRY_AUTH_FILE"), "");
	AUTO_FREE char *docker =
		set && *set ? below(set, "/config.json") : below(getenv("HOME"), "/.docker/config.json");
	AUTO_FREE char *podman = below(getenv("XDG_RUNTIME_DIR"), "/containers/auth.json");
	const char *const paths[] = { named, docker, podman };

	*ret = (struct credentials){ 0 };
	for (size_t i = 0; i < COUNT(paths); i++)
		TRY(look_into(paths[i], host, name, ret));
	return NULL;
}

struct err *credentials_given(const char *user, const char *password_file, struct credentials *ret)
{
	*ret = (struct credentials){ 0 };
	if (!*user || strchr(user, ':'))
		return err_new(ERR_USAGE, "--user needs a name without a colon");
	TRY(password_read(password_file, &ret->password));
	ret->user = mem_dup(user);
	ret->from = mem_dup("--password-file");
	return NULL;
}
