/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include "base/mem.h"
#include "t.h"

static void shown(const char *text, const char *want)
{
	AUTO_FREE char *plain = mem_dup(text);

	utf8_plain(plain);
	is(plain, want);
}

int main(void)
{
	shown("caf\xc3\xa9 \xe2\x9c\x93 \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe2\x9c\x93 \xf0\x9f\x98\x80");
	shown("one\n\ttwo\r\n", "one\n\ttwo?\n");
	shown("\033[2J\a\x7f", "?[2J??");
	shown("\xc2\x9b" "2J", "??2J");       /* the same command in one character */
	shown("\x9b" "2J", "?2J");            /* and in one byte */
	shown("\xe2\x80\xaetxt.exe", "???txt.exe");
	shown("\xc0\x9b\xed\xa0\x80", "?????"); /* not UTF-8: too long, half of a pair */
	shown("cut \xe2\x9c", "cut ??");
	return t_done();
}
