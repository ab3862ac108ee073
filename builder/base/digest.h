/* SPDX-License-Identifier: MIT */
/* SHA-256 (FIPS 180-4, by libcrypto): all content is named by it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct digest {
	uint8_t bytes[32];
};

#define DIGEST_HEX 65 /* 64 lower-case digits and the NUL */

const char *digest_hex(const struct digest *d, char buf[static DIGEST_HEX]);
bool digest_parse(const char *hex, struct digest *ret); /* exactly 64 digits, then NUL */
bool digest_equal(const struct digest *a, const struct digest *b);
bool digest_is_zero(const struct digest *d);

/* Incremental hashing. */
struct digest_run;
struct digest_run *digest_start(void);
void digest_feed(struct digest_run *run, const void *bytes, size_t len);
/* Feeds a NUL-terminated word with its NUL, so that "ab","c" and "a","bc" differ. */
void digest_feed_word(struct digest_run *run, const char *word);
struct digest digest_finish(struct digest_run *run); /* frees run */
struct digest digest_next(struct digest_run *run);   /* run starts again: for many small pieces */
void digest_drop(struct digest_run *run);	     /* frees an unfinished run; NULL is fine */

struct digest digest_of(const void *bytes, size_t len);
