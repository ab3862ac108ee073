/* SPDX-License-Identifier: MIT */
/* A clear-signed message of any bytes: cut, put together again, and cut the same way. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/signed.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void put_escaped(struct text *t, const struct text *text)
{
	for (size_t i = 0; i < text->len; i++) {
		if (text->bytes[i] == '-' && (i == 0 || text->bytes[i - 1] == '\n'))
			text_put(t, "- ");
		text_add(t, text->bytes + i, 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO_TEXT struct text text = { 0 }, signature = { 0 }, again = { 0 }, text2 = { 0 },
			      signature2 = { 0 };

	if (!signed_split((const char *)bytes, len, &text, &signature))
		return 0;
	text_put(&again, "-----BEGIN PGP SIGNED MESSAGE-----\n\n");
	put_escaped(&again, &text);
	text_printf(&again, "\n%s", signature.bytes);
	if (!signed_split(again.bytes, again.len, &text2, &signature2))
		abort();
	if (text.len != text2.len || (text.len && memcmp(text.bytes, text2.bytes, text.len)) ||
	    strcmp(signature.bytes, signature2.bytes))
		abort();
	return 0;
}
