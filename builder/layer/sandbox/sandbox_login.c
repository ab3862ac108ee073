/* SPDX-License-Identifier: MIT */
#include "layer/sandbox/sandbox_login.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "layer/sandbox/sandbox_host.h"

#define SETTINGS_LIMIT (256u << 10)

const char *const sandbox_login_variables[] = {
	"PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL",	 "UV_DEFAULT_INDEX",
	"UV_INDEX",	 "npm_config_registry", "YARN_REGISTRY", NULL,
};

/* npm accepts its variables in upper and lower case. */
static const char *variable(const char *name)
{
	size_t len = strlen(name);

	for (char **pair = environ; pair && *pair; pair++)
		if (!strncasecmp(*pair, name, len) && (*pair)[len] == '=')
			return *pair + len + 1;
	return NULL;
}

char *sandbox_login_file(size_t i)
{
	static const char *const files[][3] = { { "PIP_CONFIG_FILE", ".config/pip/pip.conf",
						  "/etc/pip.conf" },
						{ "npm_config_userconfig", ".npmrc", "/etc/npmrc" } };
	const char *named = variable(files[i][0]), *home = getenv("HOME");
	AUTO_FREE char *own = home ? mem_printf("%s/%s", home, files[i][1]) : NULL;
	const char *path = named && *named ? named : own && !access(own, R_OK) ? own : files[i][2];
	char *text = NULL;
	size_t len;

	err_free(file_read_text(path, SETTINGS_LIMIT, &text, &len));
	return text;
}

/* The positions of the parts of a URL in a text. */
struct url {
	bool tls;
	const char *user, *host, *end; /* user NULL: none; the path begins at end */
};

static const char *next_url(const char *text, struct url *ret)
{
	const char *at = strcasestr(text, "http");

	for (; at; at = strcasestr(at + 1, "http")) {
		bool tls = tolower((unsigned char)at[4]) == 's';
		if (strncmp(at + 4 + tls, "://", 3))
			continue;
		const char *from = at + 7 + tls, *end = from + strcspn(from, "/?# \t\r\n\"'<>,;)]}\\");
		const char *sign = memrchr(from, '@', (size_t)(end - from));
		*ret = (struct url){ tls, sign ? from : NULL, sign ? sign + 1 : from, end };
		return at;
	}
	return NULL;
}

static char *host_of(const struct url *u)
{
	char *host = mem_ndup(u->host, (size_t)(u->end - u->host));
	const char *usual = u->tls ? ":443" : ":80";

	if (text_ends(host, usual))
		host[strlen(host) - strlen(usual)] = '\0';
	for (char *c = host; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return host;
}

const struct sandbox_index *sandbox_login_find(const struct sandbox_login *l, const char *host, bool tls)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].tls == tls && !strcasecmp(l->items[i].host, host))
			return &l->items[i];
	return NULL;
}

/* Takes ownership of host and header. */
static void add(struct sandbox_login *l, char *host, bool tls, char *header)
{
	for (size_t i = 0; i < l->count; i++) {
		struct sandbox_index *x = &l->items[i];
		if (x->tls != tls || strcmp(x->host, host))
			continue;
		free(host);
		if (x->header)
			free(header);
		else
			x->header = header;
		return;
	}
	VEC_PUSH(l, (struct sandbox_index){ .host = host, .tls = tls, .header = header });
}

/* Decodes "%40" and similar. */
static void undo_percent(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		char hex[3] = { from[0] == '%' ? from[1] : '\0', from[0] == '%' && from[1] ? from[2] : '\0',
				'\0' },
		     *end;
		long value = strtol(hex, &end, 16);
		*to++ = hex[1] && !*end ? (char)value : *from;
		from += hex[1] && !*end ? 2 : 0;
	}
	*to = '\0';
}

static char *basic(const char *user, size_t len)
{
	AUTO_FREE char *words = mem_ndup(user, len);
	undo_percent(words);
	AUTO_FREE char *coded = mem_new(strlen(words) * 4 / 3 + 5);

	EVP_EncodeBlock((unsigned char *)coded, (const unsigned char *)words, (int)strlen(words));
	return mem_printf("Authorization: Basic %s", coded);
}

