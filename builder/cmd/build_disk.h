/* The outputs that boot by themselves: the image's tree with a kernel and systemd put above it. */
#pragma once
#include "cmd/build_layers.h"
#include "cmd/job.h"

/* Writes one output, OUTPUT_RAW or OUTPUT_QCOW2, as <folder>/<name>-<version>.raw or .qcow2; the file is as large as its disk and
 * takes the room of what is in it. Nothing is opened for a file that is there already. */
struct err *build_disk(struct job *j, struct build_layers *layers, int output, const char *folder, struct image_result *ret) MUST_CHECK;
