/* SPDX-License-Identifier: MIT */
/* Runs an image: chooses an engine, starts it, shows how it provisions itself, and prints its addresses. */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/progress.h"
#include "engine/machine.h"

struct run_options {
	/* a .oci folder, a .tar, a .raw, .qcow2, .vmdk or .raw.zst that mkbench wrote */
	const char *image;
	const char *name; /* of the container; NULL: the image's */
	/* a folder for the data; NULL: the volume NAME-data; for a disk a file or folder,
	 * engine/qemu_disks.h */
	const char *data;
	const char *engine;	/* "docker", "podman", "own"; NULL: the first that can run it */
	struct machine machine; /* for a disk */
	unsigned port;		/* 0: 8080 or the next free one */
	const char *const *env; /* NULL-terminated KEY=VALUE, or NULL */
	bool detach;
	enum progress_style style;
};

/* Returns once it is ready (detach), else when it has ended. SIGINT and SIGTERM stop it in order; before it
 * is ready the result is then ERR_INTERRUPT. Prints addresses and what a person needs to standard output. */
struct err *run_image(const struct run_options *o) MUST_CHECK;

/* Prints everything that mkbench started and that still exists, one a line: name, engine, running or
 * stopped. */
struct err *run_list(void) MUST_CHECK;

/* Stops a container that run_image started, on any engine. ERR_USAGE if there is none. */
struct err *run_stop(const char *name) MUST_CHECK;
struct err *run_clean(const char *name) MUST_CHECK; /* stops it, removes it and its own volume */
struct err *run_enter(const char *name, const char *const *argv) MUST_CHECK; /* becomes argv inside */
