/* SPDX-License-Identifier: MIT */
/* Restores a step's result from its layer blob in the store, if its folder was not kept. */
#pragma once
#include "store/store.h"

/* Unpacks the layer (a compressed tar, image/image.h) below folder, with owners, modes and times. */
struct err *layer_poured_lay(const struct store *s, const struct digest *blob, const char *folder) MUST_CHECK;
