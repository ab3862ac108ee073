/* SPDX-License-Identifier: MIT */
/* Signatures of images as cosign and containers' policies (sigstoreSigned) take them: "simple signing"
 * by a key, without any service. */
#pragma once
#include "base/digest.h"
#include "signature/key.h"

/* What is signed: that a registry's repository ("host/name") has that image, by its
 * manifest's digest. The caller's. */
char *image_signature_payload(const char *repository, const struct digest *manifest);
/* Ed25519 over the payload, in base 64. The caller's. */
struct err *image_signature(const struct key *k, const char *payload, char **ret) MUST_CHECK;
/* The public key as others read it: PEM of a SubjectPublicKeyInfo (RFC 8410). The caller's. */
char *image_signature_pem(const struct key *k);
