/* SPDX-License-Identifier: MIT */
/* Writes the outputs that are disks: the image's tree with a kernel and systemd added. */
#pragma once
#include "build/build_layers.h"
#include "build/build_context.h"

/* Writes the recipe's disk outputs as <folder>/<name>-<version>.raw, .qcow2, .vmdk and .raw.zst; results has
 * a row for each output of the recipe. A raw file is sparse: it has the disk's size but takes only the space
 * of its content. An output that exists already is not opened. */
struct err *build_disk(struct build_context *j, struct build_layers *layers, const char *folder,
		       struct image_result *results) MUST_CHECK;
