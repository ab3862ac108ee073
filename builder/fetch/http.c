/* SPDX-License-Identifier: MIT */
#include "fetch/http.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fetch/transfer.h"
#include "fetch/trust.h"

#define AT_ONCE 16

/* A slot that runs one transfer at a time. */
struct slot {
	struct transfer transfer;
	bool taken, waiting;
	int64_t due_ms; /* when a waiting one may continue */
};

struct pool {
	CURLM *multi;
	struct store *store;
	struct progress *progress; /* or NULL */
	const struct want *next, *end;
	struct slot slots[AT_ONCE];
	size_t busy;
	size_t lucky; /* index of the URL that worked last: other downloads start there, too */
};

static CURLM *new_multi(void)
{
	trust_start_curl();
	CURLM *multi = curl_multi_init();
	if (!multi)
		mem_exhausted();
	return multi;
}

static void arrived(const struct want *w, const struct digest *d, const char *url)
{
	if (w->arrived)
		w->arrived(w->arg, d, url);
}

static bool in_store(struct pool *p, const struct want *w)
{
	if (digest_is_zero(&w->sha256) || !store_has(p->store, &w->sha256))
		return false;
	if (p->progress)
		progress_add(p->progress, w->size_bytes);
	arrived(w, &w->sha256, NULL);
	return true;
}

static void release(struct pool *p, struct slot *slot)
{
	if (!slot->waiting)
		curl_multi_remove_handle(p->multi, slot->transfer.easy);
	transfer_close(&slot->transfer);
	slot->taken = slot->waiting = false;
	p->busy--;
}

static struct err *judge(struct pool *p, struct slot *slot, CURLcode code)
{
	struct transfer *t = &slot->transfer;
	struct err *e = NULL;
	long pause;

	switch (transfer_judge(t, code, &pause, &e)) {
	case TRANSFER_WHOLE:
		p->lucky = t->now;
		arrived(t->want, &t->digest, t->want->urls[t->now]);
		break;
	case TRANSFER_ABSENT: arrived(t->want, NULL, NULL); break;
	case TRANSFER_FAILED: break;
	case TRANSFER_AGAIN:
		curl_multi_remove_handle(p->multi, t->easy);
		slot->waiting = true;
		slot->due_ms = clock_ms() + pause;
		return NULL;
	}
	release(p, slot);
	return e;
}

static const struct want *next_missing(struct pool *p)
{
	while (p->next < p->end)
		if (!in_store(p, p->next++))
			return p->next - 1;
	return NULL;
}

static void begin(struct pool *p, struct slot *slot)
{
	const struct want *w = next_missing(p);

	if (!w)
		return;
	transfer_open(&slot->transfer, w, p->store, p->progress, w->limit_bytes ? w->limit_bytes : HTTP_LIMIT,
		      p->lucky);
	slot->taken = slot->waiting = true;
	slot->due_ms = 0;
	p->busy++;
}

/* Starts a transfer in every free slot, and restarts those that have waited long enough. */
static struct err *send_off(struct pool *p)
{
	for (size_t i = 0; i < AT_ONCE; i++) {
		struct slot *slot = &p->slots[i];
		if (!slot->taken)
			begin(p, slot);
		if (!slot->waiting || slot->due_ms > clock_ms())
			continue;
		slot->waiting = false;
		if (p->progress)
			progress_item(p->progress, slot->transfer.want->what);
		if (!transfer_prepare(&slot->transfer))
			TRY(judge(p, slot, CURLE_URL_MALFORMAT));
		else if (curl_multi_add_handle(p->multi, slot->transfer.easy))
			mem_exhausted();
	}
	return NULL;
}

static struct err *collect(struct pool *p)
{
	int left;

	for (CURLMsg *msg; (msg = curl_multi_info_read(p->multi, &left));) {
		struct slot *slot;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &slot); /* begins with its transfer */
		TRY(judge(p, slot, msg->data.result));
	}
	return NULL;
}

/* Milliseconds until the next transfer must be started. */
static int until_next(const struct pool *p)
{
	int64_t now = clock_ms(), due = now + 1000;

	for (size_t i = 0; i < AT_ONCE; i++) {
		const struct slot *slot = &p->slots[i];
		if (!slot->taken && p->next < p->end)
			return 0;
		if (slot->waiting && slot->due_ms < due)
			due = slot->due_ms;
	}
	return due > now ? (int)(due - now) : 0;
}

static struct err *run(struct pool *p)
{
	struct err *e = NULL;
	int running;

	while (!e && (p->next < p->end || p->busy)) {
		e = send_off(p);
		curl_multi_perform(p->multi, &running);
		if (!e)
			e = collect(p);
		if (!e && p->busy)
			curl_multi_poll(p->multi, NULL, 0, until_next(p), NULL);
	}
	for (size_t i = 0; i < AT_ONCE; i++)
		if (p->slots[i].taken)
			release(p, &p->slots[i]);
	curl_multi_cleanup(p->multi);
	return e;
}

struct err *http_fetch(struct store *s, const struct want *wants, size_t count, struct progress *progress)
{
	struct pool p = {
		.multi = new_multi(), .store = s, .progress = progress, .next = wants, .end = wants + count
	};

	return run(&p);
}
