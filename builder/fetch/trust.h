/* SPDX-License-Identifier: MIT */
/* The certificate authorities that connections trust: CURL_CA_BUNDLE or SSL_CERT_FILE, and folders of CAs
 * from SSL_CERT_DIR, else this machine's own. */
#pragma once
#include <curl/curl.h>

void trust_set(CURL *easy);
/* Call once, before any thread makes its first handle. */
void trust_start_curl(void);
