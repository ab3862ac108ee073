/* SPDX-License-Identifier: MIT */
/* From what a person asked for to something that has been started: the image opened, a name, a port, somebody to run it. */
#pragma once
#include "run/engine.h"
#include "run/run.h"

struct prepare {
	struct bundle bundle;
	const struct engine *engine;
	struct launch launch;
	bool any_engine;         /* nobody chose it, and nothing of that name is kept by it */
	bool any_port;
	int listener;            /* holds the port until somebody publishes it */
	char *data;
};

/* ret is the caller's to close in any case. */
struct err *prepare_open(const struct run_options *o, struct prepare *ret) MUST_CHECK;
/* Starts it. Where nobody has chosen, an engine that cannot run it after all makes room for the next one, and a port that
 * somebody else has taken meanwhile for another. */
struct err *prepare_start(struct prepare *p) MUST_CHECK;
void prepare_close(struct prepare *p);
#define AUTO_PREPARE __attribute__((cleanup(prepare_close)))

/* ERR_USAGE for a name that no engine would take. */
struct err *prepare_name(const char *name) MUST_CHECK;
