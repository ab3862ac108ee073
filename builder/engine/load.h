/* SPDX-License-Identifier: MIT */
/* Provides an image as the stream that `docker load` and `podman load` read: the one-file archive itself, or
 * a docker archive that another process makes from the layout. */
#pragma once
#include <sys/types.h>

#include "image/oci_image.h"

/* ret_fd is the caller's to close; ret_writer is 0 if there is no writer process. */
struct err *load_open(const struct oci_image *b, int *ret_fd, pid_t *ret_writer) MUST_CHECK;
/* Call after the reader ended and ret_fd was closed; failed is the reader's error. The writer's error takes
 * precedence. */
struct err *load_close(pid_t writer, struct err *failed) MUST_CHECK;
