/* SPDX-License-Identifier: MIT */
/* mkbench's own programs for an image: one static file, compiled with mkbench. */
#pragma once
#include "build/build_context.h"

struct build_programs {
	/* the file; a note of what is linked into it, or NULL if unknown */
	char *bytes, *note;
	size_t len, note_len;
	struct digest sha256; /* of the file */
};

/* Gets the programs for an image. Uses the locked ones if they come from the same sources as this mkbench's
 * and the store has them, so that another compiler does not change the image. Otherwise uses this mkbench's;
 * say: prints that the locked ones are missing. */
struct err *build_programs(struct build_context *j, bool say, struct build_programs *ret) MUST_CHECK;
/* Writes this mkbench's programs into the lock and the store, if there are any. */
struct err *build_programs_pin(struct build_context *j) MUST_CHECK;
void build_programs_done(struct build_programs *p);
#define AUTO_PROGRAMS __attribute__((cleanup(build_programs_done)))
