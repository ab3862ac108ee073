/* SPDX-License-Identifier: MIT */
/* An answer of any bytes to a question by HTTP, after which the other side hangs up. */
#include "lib/http_client.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

#define ROOM 65536 /* what a socket takes while nobody reads */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO_FREE char *body = NULL;
	int ends[2], status = -1;

	if (len > ROOM || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return 0;
	if (send(ends[1], bytes, len, 0) != (ssize_t)len)
		abort();
	file_closep(&ends[1]);
	struct err *e = http_client_hear(ends[0], clock_ms() + 10000, &status, &body);
	if (!e && (!body || status < 100 || status > 999 || strlen(body) > len))
		abort();
	err_free(e);
	file_closep(&ends[0]);
	return 0;
}
