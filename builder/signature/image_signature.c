/* SPDX-License-Identifier: MIT */
#include "signature/image_signature.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/mem.h"
#include "signature/signature.h"

char *image_signature_payload(const char *repository, const struct digest *manifest)
{
	char hex[DIGEST_HEX];
	AUTO_FREE char *digest = mem_printf("sha256:%s", digest_hex(manifest, hex));
	json_t *all = json_pack("{s:{s:{s:s}, s:{s:s}, s:s}, s:n}", "critical", "identity",
				"docker-reference", repository, "image", "docker-manifest-digest", digest,
				"type", "cosign container image signature", "optional");
	char *text = json_dumps(all, JSON_COMPACT);

	json_decref(all);
	if (!text)
		mem_exhausted();
	return text;
}

struct err *image_signature(const struct key *k, const char *payload, char **ret)
{
	uint8_t bytes[SIGNATURE_BYTES];

	TRY(signature_bytes(k, payload, strlen(payload), bytes));
	*ret = base64_encode(bytes, sizeof bytes);
	return NULL;
}

char *image_signature_pem(const struct key *k)
{
	static const uint8_t head[] = {
		0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
	};
	uint8_t der[sizeof head + sizeof k->public_key];

	memcpy(der, head, sizeof head);
	memcpy(der + sizeof head, k->public_key, sizeof k->public_key);
	AUTO_FREE char *word = base64_encode(der, sizeof der);
	return mem_printf("-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n", word);
}
