/* SPDX-License-Identifier: MIT */
/* The outputs that boot by themselves: the image's tree with a kernel and systemd put above it. */
#pragma once
#include "build/build_layers.h"
#include "build/build_context.h"

/* Writes the recipe's outputs that are disks, as <folder>/<name>-<version>.raw, .qcow2, .vmdk and .raw.zst;
 * results has a row for each output of the recipe. A raw file is as large as its disk and takes the room of
 * what is in it. Nothing is opened for a file that is there already. */
struct err *build_disk(struct build_context *j, struct build_layers *layers, const char *folder,
		       struct image_result *results) MUST_CHECK;
