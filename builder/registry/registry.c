/* SPDX-License-Identifier: MIT */
#include "registry/registry.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "fetch/trust.h"
#include "registry/registry_own.h"

#define PAUSE_MS 500u
#define PAUSE_MAX_MS 8000u
#define ASKED_MAX 60 /* longest Retry-After in seconds that is obeyed */

char *registry_url(const struct registry *r, const char *rest)
{
	return mem_printf("%s/v2/%s%s", r->base, r->where->name, rest);
}

struct err *registry_location(const struct registry *r, const struct exchange_answer *a, char **ret)
{
	CURLU *u = curl_url();
	char *whole = NULL;

	if (!u)
		mem_exhausted();
	bool good = a->location && !curl_url_set(u, CURLUPART_URL, a->url ? a->url : r->base, 0) &&
		    !curl_url_set(u, CURLUPART_URL, a->location, 0) &&
		    !curl_url_get(u, CURLUPART_URL, &whole, 0);
	curl_url_cleanup(u);
	if (!good)
		return err_new(ERR_FETCH, "%s does not say where an upload goes on", r->where->host);
	*ret = mem_dup(whole);
	curl_free(whole);
	if (registry_login_safe(r, *ret))
		return NULL;
	AUTO_FREE char *shown = mem_ndup(*ret, strcspn(*ret, "?"));
	free(TAKE(*ret));
	return err_new(ERR_FETCH,
		       "%s continues the upload at %s, which is not https: its proxy may lack the header "
		       "X-Forwarded-Proto",
		       r->where->host, shown);
}

static bool is_hopeless(const struct exchange_answer *a)
{
	switch (a->code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_TOO_MANY_REDIRECTS:
	case CURLE_ABORTED_BY_CALLBACK:
	case CURLE_WRITE_ERROR: return true;
	default: break;
	}
	if (!a->status)
		return false;
	bool later = a->status == 408 || a->status == 425 || a->status == 429 || a->status >= 500;
	return !later || a->status == 501 || a->status == 505 || registry_refusal_is_full(a);
}

bool registry_pause(struct registry *r, const struct exchange_answer *a, unsigned *round)
{
	unsigned pause = PAUSE_MS << (*round < 5 ? *round : 5);

	if (is_hopeless(a) || ++*round >= REGISTRY_ATTEMPTS)
		return false;
	if (a->retry_after_seconds > ASKED_MAX)
		return false;
	pause = pause > PAUSE_MAX_MS ? PAUSE_MAX_MS : pause;
	if (a->retry_after_seconds * 1000 > (long)pause)
		pause = (unsigned)a->retry_after_seconds * 1000;
	if (a->status)
		progress_note(r->progress, "%s answers %ld: again in %.1f s", r->where->host, a->status,
			      pause / 1000.0);
	else
		progress_note(r->progress, "%s: %s: again in %.1f s", r->where->host, a->problem,
			      pause / 1000.0);
	clock_sleep(pause);
	return true;
}

struct err *registry_ask_once(struct registry *r, struct exchange_request *q, struct exchange_answer *ret)
{
	for (unsigned tries = 0;; tries++) {
		AUTO_FREE char *header = registry_login_header(r, q->url);
		q->authorization = header;
		q->secure = !strncasecmp(q->url, "https:", 6);
		q->direct = r->where->loopback;
		exchange_run(r->easy, q, ret);
		q->authorization = NULL;
		if (ret->status != 401 || tries)
			return NULL;
		struct err *e = registry_login(r, &ret->challenge);
		exchange_done(ret);
		TRY(e);
	}
}

struct err *registry_ask(struct registry *r, struct exchange_request *q, struct exchange_answer *ret)
{
	for (unsigned round = 0;; exchange_done(ret)) {
		TRY(registry_ask_once(r, q, ret));
		if ((ret->status >= 200 && ret->status < 400) || !registry_pause(r, ret, &round))
			return NULL;
	}
}

