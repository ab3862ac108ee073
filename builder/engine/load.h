/* SPDX-License-Identifier: MIT */
/* An image as the stream that `docker load` and `podman load` read: the one-file archive
 * itself, or a docker archive made of the layout by a process of its own. */
#pragma once
#include <sys/types.h>

#include "image/oci_image.h"

/* ret_fd is the caller's; ret_writer is 0 when nobody writes. */
struct err *load_open(const struct oci_image *b, int *ret_fd, pid_t *ret_writer) MUST_CHECK;
/* After the reader ended, with what it failed of, and ret_fd was closed: the writer's error goes first. */
struct err *load_close(pid_t writer, struct err *failed) MUST_CHECK;
