/* SPDX-License-Identifier: MIT */
/* An engine runs containers: docker, podman, or mkbench itself, one row each. Engines know a container by its
 * name alone, so any later mkbench can find, enter and stop it. */
#pragma once
#include <stdbool.h>

#include "base/progress.h"
#include "image/oci_image.h"
#include "engine/machine.h"

/* What to start. */
struct launch {
	const struct oci_image *bundle;
	const char *name; /* of the container; its volume is NAME-data */
	/* absolute folder instead of that volume, or NULL; for a disk see engine/qemu_disks.h */
	const char *data;
	unsigned port; /* on 127.0.0.1 */
	/* reserves the port by listening on it: hand it over, or close it just before another process
	 * listens */
	int *listener;
	const char *const *env; /* NULL-terminated KEY=VALUE in addition to the image's, or NULL */
	struct machine machine; /* for a disk */
	/* else it ends together with this mkbench, as far as the engine supports that */
	bool detach;
	struct progress *progress;
	int64_t *
		started_ms; /* receives the time of clock_ms() at which the container or machine is started */
};

enum engine_state { ENGINE_ABSENT, ENGINE_STOPPED, ENGINE_RUNNING };

struct engine {
	const char *name;    /* as in --engine */
	const char *program; /* or NULL: mkbench itself */
	bool (*answers)(const struct engine *e);
	/* The names of everything that mkbench started and that still exists, one a line; the caller's to
	 * free. */
	char *(*names)(const struct engine *e);
	/* Whether something of that name exists, running or not: a container, or a volume that a new
	 * container would use. */
	bool (*keeps)(const struct engine *e, const char *name);
	/* Loads the image and starts it, after removing what an earlier run left under the name, except its
	 * volume. The name must not be running. *started_ms is set after the loading. A SIGINT ends mkbench
	 * until the container starts; from then on signals are left to interrupt_wait. */
	struct err *(*start)(const struct engine *e, const struct launch *l);
	/* Never fails: a container that cannot be queried counts as absent. */
	enum engine_state (*find)(const struct engine *e, const char *name);
	/* The beginning of an argv that runs another one inside: the name follows, then that argv. Shared,
	 * NULL-terminated. */
	const char *const *enter;
	/* an ordered stop; returns when it has stopped */
	struct err *(*stop)(const struct engine *e, const char *name);
	struct err *(*clean)(const struct engine *e, const char *name); /* a stopped one and its own volume */
	/* A descriptor, the caller's to close, that becomes readable when a running container ends. */
	struct err *(*watch)(const struct engine *e, const char *name, int *ret_fd);
	/* The last lines of its output; the caller's to free. */
	char *(*tail)(const struct engine *e, const char *name);
};

/* All engines in the order in which they are tried; NULL-terminated. */
extern const struct engine *const engine_all[];

/* By name, or NULL. */
const struct engine *engine_named(const char *name);
/* The engine that has the container, running or not; NULL if none has. */
const struct engine *engine_of(const char *name, enum engine_state *ret_state);
/* Runs argv inside, for at most three minutes. ret_output receives both output streams and is the caller's to
 * free. */
struct err *engine_exec(const struct engine *e, const char *name, const char *const *argv, char **ret_output,
			int *ret_status) MUST_CHECK;
/* Replaces this process by argv inside; returns only on failure. */
struct err *engine_enter(const struct engine *e, const char *name, const char *const *argv,
			 bool terminal) MUST_CHECK;
