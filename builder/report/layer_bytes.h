/* SPDX-License-Identifier: MIT */
/* Serialises the list of a layer's files for the store, and reads it back. Numbers are little-endian; each
 * text is preceded by its length. */
#pragma once
#include "base/text.h"
#include "report/layer_list.h"

void layer_bytes_pack(const struct layer_list *l, struct text *ret);
/* ERR_BUILD if the bytes are not such a list. */
struct err *layer_bytes_unpack(const void *bytes, size_t len, struct layer_list *ret) MUST_CHECK;
