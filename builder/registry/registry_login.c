/* SPDX-License-Identifier: MIT */
/* Logs in to a registry with name and password, or with a token that a service gives for them (distribution's
 * "token" and "oauth" specifications). */
#include <jansson.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "registry/registry_own.h"

bool registry_login_safe(const struct registry *r, const char *url)
{
	if (!strncasecmp(url, "https://", 8))
		return true;
	return !strncasecmp(url, "http://", 7) &&
	       (r->http_allowed || (r->plain && reference_is_loopback(url + 7)));
}

char *registry_login_header(const struct registry *r, const char *url)
{
	size_t len = strlen(r->base);

	if (strncasecmp(url, r->base, len) || (url[len] && !strchr("/?#", url[len])))
		return NULL; /* another host has its own login, such as a signature in the URL */
	if (r->scheme == CHALLENGE_BEARER && r->token)
		return mem_printf("Bearer %s", r->token);
	if (r->scheme != CHALLENGE_BASIC || !r->login.password)
		return NULL;
	AUTO_FREE char *pair = credentials_basic(&r->login);
	return mem_printf("Basic %s", pair);
}

static void put_escaped(struct registry *r, struct text *out, const char *key, const char *value)
{
	char *escaped = curl_easy_escape(r->easy, value, 0);

	if (!escaped)
		mem_exhausted();
	text_printf(out, "%s%s=%s", out->len ? "&" : "", key, escaped);
	curl_free(escaped);
}

/* Appends "repository:NAME:pull,push", and scopes to read the repositories that blobs are mounted from: each
 * as its own parameter, or joined by spaces. */
static void put_scopes(struct registry *r, struct text *out, bool joined)
{
	AUTO_TEXT struct text all = { 0 };

	text_printf(&all, "repository:%s:pull,push", r->where->name);
	for (const char *const *name = r->also_read; name && *name; name++) {
		if (!joined) {
			AUTO_FREE char *scope = mem_printf("repository:%s:pull", *name);
			put_escaped(r, out, "scope", scope);
		}
		text_printf(&all, " repository:%s:pull", *name);
	}
	if (!joined)
		all.bytes[strcspn(all.bytes, " ")] = '\0';
	put_escaped(r, out, "scope", all.bytes);
}

static struct err *take_token(struct registry *r, const char *url, const struct exchange_answer *a)
{
	json_t *said = a->body.len ? json_loadb(a->body.bytes, a->body.len, 0, NULL) : NULL;
	const char *token = json_string_value(json_object_get(said, "token"));

	if (!token || !*token)
		token = json_string_value(json_object_get(said, "access_token"));
	bool good = token && *token && !strpbrk(token, "\r\n");
	free(r->token);
	r->token = good ? mem_dup(token) : NULL;
	json_decref(said);
	return good ? NULL :
		      err_new(ERR_FETCH, "%s: the token service at %.*s answers no token", r->where->host,
			      (int)strcspn(url, "?"), url);
}

static struct err *ask_service(struct registry *r, const char *realm, struct exchange_request *q)
{
	unsigned round = 0;

	for (;;) {
		AUTO_ANSWER struct exchange_answer a = { 0 };
		exchange_run(r->easy, q, &a);
		if (a.status == 200)
			return take_token(r, realm, &a);
		if (registry_pause(r, &a, &round))
			continue;
		if (a.status == 403)
			a.status = 401; /* the error is about the login, not about a repository */
		AUTO_FREE char *what = mem_printf("get a token from %.*s", (int)strcspn(realm, "?"), realm);
		return registry_refusal(r, &a, what);
	}
}

static void request_begin(struct registry *r, const char *url, struct exchange_request *q)
{
	*q = (struct exchange_request){ .method = "GET",
					.url = url,
					.secure = !strncasecmp(url, "https:", 6),
					.direct = reference_is_loopback(strstr(url, "://") + 3) };
	(void)r;
}

/* OAuth 2: exchanges a refresh token for one of this repository. */
static struct err *refresh(struct registry *r, const struct challenge *c)
{
	AUTO_TEXT struct text form = { 0 };
	struct exchange_request q;

	put_escaped(r, &form, "grant_type", "refresh_token");
	put_escaped(r, &form, "client_id", "mkbench");
	if (c->service)
		put_escaped(r, &form, "service", c->service);
	put_scopes(r, &form, true);
	put_escaped(r, &form, "refresh_token", r->login.identity);
	request_begin(r, c->realm, &q);
	q.method = "POST";
	q.type = "application/x-www-form-urlencoded";
	q.bytes = form.bytes;
	q.size_bytes = form.len;
	q.has_body = true;
	struct err *e = ask_service(r, c->realm, &q);
	OPENSSL_cleanse(form.bytes, form.len);
	return e;
}

static struct err *get_token(struct registry *r, const struct challenge *c)
{
	AUTO_TEXT struct text query = { 0 };
	AUTO_FREE char *pair = r->login.password ? credentials_basic(&r->login) : NULL;
	AUTO_FREE char *header = pair ? mem_printf("Basic %s", pair) : NULL;
	struct exchange_request q;

	if (c->service)
		put_escaped(r, &query, "service", c->service);
	if (r->login.user)
		put_escaped(r, &query, "account", r->login.user);
	put_scopes(r, &query, false);
	AUTO_FREE char *url = mem_printf("%s%s%s", c->realm, strchr(c->realm, '?') ? "&" : "?", query.bytes);
	request_begin(r, url, &q);
	q.authorization = header;
	return ask_service(r, c->realm, &q);
}

struct err *registry_login(struct registry *r, const struct challenge *c)
{
	static const struct exchange_answer unauthorized = { .status = 401 };
	bool sent = r->scheme == CHALLENGE_BASIC && r->login.password;

	if (c->scheme == CHALLENGE_NONE || (c->scheme == CHALLENGE_BASIC && (sent || !r->login.password)))
		return registry_refusal(r, &unauthorized, "log in");
	r->scheme = c->scheme;
	if (c->scheme == CHALLENGE_BASIC)
		return NULL;
	if (r->login.token && !r->token) {
		r->token = mem_dup(r->login.token);
		return NULL;
	}
	if (!c->realm || !strstr(c->realm, "://"))
		return err_new(ERR_FETCH, "%s needs a token, but does not say of which service",
			       r->where->host);
	if (!registry_login_safe(r, c->realm))
		return err_new(ERR_FETCH,
			       "%s sends logins to %.*s, which is not https: nothing was sent there",
			       r->where->host, (int)strcspn(c->realm, "?"), c->realm);
	return r->login.identity ? refresh(r, c) : get_token(r, c);
}
