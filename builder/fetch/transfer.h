/* SPDX-License-Identifier: MIT */
/* The state of one download: the URL being tried, the bytes received, each URL's answer. http.c runs many of
 * them. */
#pragma once
#include <curl/curl.h>

#include "fetch/http.h"

struct transfer {
	const struct want *want;
	struct store *store;
	struct progress *progress; /* or NULL */
	CURL *easy;
	struct mirror *mirrors;	  /* one for each URL */
	size_t mirror_count, now; /* now: the one being tried */
	unsigned round;		  /* pauses so far */
	uint64_t limit;

	struct store_writer *writer; /* bytes received; NULL: none yet */
	uint64_t received, shown;    /* shown: bytes reported to progress */
	uint64_t received_before;    /* by earlier requests */
	bool joined;		     /* received bytes come from more than one answer */
	bool slow;		     /* aborted for being slow (pace.h) */
	int64_t begun_ms;	     /* when this request began */
	const char *proxy;	     /* from apt's settings, "" for none; NULL: the environment decides */
	bool looked;		     /* whether the head of this answer was examined */
	const char *refusal;	     /* why we aborted this answer, permanently */
	struct err *broken;	     /* an error on our side: the store */
	struct digest digest;	     /* of the complete file */
	char detail[CURL_ERROR_SIZE];
};

/* What to do after a request has ended. */
enum transfer_next { TRANSFER_WHOLE, TRANSFER_ABSENT, TRANSFER_AGAIN, TRANSFER_FAILED };

/* limit applies to a download of unknown size; first is the index of the URL to begin with. */
void transfer_open(struct transfer *t, const struct want *w, struct store *s, struct progress *p,
		   uint64_t limit, size_t first);
void transfer_close(struct transfer *t);
/* Prepares t->easy for the current URL; false if no URL is left to try. */
bool transfer_prepare(struct transfer *t);
/* Evaluates a request that ended, or that could not be made. ret_pause_ms is the time to wait before AGAIN;
 * ret_err is set with FAILED. */
enum transfer_next transfer_judge(struct transfer *t, CURLcode code, long *ret_pause_ms,
				  struct err **ret_err);
/* A URL that is safe to print, without user name and password. The caller's to free. */
char *transfer_shown(const char *url);
