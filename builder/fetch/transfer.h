/* SPDX-License-Identifier: MIT */
/* One thing being downloaded: which URL is tried now, what came so far, what each URL
 * answered. http.c runs many of them. */
#pragma once
#include <curl/curl.h>

#include "fetch/http.h"

struct transfer {
	const struct want *want;
	struct store *store;
	struct progress *progress; /* or NULL */
	CURL *easy;
	struct mirror *mirrors;	  /* one a URL */
	size_t mirror_count, now; /* now: the one being tried */
	unsigned round;		  /* pauses made so far */
	uint64_t limit;

	struct store_writer *writer; /* what came so far; NULL: nothing */
	uint64_t received, shown;    /* shown: bytes that progress was told of */
	uint64_t received_before;    /* by earlier requests */
	bool joined;		     /* what came is from more than one answer */
	bool slow;		     /* broken off for that (pace.h) */
	int64_t begun_ms;	     /* this request */
	const char *proxy;	     /* that apt names for it, "" for none; NULL: the environment decides */
	bool looked;		     /* at the head of this answer */
	const char *refusal;	     /* why we broke this answer off, for good */
	struct err *broken;	     /* our side failed: the store */
	struct digest digest;	     /* of what is whole */
	char detail[CURL_ERROR_SIZE];
};

/* What to do next with a transfer whose request has ended. */
enum transfer_next { TRANSFER_WHOLE, TRANSFER_ABSENT, TRANSFER_AGAIN, TRANSFER_FAILED };

/* limit is for a size nobody promised; first is the place of the URL to begin with. */
void transfer_open(struct transfer *t, const struct want *w, struct store *s, struct progress *p,
		   uint64_t limit, size_t first);
void transfer_close(struct transfer *t);
/* Readies t->easy for the URL that is tried now; false when there is none that may be tried. */
bool transfer_prepare(struct transfer *t);
/* Judges an ended request, or that there was none to make. ret_pause_ms is the time to wait before
 * AGAIN; ret_err is set with FAILED. */
enum transfer_next transfer_judge(struct transfer *t, CURLcode code, long *ret_pause_ms,
				  struct err **ret_err);
/* A URL for people: without the name and password that may stand in it. The caller's to free. */
char *transfer_shown(const char *url);
