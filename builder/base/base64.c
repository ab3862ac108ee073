/* SPDX-License-Identifier: MIT */
#include "base/base64.h"

#include <limits.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

char *base64_encode(const void *bytes, size_t len)
{
	char *out = mem_new(4 * ((len + 2) / 3) + 1);

	EVP_EncodeBlock((unsigned char *)out, bytes, (int)len);
	return out;
}

bool base64_decode(const char *text, char **ret, size_t *ret_len)
{
	size_t len = strlen(text), padding = text_ends(text, "==") ? 2 : text_ends(text, "=") ? 1 : 0;
	size_t plain = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

	*ret = NULL;
	*ret_len = 0;
	if (len % 4 || len > INT_MAX / 2 || plain + padding != len)
		return false;
	char *out = mem_new(len / 4 * 3 + 1);
	int n = len ? EVP_DecodeBlock((unsigned char *)out, (const unsigned char *)text, (int)len) : 0;
	if (n < 0) {
		free(out);
		return false;
	}
	*ret_len = (size_t)n - padding;
	out[*ret_len] = '\0';
	*ret = out;
	return true;
}
