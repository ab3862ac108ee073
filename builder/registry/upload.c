/* SPDX-License-Identifier: MIT */
#include "registry/upload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define SMALL_PIECE (4ull << 20) /* for a proxy with a smaller limit */
#define CHUNK ((size_t)1 << 20)

struct upload {
	struct registry *registry;
	const struct manifest_blob *blob;
	const char *neighbour;
	struct progress *progress;
	char digest[sizeof "sha256:" + DIGEST_HEX];
	char what[64]; /* "push the blob sha256:12ab…" */
	int fd;
	uint64_t offset; /* of the blob in its file */
	uint64_t done, shown, sending_from;
	uint64_t piece;	    /* UINT64_MAX: all in one request */
	uint64_t failed_at; /* the value of done at the last failure: a retry is worthwhile if it has grown */
	unsigned round;
	bool joined; /* the registry's bytes come from more than one connection */
	char *location;
	enum upload_result result;
};

/* What follows a request. */
enum next { NEXT_PIECE, NEXT_SESSION, NEXT_END };

static void show(struct upload *u, uint64_t done)
{
	if (done > u->shown) {
		progress_add(u->progress, done - u->shown);
		u->shown = done;
	}
}

static void sent(void *arg, uint64_t bytes)
{
	struct upload *u = arg;

	show(u, u->sending_from + bytes);
}

static struct err *ask(struct upload *u, const char *method, const char *rest, struct exchange_answer *a)
{
	AUTO_FREE char *url = registry_url(u->registry, rest);
	struct exchange_request q = { .method = method, .url = url, .has_body = !strcmp(method, "POST") };

	return registry_ask(u->registry, &q, a);
}

static struct err *is_present(struct upload *u, bool *ret)
{
	AUTO_ANSWER struct exchange_answer a = { 0 };
	AUTO_FREE char *rest = mem_printf("/blobs/%s", u->digest);

	TRY(ask(u, "HEAD", rest, &a));
	*ret = a.status == 200;
	/* A repository may not exist before its first upload. Some registries then answer the HEAD with 403
	 * or 400; if they really refuse, the upload fails, too. */
	return a.status && a.status != 401 && a.status < 500 && a.status != 429 ?
		       NULL :
		       registry_refusal(u->registry, &a, u->what);
}

/* Checks the bytes against their digest before the registry is contacted. */
static struct err *check(struct upload *u)
{
	AUTO_FREE char *chunk = mem_new(CHUNK);
	struct digest_run *run = digest_start();

	for (uint64_t at = 0; at < u->blob->size_bytes;) {
		size_t len = u->blob->size_bytes - at < CHUNK ? (size_t)(u->blob->size_bytes - at) : CHUNK;
		struct err *e = file_read_at(u->fd, chunk, len, u->offset + at, u->blob->layout->path);
		if (e) {
			digest_drop(run);
			return e;
		}
		digest_feed(run, chunk, len);
		at += len;
	}
	struct digest found = digest_finish(run);
	return digest_equal(&found, &u->blob->digest) ?
		       NULL :
		       layout_damaged(u->blob->layout, "a blob's SHA-256 does not match");
}

static struct err *go_to(struct upload *u, const struct exchange_answer *a, bool must)
{
	char *next;

	if (!a->location && !must)
		return NULL;
	TRY(registry_location(u->registry, a, &next));
	free(u->location);
	u->location = next;
	return NULL;
}

static struct err *begin(struct upload *u, enum next *ret)
{
	AUTO_ANSWER struct exchange_answer a = { 0 };
	const char *from = u->neighbour;
	char *name = from ? curl_easy_escape(NULL, from, 0) : NULL;
	AUTO_FREE char *rest = from ? mem_printf("/blobs/uploads/?mount=%s&from=%s", u->digest, name) :
				      mem_dup("/blobs/uploads/");

	curl_free(name);
	u->neighbour = NULL; /* is tried only once */
	u->done = 0;
	u->joined = false;
	TRY(ask(u, "POST", rest, &a));
	if (from && a.status == 201) {
		u->result = UPLOAD_MOUNTED;
		*ret = NEXT_END;
		return NULL;
	}
	if (from && a.status != 202) {
		*ret = NEXT_SESSION; /* now without the neighbour */
		return NULL;
	}
	if (a.status != 202)
		return registry_refusal(u->registry, &a, u->what);
	uint64_t least = a.min_chunk ? strtoull(a.min_chunk, NULL, 10) : 0;
	if (least > u->piece && least < 1ull << 40)
		u->piece = least;
	*ret = NEXT_PIECE;
	return go_to(u, &a, true);
}

/* "0-99" and "bytes=0-99" mean 100 bytes; "0-0" means none. */
static bool take_range(struct upload *u, const char *range)
{
	unsigned long long first, last;

	range = range ? range + strcspn(range, "0123456789") : "";
	if (sscanf(range, "%llu-%llu", &first, &last) != 2 || first || last >= u->blob->size_bytes)
		return false;
	u->done = last ? last + 1 : 0;
	return true;
}

/* After a failure, asks how many bytes the registry has. */
static struct err *ask_how_far(struct upload *u, enum next *ret)
{
	AUTO_ANSWER struct exchange_answer a = { 0 };
	struct exchange_request q = { .method = "GET", .url = u->location };

