/* SPDX-License-Identifier: MIT */
/* A layer's list as bytes, and back: what the store remembers. Numbers are little-endian, each
 * text has its length before it. */
#pragma once
#include "base/text.h"
#include "report/layer_list.h"

void layer_bytes_pack(const struct layer_list *l, struct text *ret);
/* ERR_BUILD when they are no such list. */
struct err *layer_bytes_unpack(const void *bytes, size_t len, struct layer_list *ret) MUST_CHECK;
