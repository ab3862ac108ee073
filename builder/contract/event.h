/* SPDX-License-Identifier: MIT */
/* Events that the programs inside an image send to the tools outside, each a line of JSON in a container's
 * log or on a disk's console. The sentences around them are for people and may change. */
#pragma once
#include "contract/contract.h"

enum event_name {
	EVENT_STOPPED,	    /* init's last event */
	EVENT_CANNOT_START, /* initrd's last event: the machine is switched off next */
	EVENT_REFUSED,	    /* init does not start the bench on this data; a disk stays on without it */
};

struct event {
	enum event_name name;
	unsigned ms;	  /* stopped: duration of the stop in milliseconds */
	bool killed;	  /* stopped: a program had to be killed; the next start recovers */
	const char *why;  /* cannot_start, refused: the reason, for a person */
	json_t *document; /* holds why once read */
};

/* The line of an event, without a newline: {"event": "stopped", ...}. The caller's to free. */
char *event_text(const struct event *e);
/* Finds the last event of that name in a log; false if there is none. A line counts only if the guest's own
 * log wrote it ("TIME SPEAKER: {...}"), never if it relays a program's line ("PROGRAM | LINE") with the same
 * words. End with event_done(). */
bool event_find(const char *log, enum event_name name, struct event *ret);
void event_done(struct event *e);
#define AUTO_EVENT __attribute__((cleanup(event_done)))
