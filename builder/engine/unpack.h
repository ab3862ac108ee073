/* SPDX-License-Identifier: MIT */
/* Unpacks layers over one another into a folder, as an engine does: owners, modes, times, links, whiteouts,
 * and a folder for the volume. Devices are left out, because a sandbox has its own. */
#pragma once
#include "base/progress.h"
#include "image/oci_image.h"

/* folder must be empty. p counts the layers' compressed bytes. ERR_BUILD if a layer is damaged. */
struct err *unpack_layers(const struct oci_image *b, const char *folder, struct progress *p) MUST_CHECK;
