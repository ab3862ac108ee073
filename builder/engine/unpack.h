/* SPDX-License-Identifier: MIT */
/* Layers laid over one another into a folder, as an engine would: owners, modes,
 * times, links, whiteouts, and a folder for the volume. Devices are left out: a room has its own. */
#pragma once
#include "base/progress.h"
#include "image/oci_image.h"

/* folder is empty. p counts the layers' compressed bytes. ERR_BUILD when a layer is damaged. */
struct err *unpack_layers(const struct oci_image *b, const char *folder, struct progress *p) MUST_CHECK;
