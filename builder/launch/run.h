/* SPDX-License-Identifier: MIT */
/* An image on its way to a running site: chooses who runs it, starts it, shows how it
 * provisions itself, and says where it answers. */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/progress.h"
#include "engine/machine.h"

struct run_options {
	/* a .oci folder, a .tar, a .raw, .qcow2, .vmdk or .raw.zst that mkbench wrote */
	const char *image;
	const char *name; /* of the container; NULL: the image's */
	/* a folder to keep the data in; NULL: the volume NAME-data; of a disk a file
	 * or folder, engine/qemu_disks.h */
	const char *data;
	const char *engine;	/* "docker", "podman", "own"; NULL: the first that can run it */
	struct machine machine; /* for a disk */
	unsigned port;		/* 0: 8080 or the next free one */
	const char *const *env; /* NULL-terminated KEY=VALUE, or NULL */
	bool detach;
	enum progress_style style;
};

/* Returns once it is ready (detach), else when it has ended; SIGINT and SIGTERM end it in
 * order, before it is ready as ERR_INTERRUPT. Addresses and what a person needs go to standard output. */
struct err *run_image(const struct run_options *o) MUST_CHECK;

/* Prints what it has started and is still there, a line each: name, engine, running or stopped. */
struct err *run_list(void) MUST_CHECK;

/* For a container that run_image started, whoever runs it. ERR_USAGE when there is none. */
struct err *run_stop(const char *name) MUST_CHECK;
struct err *run_clean(const char *name) MUST_CHECK; /* stops it, and removes it and its own volume */
struct err *run_enter(const char *name, const char *const *argv) MUST_CHECK; /* becomes argv inside */
