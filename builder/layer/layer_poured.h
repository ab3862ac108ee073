/* SPDX-License-Identifier: MIT */
/* A poured layer as a folder again: what steps left is laid from the store's blob when
 * the folder itself is not kept. */
#pragma once
#include "store/store.h"

/* Unpacks the layer (a compressed tar, image/image.h) below folder, with owners, modes and times. */
struct err *layer_poured_lay(const struct store *s, const struct digest *blob, const char *folder) MUST_CHECK;
