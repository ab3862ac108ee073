/* SPDX-License-Identifier: MIT */
/* Who runs a container: docker, podman, or mkbench itself. One row each; all of them know
 * a container by its name alone, so any later mkbench can find, enter and stop it. */
#pragma once
#include <stdbool.h>

#include "base/progress.h"
#include "image/oci_image.h"
#include "engine/machine.h"

/* What is to be started. */
struct launch {
	const struct oci_image *bundle;
	const char *name; /* of the container; its volume is NAME-data */
	/* absolute folder in place of that volume, or NULL; of a disk see engine/qemu_disks.h */
	const char *data;
	unsigned port; /* on 127.0.0.1 */
	/* listens there, so that nobody else does: to be used, or dropped just before another listens */
	int *listener;
	const char *const *env; /* NULL-terminated KEY=VALUE beside the image's, or NULL */
	struct machine machine; /* of a disk */
	/* else it ends when this mkbench does, as far as the engine can see to that */
	bool detach;
	struct progress *progress;
};

enum engine_state { ENGINE_ABSENT, ENGINE_STOPPED, ENGINE_RUNNING };

struct engine {
	const char *name;    /* as in --engine */
	const char *program; /* or NULL: mkbench itself */
	bool (*answers)(const struct engine *e);
	/* The names of all that mkbench started and that are still there, a line each; the caller's. */
	char *(*names)(const struct engine *e);
	/* Whether something of that name is there, running or not: a container, or a
	 * volume that a new one would find. */
	bool (*keeps)(const struct engine *e, const char *name);
	/* Loads the image and starts it, once what an earlier run left under the name, its volume
	 * apart, is removed. The name must not be running. Until the very start a SIGINT ends mkbench,
	 * from there on signals are for interrupt_wait. */
	struct err *(*start)(const struct engine *e, const struct launch *l);
	/* Never fails for want of the engine: what cannot be asked is absent. */
	enum engine_state (*find)(const struct engine *e, const char *name);
	/* Words of an argv that run another one inside. Shared, NULL-terminated; the
	 * name follows, then the argv. */
	const char *const *enter;
	/* in order; returns when it is over */
	struct err *(*stop)(const struct engine *e, const char *name);
	struct err *(*clean)(const struct engine *e, const char *name); /* a stopped one and its own volume */
	/* A descriptor, the caller's, that becomes readable when a running one ends. */
	struct err *(*watch)(const struct engine *e, const char *name, int *ret_fd);
	/* The last lines it wrote; the caller's to free. */
	char *(*tail)(const struct engine *e, const char *name);
};

/* The rows in the order they are tried; NULL-terminated. */
extern const struct engine *const engine_all[];

/* By name, or NULL. */
const struct engine *engine_named(const char *name);
/* Whoever has the container, running or not; NULL when nobody. */
const struct engine *engine_of(const char *name, enum engine_state *ret_state);
/* Runs argv inside, for three minutes at most, and keeps its output, both streams, the caller's to free. */
struct err *engine_exec(const struct engine *e, const char *name, const char *const *argv, char **ret_output,
			int *ret_status) MUST_CHECK;
/* This process becomes argv inside; returns only when it cannot. */
struct err *engine_enter(const struct engine *e, const char *name, const char *const *argv,
			 bool terminal) MUST_CHECK;
