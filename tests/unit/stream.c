/* SPDX-License-Identifier: MIT */
/* What a terminal is spared, however the bytes come. */
#include "base/stream.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "t.h"

static char *held;
static size_t held_len;

int main(void)
{
	FILE *plain = open_memstream(&held, &held_len);
	static const char late[] = "\xe2\x82\xac"; /* a character in three writes */

	stream_plain(&plain);
	fputs("a\tb\n", plain);
	is(held, "a\tb\n");
	fputs("\033[2J\r\n", plain);
	is(held, "a\tb\n?[2J?\n");
	for (size_t i = 0; i < 3; i++) {
		fwrite(&late[i], 1, 1, plain);
		fflush(plain);
	}
	fputs("\n", plain);
	is(held, "a\tb\n?[2J?\n\xe2\x82\xac\n");
	/* CSI as one character, right to left, no character, half of one */
	fputs("\xc2\x9b \xe2\x80\xae \xff \xe2\x82", plain);
	fputs("x\n", plain);
	is(held, "a\tb\n?[2J?\n\xe2\x82\xac\n?? ??? ? ??x\n");
	return t_done();
}
