/* SPDX-License-Identifier: MIT */
#include "registry/exchange.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/pace.h"
#include "fetch/proxy_blame.h"
#include "fetch/trust.h"

#define CONNECT_SECONDS 20L
#define PATIENCE 10L /* windows of pace.h that a server may take to store a body */

/* The data of curl's callbacks. */
struct running {
	const struct exchange_request *request;
	struct exchange_answer *answer;
	uint64_t read;
	bool too_long, unread; /* the answer; a file of ours */
};

static size_t receive(char *bytes, size_t one, size_t len, void *arg)
{
	struct running *r = arg;

	(void)one;
	r->too_long = len > EXCHANGE_TEXT_LIMIT - r->answer->body.len;
	if (r->too_long)
		return 0;
	text_add(&r->answer->body, bytes, len);
	return len;
}

static size_t give(char *bytes, size_t one, size_t room, void *arg)
{
	struct running *r = arg;
	const struct exchange_request *q = r->request;
	uint64_t left = q->size_bytes - r->read;
	size_t len = room * one < left ? room * one : (size_t)left;

	if (q->bytes) {
		memcpy(bytes, q->bytes + r->read, len);
	} else if (len) {
		ssize_t n;
		do
			n = pread(q->fd, bytes, len, (off_t)(q->offset + r->read));
		while (n < 0 && errno == EINTR);
		r->unread = n <= 0;
		if (r->unread)
			return CURL_READFUNC_ABORT;
		len = (size_t)n;
	}
	r->read += len;
	if (q->sent)
		q->sent(q->arg, r->read);
	return len;
}

static int rewind_to(void *arg, curl_off_t offset, int origin)
{
	struct running *r = arg;

	if (origin != SEEK_SET || offset < 0)
		return CURL_SEEKFUNC_CANTSEEK;
	r->read = (uint64_t)offset;
	return CURL_SEEKFUNC_OK;
}

static void add_header(struct curl_slist **list, const char *name, const char *value)
{
	if (!value)
		return;
	AUTO_FREE char *line = mem_printf("%s: %s", name, value);
	struct curl_slist *longer = curl_slist_append(*list, line);
	if (!longer)
		mem_exhausted();
	*list = longer;
}

static void set_body(CURL *easy, struct running *r)
{
	if (!r->request->has_body)
		return;
	curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)r->request->size_bytes);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(easy, CURLOPT_READDATA, r);
	curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, rewind_to);
	curl_easy_setopt(easy, CURLOPT_SEEKDATA, r);
	curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024);
}

/* curl drops Authorization when a redirect leads to another host, port or scheme. */
static struct curl_slist *prepare(CURL *easy, struct running *r, char *detail)
{
	const struct exchange_request *q = r->request;
	struct curl_slist *headers = NULL;

	curl_easy_reset(easy);
	set_body(easy, r);
	add_header(&headers, "Authorization", q->authorization);
	add_header(&headers, "Accept", q->accept);
	add_header(&headers, "Content-Type", q->type);
	add_header(&headers, "Content-Range", q->content_range);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, q->method);
	curl_easy_setopt(easy, CURLOPT_NOBODY, !strcmp(q->method, "HEAD") ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_URL, q->url);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, r);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 8L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, q->secure ? "https" : "http,https");
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME,
			 q->slow_answer ? PATIENCE * pace_window() : pace_window());
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "mkbench");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	if (q->direct)
		curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	trust_set(easy);
	return headers;
}

static char *header(CURL *easy, const char *name)
{
	struct curl_header *found;

	return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &found) == CURLHE_OK ?
		       mem_dup(found->value) :
		       NULL;
}

static void take_headers(CURL *easy, struct exchange_answer *a)
{
	struct curl_header *found;
	curl_off_t seconds = 0;
	char *url = NULL;

	a->location = header(easy, "Location");
	a->range = header(easy, "Range");
	a->digest = header(easy, "Docker-Content-Digest");
	a->subject = header(easy, "OCI-Subject");
	a->min_chunk = header(easy, "OCI-Chunk-Min-Length");
	for (size_t i = 0;
	     curl_easy_header(easy, "WWW-Authenticate", i, CURLH_HEADER, -1, &found) == CURLHE_OK; i++)
		challenge_read(found->value, &a->challenge);
	curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds);
	a->retry_after_seconds = seconds > 0 && seconds < 86400 ? (long)seconds : 0;
	curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &url);
	a->url = url ? mem_dup(url) : NULL;
}

void exchange_run(CURL *easy, const struct exchange_request *q, struct exchange_answer *ret)
{
	char detail[CURL_ERROR_SIZE] = "";
	struct running r = { .request = q, .answer = ret };

	*ret = (struct exchange_answer){ 0 };
	struct curl_slist *headers = prepare(easy, &r, detail);
	ret->code = curl_easy_perform(easy);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &ret->status);
	take_headers(easy, ret);
	/* A server that refuses a body may close the connection before it has all of it: its answer
	 * counts. */
	if (ret->code && (ret->status < 400 || ret->code == CURLE_ABORTED_BY_CALLBACK)) {
		ret->status = 0;
		AUTO_FREE char *blame = proxy_blame(q->url, NULL, detail);
		ret->problem =
			r.too_long ?
				mem_dup("its answer is longer than 4 MB") :
			r.unread ?
				mem_dup("a blob's file ends early") :
				mem_printf("%s%s", detail[0] ? detail : curl_easy_strerror(ret->code), blame);
	}
	curl_slist_free_all(headers);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, NULL);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, NULL);
}

void exchange_done(struct exchange_answer *a)
{
	free(a->problem);
	free(a->url);
	free(a->location);
	free(a->range);
	free(a->digest);
	free(a->subject);
	free(a->min_chunk);
	challenge_done(&a->challenge);
	text_done(&a->body);
	*a = (struct exchange_answer){ 0 };
}