static void add_urls(struct sandbox_login *l, const char *text)
{
	struct url u;

	for (const char *at = text; at && (at = next_url(at, &u)); at = u.end)
		add(l, host_of(&u), u.tls, u.user ? basic(u.user, (size_t)(u.host - 1 - u.user)) : NULL);
}

/* A value may refer to a variable: ${NPM_TOKEN}. */
static char *expand(const char *value)
{
	struct text t = { 0 };

	while (*value) {
		size_t len = strncmp(value, "${", 2) ? 0 : strcspn(value, "}");
		if (len && value[len]) {
			AUTO_FREE char *name = mem_ndup(value + 2, len - 2);
			text_put(&t, getenv(name) ? getenv(name) : "");
			value += len + 1;
		} else {
			text_add(&t, value++, 1);
		}
	}
	return text_take(&t);
}

/* "//registry.example.org/path/:_authToken=..." (npm's .npmrc). */
static void add_npm_line(struct sandbox_login *l, const char *line)
{
	const char *key = strstr(line, ":_"), *sign = key ? strchr(key, '=') : NULL;

	if (strncmp(line, "//", 2) || !sign)
		return;
	AUTO_FREE char *value = expand(sign + 1 + strspn(sign + 1, " \"'"));
	value[strcspn(value, " \"'\r")] = '\0';
	AUTO_FREE char *host = mem_ndup(line + 2, strcspn(line + 2, "/:"));
	bool token = text_starts(key, ":_authToken");
	if (!token && !text_starts(key, ":_auth"))
		return;
	const char *after = line + 2 + strlen(host);
	AUTO_FREE char *port = mem_ndup(after, *after == ':' && after != key ? strcspn(after, "/") : 0);
	add(l, mem_printf("%s%s", host, port), true,
	    mem_printf("Authorization: %s %s", token ? "Bearer" : "Basic", value));
}

void sandbox_login_read(struct sandbox_login *ret)
{
	*ret = (struct sandbox_login){ 0 };
	for (const char *const *name = sandbox_login_variables; *name; name++)
		add_urls(ret, variable(*name));
	for (size_t i = 0; i < 2; i++) {
		AUTO_FREE char *text = sandbox_login_file(i);
		add_urls(ret, text);
		char *rest = i ? text : NULL;
		for (char *line; (line = strsep(&rest, "\n"));)
			add_npm_line(ret, line + strspn(line, " \t"));
	}
}

void sandbox_login_done(struct sandbox_login *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->items[i].host);
		free(l->items[i].header);
	}
	free(l->items);
	*l = (struct sandbox_login){ 0 };
}

/* Whether a line of npm's settings holds a login, for one host or all, or names a client's key. */
static bool holds_secret(const char *line)
{
	static const char *const keys[] = {
		"_auth",    "_password", "password", "username", "email",
		"certfile", "keyfile",	 "key",	     "cert",	 "otp",
	};
	const char *key = line + strspn(line, " \t"),
		   *colon = text_starts(key, "//") ? strchr(key, '=') : NULL;

	while (colon && colon > key && *colon != ':')
		colon--;
	key = colon && *colon == ':' ? colon + 1 : key;
	for (size_t i = 0; i < COUNT(keys); i++)
		if (text_starts(key, keys[i]) && (*keys[i] == '_' || strchr(" \t=", key[strlen(keys[i])])))
			return true;
	return false;
}

static void strip_line(const struct sandbox_login *l, const char *line, struct text *out)
{
	struct url u;

	for (const char *at; (at = next_url(line, &u)); line = u.end) {
		AUTO_FREE char *host = host_of(&u);
		const struct sandbox_index *x = sandbox_login_find(l, host, u.tls);
		text_add(out, line, (size_t)(at - line));
		text_printf(out, "%s://%s", u.tls && !(x && x->header) ? "https" : "http", host);
	}
	text_put(out, line);
}

char *sandbox_login_strip(const struct sandbox_login *l, const char *text, bool settings)
{
	AUTO_FREE char *copy = mem_dup(text);
	struct text out = { 0 };
	char *rest = copy;

	for (char *line; (line = strsep(&rest, "\n"));) {
		if (!settings || !holds_secret(line))
			strip_line(l, line, &out);
		if (rest)
			text_put(&out, "\n");
	}
	return text_take(&out);
}
