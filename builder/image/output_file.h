/* SPDX-License-Identifier: MIT */
/* Writes an output as PATH.part, by one build at a time, and renames it when it is complete. A killed build
 * leaves a .part, which the next build replaces. */
#pragma once
#include <stdbool.h>

#include "image/image.h"

struct output_file {
	char *path, *part; /* absolute */
	int lock;
};

/* <folder>/<name>-<tag><suffix>; makes the folder and waits for another build that writes the same output. */
struct err *output_file_begin(struct store *s, const struct image_config *c, const char *folder,
			      const char *suffix, struct output_file *ret) MUST_CHECK;
/* Renames the part, a file or a folder, to its final name; removes what had that name before. */
struct err *output_file_commit(const struct output_file *p) MUST_CHECK;
/* Frees p; removes a part that was not committed. */
void output_file_done(struct output_file *p);

/* Whether path is still the file that output_file_note saw under that digest. Nothing is read: device, inode,
 * size and change time decide, as in make or git. The note is a ref of the store. */
bool output_file_same(const struct store *s, const char *path, const struct digest *d);
/* lasting: the file is on stable storage. Otherwise the note is valid only until the machine reboots: a power
 * cut could leave a file of that name and size without its content. */
struct err *output_file_note(struct store *s, const char *path, const struct digest *d,
			     bool lasting) MUST_CHECK;