	TRY(registry_ask_once(u->registry, &q, &a));
	bool told = a.status >= 200 && a.status < 300 && take_range(u, a.range);
	*ret = told ? NEXT_PIECE : NEXT_SESSION;
	u->joined = told;
	if (u->done == u->failed_at)
		return told ? go_to(u, &a, false) : NULL;
	u->failed_at = u->done;
	u->round = told ? 0 : u->round;
	return told ? go_to(u, &a, false) : NULL;
}

static bool is_refused_piece(const struct exchange_answer *a)
{
	return a->status >= 400 && a->status != 401 && a->status != 403 && a->status != 408 &&
	       a->status != 425 && a->status != 429 && (a->status < 500 || a->status == 501);
}

/* Decides how to continue after a request with bytes that did not succeed. */
static struct err *recover(struct upload *u, const struct exchange_answer *a, bool piece, enum next *ret)
{
	*ret = NEXT_SESSION;
	if (a->status == 413 && u->piece > SMALL_PIECE) {
		u->piece = SMALL_PIECE;
		return NULL;
	}
	if (a->status != 413 && piece && is_refused_piece(a) && u->piece != UINT64_MAX && !u->joined) {
		u->piece = UINT64_MAX; /* it does not accept pieces */
		return NULL;
	}
	if ((a->status == 400 || a->status == 404 || a->status == 416) && (u->joined || a->status != 400) &&
	    ++u->round < REGISTRY_ATTEMPTS)
		return NULL; /* it lost the upload or assembled it wrongly: start again */
	if (registry_pause(u->registry, a, &u->round))
		return ask_how_far(u, ret);
	return registry_refusal(u->registry, a, u->what);
}

/* A request for that many bytes of the blob, from the current offset. */
static struct exchange_request request_of(struct upload *u, const char *method, const char *url, uint64_t len)
{
	u->sending_from = u->done;
	return (struct exchange_request){
		.method = method,
		.url = url,
		.type = "application/octet-stream",
		.fd = u->fd,
		.offset = u->offset + u->done,
		.size_bytes = len,
		.has_body = true,
		.slow_answer = true,
		.sent = sent,
		.arg = u,
	};
}

static struct err *send_piece(struct upload *u, enum next *ret)
{
	AUTO_ANSWER struct exchange_answer a = { 0 };
	uint64_t left = u->blob->size_bytes - u->done, len = left < u->piece ? left : u->piece;
	AUTO_FREE char *range =
		mem_printf("%llu-%llu", (unsigned long long)u->done, (unsigned long long)(u->done + len - 1));
	struct exchange_request q = request_of(u, "PATCH", u->location, len);

	q.content_range = range;
	TRY(registry_ask_once(u->registry, &q, &a));
	if (a.status < 200 || a.status >= 300)
		return recover(u, &a, true, ret);
	uint64_t before = u->done;
	u->done += len;
	if (a.range && take_range(u, a.range) && u->done <= before)
		return err_new(ERR_FETCH, "%s: the registry reports success but stores none of the bytes",
			       u->what);
	*ret = NEXT_PIECE;
	return go_to(u, &a, false);
}

static char *with_digest(const struct upload *u)
{
	return mem_printf("%s%sdigest=%s", u->location, strchr(u->location, '?') ? "&" : "?", u->digest);
}

/* Sends the last request, with all bytes of a small blob, or with none. */
static struct err *finish(struct upload *u, enum next *ret)
{
	AUTO_ANSWER struct exchange_answer a = { 0 };
	AUTO_FREE char *url = with_digest(u);
	uint64_t left = u->blob->size_bytes - u->done;
	struct exchange_request q = request_of(u, "PUT", url, left);

	TRY(registry_ask_once(u->registry, &q, &a));
	if (a.status < 200 || a.status >= 300 || a.status == 202)
		return recover(u, &a, left > 0, ret);
	u->result = UPLOAD_SENT;
	*ret = NEXT_END;
	return NULL;
}

static struct err *session(struct upload *u, enum next *ret)
{
	TRY(begin(u, ret));
	while (*ret == NEXT_PIECE) {
		uint64_t left = u->blob->size_bytes - u->done;
		bool whole = !u->done && (left <= u->piece || u->piece == UINT64_MAX);
		TRY(left && !whole ? send_piece(u, ret) : finish(u, ret));
	}
	return NULL;
}

static struct err *run(struct upload *u)
{
	enum next next = NEXT_SESSION;
	bool present;

	TRY(is_present(u, &present));
	if (present)
		return NULL;
	TRY(check(u));
	while (!present && next != NEXT_END) {
		TRY(session(u, &next));
		if (next != NEXT_END)
			TRY(is_present(u, &present)); /* an answer may have been lost on the way */
	}
	u->result = next == NEXT_END ? u->result : UPLOAD_SENT;
	return NULL;
}

struct err *upload_blob(struct registry *r, const struct manifest_blob *b, const char *neighbour,
			struct progress *p, enum upload_result *ret)
{
	char hex[DIGEST_HEX];
	uint64_t size;
	struct upload u = { .registry = r,
			    .blob = b,
			    .neighbour = neighbour,
			    .progress = p,
			    .fd = -1,
			    .piece = UPLOAD_PIECE };

	snprintf(u.digest, sizeof u.digest, "sha256:%s", digest_hex(&b->digest, hex));
	snprintf(u.what, sizeof u.what, "push the blob sha256:%.12s", hex);
	progress_item(p, u.digest);
	TRY(layout_file(b->layout, b->member, &u.fd, &u.offset, &size));
	struct err *e = run(&u);
	file_closep(&u.fd);
	free(u.location);
	if (!e)
		show(&u, b->size_bytes);
	*ret = u.result;
	return e;
}
