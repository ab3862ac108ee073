/* SPDX-License-Identifier: MIT */
/* Where an output goes: written as PATH.part by one build at a time, renamed when
 * it is whole. What a kill leaves is a .part, which the next build replaces. */
#pragma once
#include <stdbool.h>

#include "image/image.h"

struct output_file {
	char *path, *part; /* absolute */
	int lock;
};

/* <folder>/<name>-<tag><suffix>; makes the folder, waits for another build that writes into it. */
struct err *output_file_begin(struct store *s, const struct image_config *c, const char *folder,
			      const char *suffix, struct output_file *ret) MUST_CHECK;
/* The part, a file or a folder, takes the final name; what had it before is removed. */
struct err *output_file_commit(const struct output_file *p) MUST_CHECK;
/* Ends the place; a part that was not committed is removed. */
void output_file_done(struct output_file *p);

/* Whether path is still the file that output_file_note saw under that digest. Nothing is
 * read: device, inode, size and time of change decide, as for make or git. The note
 * is a ref of the store. */
bool output_file_same(const struct store *s, const char *path, const struct digest *d);
/* lasting: the file is on the disk for good. Of one that the kernel may still have to write the note is good
 * until the machine starts again: a power cut can leave its name and size, and nothing in it. */
struct err *output_file_note(struct store *s, const char *path, const struct digest *d,
			     bool lasting) MUST_CHECK;
