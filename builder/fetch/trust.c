/* SPDX-License-Identifier: MIT */
#include "fetch/trust.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/mem.h"

void trust_set(CURL *easy)
{
	const char *bundle = getenv("CURL_CA_BUNDLE"), *folder = getenv("SSL_CERT_DIR");

	if (!bundle || !*bundle)
		bundle = getenv("SSL_CERT_FILE");
	if (bundle && *bundle)
		curl_easy_setopt(easy, CURLOPT_CAINFO, bundle);
	if (folder && *folder)
		curl_easy_setopt(easy, CURLOPT_CAPATH, folder);
}

static void start(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		mem_exhausted();
	/* A connection closed by the server must be a write error, not end us. */
	signal(SIGPIPE, SIG_IGN);
}

void trust_start_curl(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, start);
}
