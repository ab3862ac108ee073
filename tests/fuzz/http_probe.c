/* SPDX-License-Identifier: MIT */
/* An answer of any bytes to the question for a websocket, after which the other side hangs up. */
#include "verify/http_probe.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/file.h"
#include "base/mem.h"

#define ROOM 65536		       /* what a socket takes while nobody reads */
#define KEY "dGhlIHNhbXBsZSBub25jZQ==" /* that of RFC 6455, 1.3: the answer to it is in the corpus */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO_FREE char *message = NULL;
	int ends[2];

	if (len > ROOM || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return 0;
	if (send(ends[1], bytes, len, 0) != (ssize_t)len)
		abort();
	file_closep(&ends[1]);
	struct err *e = http_probe_hear(ends[0], KEY, &message);
	if (!e && (!message || strlen(message) > len))
		abort();
	err_free(e);
	file_closep(&ends[0]);
	return 0;
}
