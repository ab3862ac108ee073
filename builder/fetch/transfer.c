/* SPDX-License-Identifier: MIT */
#include "fetch/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/pace.h"
#include "base/text.h"
#include "fetch/proxy.h"
#include "fetch/proxy_blame.h"
#include "fetch/trust.h"

#define CONNECT_SECONDS 20
#define PAUSE_MS 500
#define PAUSE_MAX_MS 8000
#define ASKED_MAX_MS 60000 /* longest Retry-After that is obeyed */
#define REAL_PROGRESS (64 * 1024)

struct mirror {
	const char *url;
	unsigned attempts;
	bool out;     /* not to be asked again */
	bool absent;  /* said "not found" */
	char *answer; /* the last one, for people */
};

char *transfer_shown(const char *url)
{
	const char *host = strstr(url, "://");
	size_t head = host ? (size_t)(host - url) + 3 : 0;
	size_t authority = strcspn(url + head, "/?#");
	const char *at = memrchr(url + head, '@', authority);

	return at ? mem_printf("%.*s%s", (int)head, url, at + 1) : mem_dup(url);
}

static bool is_local(const char *url)
{
	return text_starts(url, "file://");
}

static bool may_try(const struct want *w, const char *url)
{
	return text_starts(url, "https://") || text_starts(url, "http://") || (w->local && is_local(url));
}

/* Moves to the next URL that may be asked, in a circle. */
static bool pick_next(struct transfer *t, bool *ret_wrapped)
{
	*ret_wrapped = false;
	for (size_t i = 1; i <= t->mirror_count; i++) {
		size_t next = (t->now + i) % t->mirror_count;
		if (t->mirrors[next].out)
			continue;
		*ret_wrapped = next <= t->now;
		t->now = next;
		return true;
	}
	return false;
}

void transfer_open(struct transfer *t, const struct want *w, struct store *s, struct progress *p,
		   uint64_t limit, size_t first)
{
	size_t count = 0;

	while (w->urls[count])
		count++;
	*t = (struct transfer){ .want = w,
				.store = s,
				.progress = p,
				.easy = curl_easy_init(),
				.mirror_count = count,
				.mirrors = mem_array(count, sizeof *t->mirrors),
				.limit = w->size_bytes ? w->size_bytes : limit };
	if (!t->easy)
		mem_exhausted();
	for (size_t i = 0; i < count; i++) {
		bool may = may_try(w, w->urls[i]);
		t->mirrors[i] =
			(struct mirror){ .url = w->urls[i],
					 .out = !may,
					 .answer = may ? NULL : mem_dup("only http and https are fetched") };
	}
	bool wrapped;
	t->now = count + (first < count ? first : 0) - 1;
	if (!pick_next(t, &wrapped))
		t->now = count;
}

static void forget(struct transfer *t)
{
	store_abort(TAKE(t->writer));
	t->received = 0;
	t->joined = false;
}

void transfer_close(struct transfer *t)
{
	forget(t);
	curl_easy_cleanup(t->easy);
	for (size_t i = 0; i < t->mirror_count; i++)
		free(t->mirrors[i].answer);
	free(t->mirrors);
	err_free(t->broken);
	*t = (struct transfer){ 0 };
}

/* Whether a 206 continues exactly where we stopped. RFC 9110, 14.4: "bytes 5-9/10" */
static bool goes_on(const struct transfer *t)
{
	struct curl_header *range;
	char want[48];

	snprintf(want, sizeof want, "bytes %llu-", (unsigned long long)t->received);
	return curl_easy_header(t->easy, "Content-Range", 0, CURLH_HEADER, -1, &range) == CURLHE_OK &&
	       text_starts(range->value, want);
}

/* Checks the head of an answer at its first byte: whether it may be appended. */
static bool look(struct transfer *t)
{
	uint64_t promised = t->want->size_bytes;
	curl_off_t length = -1;
	long status = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	if (status == 206 && !goes_on(t))
		t->refusal = "it sent a different byte range than requested";
	if (status != 206)
		forget(t);
	else
		t->joined = true;
	if (promised && length >= 0 && t->received + (uint64_t)length != promised)
		t->refusal = "its size is not the one promised";
	else if (length >= 0 && t->received + (uint64_t)length > t->limit)
		t->refusal = "it is larger than allowed";
	return !t->refusal;
}

