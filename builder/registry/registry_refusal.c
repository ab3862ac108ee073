/* SPDX-License-Identifier: MIT */
/* Explains in words what a registry refused. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "registry/registry_own.h"

#define MESSAGE_LIMIT 300u

/* A server may echo what it was sent. */
static void hide(char *text, const char *secret)
{
	size_t len = secret ? strlen(secret) : 0;

	for (char *at = text; len >= 4 && (at = strstr(at, secret)); at += len)
		memset(at, '*', len);
}

static char *without_secrets(const struct registry *r, char *text)
{
	AUTO_FREE char *basic = r->login.user && r->login.password ? credentials_basic(&r->login) : NULL;

	hide(text, basic);
	hide(text, r->login.password);
	hide(text, r->login.identity);
	hide(text, r->login.token);
	hide(text, r->token);
	return text;
}

/* The first of {"errors":[{"code","message","detail"}]}; NULL: there is none. The caller's to free. */
static char *message_of(const struct registry *r, const struct exchange_answer *a)
{
	json_t *said = a->body.len ? json_loadb(a->body.bytes, a->body.len, 0, NULL) : NULL;
	const json_t *first = json_array_get(json_object_get(said, "errors"), 0),
		     *more = json_object_get(first, "detail");
	const char *message = json_string_value(json_object_get(first, "message"));
	char *text = NULL;

	if (message && !strcmp(message, "unknown error") && more) {
		AUTO_FREE char *detail = json_dumps(more, JSON_COMPACT | JSON_ENCODE_ANY);
		text = mem_printf("%s: %s", message, detail ? detail : "");
	} else if (message && *message) {
		text = mem_dup(message);
	} else if (json_string_value(json_object_get(said, "details"))) {
		text = mem_dup(json_string_value(json_object_get(said, "details")));
	}
	json_decref(said);
	if (!text)
		return NULL;
	without_secrets(r, text);
	text[strcspn(text, "\r\n")] = '\0';
	if (strlen(text) > MESSAGE_LIMIT)
		text[MESSAGE_LIMIT] = '\0';
	return text;
}

bool registry_refusal_is_full(const struct exchange_answer *a)
{
	return a->status == 507 ||
	       (a->status >= 500 && a->body.bytes && strcasestr(a->body.bytes, "no space left"));
}

static struct err *no_answer(const struct registry *r, const struct exchange_answer *a, const char *what)
{
	const char *hint = "";

	if (a->code == CURLE_PEER_FAILED_VERIFICATION || a->code == CURLE_SSL_CACERT_BADFILE)
		hint = ": its certificate is not trusted here: name its CA's file in CURL_CA_BUNDLE";
	else if (a->code == CURLE_SSL_CONNECT_ERROR && !r->plain)
		hint = ": if it speaks http alone, --plain-http allows that";
	else if (a->code == CURLE_COULDNT_CONNECT)
		hint = ": nothing answers there, or it was stopped";
	return err_new(ERR_FETCH, "%s: cannot %s: %s%s", r->where->host, what, a->problem, hint);
}

static struct err *no_login(const struct registry *r, const char *said)
{
	const char *host = r->where->host;

	if (!r->login.from)
		return err_new(ERR_FETCH,
			       "%s needs a login (401), and none is known for it: 'docker login %s' keeps "
			       "one, or --user with --password-file%s%s",
			       host, host, *said ? ": it says: " : "", said);
	return err_new(ERR_FETCH, "%s refuses the login%s%s from %s (401)%s%s", host,
		       r->login.user ? " of " : "", r->login.user ? r->login.user : "", r->login.from,
		       *said ? ": " : "", said);
}

struct err *registry_refusal(const struct registry *r, const struct exchange_answer *a, const char *what)
{
	AUTO_FREE char *message = message_of(r, a);
	const char *said = message ? message : "", *colon = message ? ": " : "", *host = r->where->host,
		   *name = r->where->name;

	if (!a->status)
		return no_answer(r, a, what);
	if (a->status == 401)
		return no_login(r, said);
	if (registry_refusal_is_full(a))
		return err_new(ERR_FETCH, "%s: cannot %s: its disk is full (%ld)%s%s", host, what, a->status,
			       colon, said);
	switch (a->status) {
	case 403:
		return err_new(ERR_FETCH, "%s does not let %s%s push to %s (403)%s%s", host,
			       r->login.user ? r->login.user : "somebody without a login",
			       r->login.user ? "" : "", name, colon, said);
	case 404:
		return err_new(ERR_FETCH, "%s: cannot %s: it has no %s, or does not show it to %s (404)%s%s",
			       host, what, name, r->login.user ? r->login.user : "somebody without a login",
			       colon, said);
	case 405:
		return err_new(
			ERR_FETCH,
			"%s: cannot %s: it takes no pushes, as a mirror or one that is read-only (405)%s%s",
			host, what, colon, said);
	case 413:
		return err_new(ERR_FETCH,
			       "%s: cannot %s: that is larger than it, or a proxy before it, takes (413)%s%s",
			       host, what, colon, said);
	case 429:
		return err_new(ERR_FETCH, "%s: cannot %s: too many requests, try later (429)%s%s", host, what,
			       colon, said);
	default:
		return err_new(ERR_FETCH, "%s: cannot %s: it answers %ld%s%s", host, what, a->status, colon,
			       said);
	}
}
