/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/mem.h"

static const char digits[] = "0123456789abcdef";

const char *digest_hex(const struct digest *d, char buf[static DIGEST_HEX])
{
	for (size_t i = 0; i < sizeof d->bytes; i++) {
		buf[2 * i] = digits[d->bytes[i] >> 4];
		buf[2 * i + 1] = digits[d->bytes[i] & 15];
	}
	buf[DIGEST_HEX - 1] = '\0';
	return buf;
}

static int nibble(char c)
{
	const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + ('a' - 'A') : c) : NULL;

	return at ? (int)(at - digits) : -1;
}

bool digest_parse(const char *hex, struct digest *ret)
{
	struct digest d;

	for (size_t i = 0; i < sizeof d.bytes; i++) {
		int high = nibble(hex[2 * i]), low = high < 0 ? -1 : nibble(hex[2 * i + 1]);
		if (low < 0)
			return false;
		d.bytes[i] = (uint8_t)(high << 4 | low);
	}
	if (hex[DIGEST_HEX - 1])
		return false;
	*ret = d;
	return true;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
	return !memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

bool digest_is_zero(const struct digest *d)
{
	return digest_equal(d, &(struct digest){ 0 });
}

struct digest_run *digest_start(void)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (!ctx || !EVP_DigestInit_ex(ctx, EVP_sha256(), NULL))
		mem_exhausted();
	return (struct digest_run *)ctx;
}

void digest_feed(struct digest_run *run, const void *bytes, size_t len)
{
	EVP_DigestUpdate((EVP_MD_CTX *)run, bytes, len);
}

void digest_feed_word(struct digest_run *run, const char *word)
{
	digest_feed(run, word, strlen(word) + 1);
}

struct digest digest_next(struct digest_run *run)
{
	struct digest d = { 0 };

	EVP_DigestFinal_ex((EVP_MD_CTX *)run, d.bytes, NULL);
	if (!EVP_DigestInit_ex((EVP_MD_CTX *)run, NULL, NULL))
		mem_exhausted();
	return d;
}

struct digest digest_finish(struct digest_run *run)
{
	struct digest d = { 0 };

	EVP_DigestFinal_ex((EVP_MD_CTX *)run, d.bytes, NULL);
	digest_drop(run);
	return d;
}

void digest_drop(struct digest_run *run)
{
	EVP_MD_CTX_free((EVP_MD_CTX *)run);
}

struct digest digest_of(const void *bytes, size_t len)
{
	struct digest_run *run = digest_start();

	digest_feed(run, bytes, len);
	return digest_finish(run);
}