static struct err *keep(struct transfer *t, const void *bytes, size_t len)
{
	if (!t->writer)
		TRY(store_begin(t->store, &t->writer));
	return store_feed(t->writer, bytes, len);
}

static size_t receive(char *bytes, size_t one, size_t len, void *arg)
{
	struct transfer *t = arg;

	(void)one;
	if (!t->looked && !look(t))
		return 0;
	t->looked = true;
	if (len > t->limit - t->received) {
		t->refusal = t->want->size_bytes ? "it sends more than the size promised" :
						   "it is larger than allowed";
		return 0;
	}
	t->broken = keep(t, bytes, len);
	if (t->broken)
		return 0;
	t->received += len;
	if (t->progress && t->received > t->shown) {
		progress_add(t->progress, t->received - t->shown);
		t->shown = t->received;
	}
	return len;
}

/* Called at least once a second. */
static int keep_pace(void *arg, curl_off_t all, curl_off_t came, curl_off_t to_send, curl_off_t sent)
{
	struct transfer *t = arg;

	(void)all, (void)to_send, (void)sent;
	t->slow = clock_ms() - t->begun_ms > pace_longest((uint64_t)came);
	return t->slow;
}

/* Only a download with a digest can be combined from two answers. */
static void ask_for_rest(struct transfer *t, const char *url)
{
	char range[32];

	if (digest_is_zero(&t->want->sha256) || is_local(url))
		forget(t);
	if (!t->received)
		return;
	snprintf(range, sizeof range, "%llu-", (unsigned long long)t->received);
	curl_easy_setopt(t->easy, CURLOPT_RANGE, range);
}

bool transfer_prepare(struct transfer *t)
{
	if (t->now == t->mirror_count)
		return false;
	const char *url = t->mirrors[t->now].url;

	t->looked = t->slow = false;
	t->begun_ms = clock_ms();
	t->refusal = NULL;
	t->detail[0] = '\0';
	curl_easy_reset(t->easy);
	ask_for_rest(t, url);
	t->received_before = t->received;
	curl_easy_setopt(t->easy, CURLOPT_URL, url);
	curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, receive);
	curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->detail);
	curl_easy_setopt(t->easy, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(t->easy, CURLOPT_MAXREDIRS, 8L);
	curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, is_local(url) ? "file" : "http,https");
	curl_easy_setopt(t->easy, CURLOPT_REDIR_PROTOCOLS_STR,
			 text_starts(url, "https:") ? "https" : "http,https");
	curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(t->easy, CURLOPT_LOW_SPEED_LIMIT, (long)PACE_LEAST);
	curl_easy_setopt(t->easy, CURLOPT_LOW_SPEED_TIME, pace_window());
	curl_easy_setopt(t->easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(t->easy, CURLOPT_XFERINFOFUNCTION, keep_pace);
	curl_easy_setopt(t->easy, CURLOPT_XFERINFODATA, t);
	curl_easy_setopt(t->easy, CURLOPT_BUFFERSIZE, 256L * 1024);
	curl_easy_setopt(t->easy, CURLOPT_USERAGENT, "mkbench");
	curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(t->easy, CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
	t->proxy = t->want->proxies ? proxy_for(t->want->proxies, url) : NULL;
	if (t->proxy)
		curl_easy_setopt(t->easy, CURLOPT_PROXY, t->proxy);
	trust_set(t->easy);
	return true;
}

static char *explain(const struct transfer *t, const char *url, const char *says)
{
	AUTO_FREE char *blame = proxy_blame(url, t->proxy, says);

	return mem_printf("%s%s", says, blame);
}

static void note_answer(struct transfer *t, CURLcode code, long status)
{
	struct mirror *m = &t->mirrors[t->now];

	free(m->answer);
	if (t->refusal)
		m->answer = mem_dup(t->refusal);
	else if (t->slow)
		m->answer = mem_printf("it sends too slowly: %llu bytes in %lld s",
				       (unsigned long long)(t->received - t->received_before),
				       (long long)(clock_ms() - t->begun_ms) / 1000);
	else if (status == 407)
		m->answer = explain(t, m->url, "answers 407, a login is missing");
	else if (status >= 400)
		m->answer = mem_printf(status == 404 ? "%ld not found" : "answers %ld", status);
	else if (code == CURLE_OK)
		m->answer = mem_printf("it ended after %llu bytes", (unsigned long long)t->received);
	else
		m->answer = explain(t, m->url, t->detail[0] ? t->detail : curl_easy_strerror(code));
}

/* Whether asking the same again would be pointless. */
static bool is_final(const struct transfer *t, CURLcode code, long status)
{
	switch (code) {
	case CURLE_HTTP_RETURNED_ERROR:
		return status < 500 && status != 408 && status != 416 && status != 425 && status != 429;
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_TOO_MANY_REDIRECTS:
	case CURLE_FILE_COULDNT_READ_FILE:
	case CURLE_LOGIN_DENIED: return true;
	default: return t->refusal != NULL || t->slow;
	}
}

/* Every byte has arrived: checks that they are the right ones. */
static bool take_whole(struct transfer *t)
{
	const struct digest *want = digest_is_zero(&t->want->sha256) ? NULL : &t->want->sha256;

	if (!t->writer)
		t->broken = store_begin(t->store, &t->writer);
	if (t->broken)
		return false;
	bool joined = t->joined;
	struct err *e = store_commit(TAKE(t->writer), want, &t->digest, NULL);
	forget(t);
	if (!e)
		return true;
	if (err_kind(e) != ERR_FETCH) {
		t->broken = e;
		return false;
	}
	err_free(e);
	/* If the file was combined from several answers, it is unknown which was wrong: get it whole
	 * first. */
	t->refusal = joined ? NULL : "its SHA-256 is not the one promised";
	return false;
}

static bool is_whole(const struct transfer *t, CURLcode code)
{
	if (t->refusal)
		return false;
	return t->want->size_bytes ? t->received == t->want->size_bytes : code == CURLE_OK;
}

static long pause_for(struct transfer *t)
{
	long pause = (long)PAUSE_MS << (t->round < 5 ? t->round : 5);
	curl_off_t asked = 0;

	t->round++;
	curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &asked);
	pause = pause > PAUSE_MAX_MS ? PAUSE_MAX_MS : pause;
	return asked > 0 && asked * 1000 <= ASKED_MAX_MS && asked * 1000 > pause ? (long)asked * 1000 : pause;
}

