/* SPDX-License-Identifier: MIT */
/* The programs of mkbench's own that run inside an image: one static file, compiled where mkbench is. */
#pragma once
#include "build/build_context.h"

struct build_programs {
	/* their file; what says what is linked into it, or NULL: that is not known */
	char *bytes, *note;
	size_t len, note_len;
	struct digest sha256; /* of the file */
};

/* Those that an image gets. The lock's, when they are of the sources that this mkbench's are of and the store
 * has them: then another machine's compiler changes no byte of an image. Else this mkbench's; says, when
 * asked, that the lock's are missed. */
struct err *build_programs(struct build_context *j, bool say, struct build_programs *ret) MUST_CHECK;
/* Puts this mkbench's into the lock and the store, where there are any. */
struct err *build_programs_pin(struct build_context *j) MUST_CHECK;
void build_programs_done(struct build_programs *p);
#define AUTO_PROGRAMS __attribute__((cleanup(build_programs_done)))
