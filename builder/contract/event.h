/* SPDX-License-Identifier: MIT */
/* What the programs inside an image tell the tools outside: events, each a line of JSON in the log of a
 * container or on the console of a disk. The sentences around them are for people and may change. */
#pragma once
#include "contract/contract.h"

enum event_name {
	EVENT_STOPPED,	    /* init's last word */
	EVENT_CANNOT_START, /* initrd's last word: the machine is switched off next */
	EVENT_REFUSED,	    /* init's word that it does not start on this; a disk stays on without it */
};

struct event {
	enum event_name name;
	unsigned ms;	  /* stopped: how long the stop took, milliseconds */
	bool killed;	  /* stopped: a program had to be killed, and the next start recovers */
	const char *why;  /* cannot_start, refused: the reason, for a person */
	json_t *document; /* holds why once read */
};

/* The line of an event, without a newline: {"event": "stopped", ...}. The caller's to free. */
char *event_text(const struct event *e);
/* The last event of that name in a log's text; false when there is none. A line counts when SPEAKER of the
 * guest's own log says it ("TIME SPEAKER: {...}"), never when a program's line, which is relayed as "PROGRAM
 * | LINE", holds the same words. End with event_done(). */
bool event_find(const char *log, enum event_name name, struct event *ret);
void event_done(struct event *e);
#define AUTO_EVENT __attribute__((cleanup(event_done)))
