/* SPDX-License-Identifier: MIT */
/* Whom a connection trusts, one rule for all of them: CURL_CA_BUNDLE or SSL_CERT_FILE, folders of CAs from
 * SSL_CERT_DIR, else this machine's own. */
#pragma once
#include <curl/curl.h>

void trust_set(CURL *easy);
/* Once before the first handle of any thread. */
void trust_start_curl(void);