static bool all_absent(const struct transfer *t)
{
	for (size_t i = 0; i < t->mirror_count; i++)
		if (!t->mirrors[i].absent)
			return false;
	return t->mirror_count > 0;
}

static struct err *failure(const struct transfer *t)
{
	AUTO_TEXT struct text all = { 0 };

	for (size_t i = 0; i < t->mirror_count; i++) {
		AUTO_FREE char *url = transfer_shown(t->mirrors[i].url);
		text_printf(&all, "%s%s: %s", i ? "; " : "", url,
			    t->mirrors[i].answer ? t->mirrors[i].answer : "not asked");
	}
	const char *hint = all_absent(t) ? t->want->absent_hint : NULL;
	return err_new(ERR_FETCH, "cannot fetch %s: %s%s%s", t->want->what,
		       all.bytes ? all.bytes : "no URL is known", hint ? ": " : "", hint ? hint : "");
}

enum transfer_next transfer_judge(struct transfer *t, CURLcode code, long *ret_pause_ms, struct err **ret_err)
{
	bool wrapped, asked = t->now < t->mirror_count;
	long status = 0;

	*ret_pause_ms = 0;
	if (asked && is_whole(t, code) && take_whole(t))
		return TRANSFER_WHOLE;
	if (t->broken) {
		*ret_err = err_wrap(TAKE(t->broken), "%s", t->want->what);
		return TRANSFER_FAILED;
	}
	if (asked) {
		struct mirror *m = &t->mirrors[t->now];
		curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
		if (status == 416)
			forget(t);
		note_answer(t, code, status);
		m->absent = status == 404 || status == 410 || code == CURLE_FILE_COULDNT_READ_FILE;
		m->attempts = t->received > t->received_before + REAL_PROGRESS ? 0 : m->attempts + 1;
		m->out = is_final(t, code, status) || m->attempts >= HTTP_ATTEMPTS;
	}
	if (t->refusal)
		forget(t);
	if (asked && pick_next(t, &wrapped)) {
		*ret_pause_ms = wrapped ? pause_for(t) : 0;
		return TRANSFER_AGAIN;
	}
	if (t->want->optional && all_absent(t))
		return TRANSFER_ABSENT;
	*ret_err = failure(t);
	return TRANSFER_FAILED;
}
