/* SPDX-License-Identifier: MIT */
/* Signs images with a key as cosign and containers' policies (sigstoreSigned) expect: "simple signing",
 * without any service. */
#pragma once
#include "base/digest.h"
#include "signature/key.h"

/* The signed statement: a registry's repository ("host/name") has the image with that manifest digest. The
 * caller's to free. */
char *image_signature_payload(const char *repository, const struct digest *manifest);
/* An Ed25519 signature of the payload, in base64. The caller's to free. */
struct err *image_signature(const struct key *k, const char *payload, char **ret) MUST_CHECK;
/* The public key as PEM of a SubjectPublicKeyInfo (RFC 8410). The caller's to free. */
char *image_signature_pem(const struct key *k);