struct err *registry_put_manifest(struct registry *r, const char *rest, const char *type, const char *bytes,
				  size_t len, const char *what, struct exchange_answer *ret)
{
	AUTO_FREE char *url = registry_url(r, rest);
	struct exchange_request q = {
		.method = "PUT",
		.url = url,
		.type = type,
		.bytes = bytes,
		.size_bytes = len,
		.has_body = true,
		.slow_answer = true,
	};

	TRY(registry_ask(r, &q, ret));
	return ret->status >= 200 && ret->status < 300 ? NULL : registry_refusal(r, ret, what);
}

struct err *registry_put_json(struct registry *r, const char *rest, const char *type, const json_t *manifest,
			      const char *what)
{
	AUTO_ANSWER struct exchange_answer a = { 0 };
	AUTO_FREE char *text = json_dumps(manifest, JSON_COMPACT | JSON_SORT_KEYS);

	if (!text)
		mem_exhausted();
	return registry_put_manifest(r, rest, type, text, strlen(text), what, &a);
}

struct err *registry_get_json(struct registry *r, const char *rest, const char *accept, const char *what,
			      json_t **ret)
{
	AUTO_ANSWER struct exchange_answer a = { 0 };
	AUTO_FREE char *url = registry_url(r, rest);
	struct exchange_request q = { .method = "GET", .url = url, .accept = accept };

	TRY(registry_ask(r, &q, &a));
	if (a.status != 200 && a.status != 404)
		return registry_refusal(r, &a, what);
	*ret = a.status == 200 ? json_loadb(a.body.bytes ? a.body.bytes : "", a.body.len, 0, NULL) : NULL;
	return NULL;
}

static void greet(struct registry *r, const char *scheme, struct exchange_answer *ret)
{
	free(r->base);
	r->base = mem_printf("%s://%s", scheme, r->where->host);
	r->plain = !strcmp(scheme, "http");
	AUTO_FREE char *url = mem_printf("%s/v2/", r->base);
	struct exchange_request q = {
		.method = "GET", .url = url, .secure = !r->plain, .direct = r->where->loopback
	};
	exchange_run(r->easy, &q, ret);
}

/* On this machine a registry may speak http or https: https answers http with a 400, or not at all. */
static void greet_either(struct registry *r, struct exchange_answer *ret)
{
	greet(r, "http", ret);
	if (ret->status ? ret->status != 400 : ret->code == CURLE_COULDNT_CONNECT)
		return;
	struct exchange_answer other;
	greet(r, "https", &other);
	if (other.code == CURLE_SSL_CONNECT_ERROR) {
		exchange_done(&other);
		free(r->base);
		r->base = mem_printf("http://%s", r->where->host);
		r->plain = true;
		return;
	}
	exchange_done(ret);
	*ret = other;
}

static struct err *find_out(struct registry *r)
{
	for (unsigned round = 0;;) {
		AUTO_ANSWER struct exchange_answer a = { 0 };
		if (r->where->loopback && !r->http_allowed)
			greet_either(r, &a);
		else
			greet(r, r->http_allowed ? "http" : "https", &a);
		if (a.status == 401 && a.challenge.scheme != CHALLENGE_NONE)
			return registry_login(r, &a.challenge);
		if (a.status == 200)
			return NULL;
		if (registry_pause(r, &a, &round))
			continue;
		if (a.status == 404)
			return err_new(ERR_FETCH, "%s is no registry: it answers 404 to GET /v2/",
				       r->where->host);
		return registry_refusal(r, &a, "reach the registry");
	}
}

struct err *registry_open(const struct reference *where, const struct registry_options *o,
			  struct credentials *login, struct registry **ret)
{
	struct registry *r = mem_new(sizeof *r);

	trust_start_curl();
	*r = (struct registry){ .where = where,
				.progress = o->progress,
				.also_read = o->also_read,
				.login = *login,
				.easy = curl_easy_init(),
				.http_allowed = o->plain_http };
	*login = (struct credentials){ 0 };
	if (!r->easy)
		mem_exhausted();
	struct err *e = find_out(r);
	if (e)
		registry_close(r);
	else
		*ret = r;
	return e;
}

void registry_close(struct registry *r)
{
	if (!r)
		return;
	curl_easy_cleanup(r->easy);
	credentials_done(&r->login);
	free(r->base);
	free(r->token);
	free(r);
}
