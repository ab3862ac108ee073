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

#define FROM(bytes, want) from_file(bytes, sizeof(bytes) - 1, want)

/* want NULL: it is no text */
static void from_file(const char *bytes, size_t len, const char *want)
{
	AUTO_FREE char *text = mem_ndup(bytes, len);
	bool is_text = utf8_from_file(&text, &len);

	ok(is_text == !!want);
	if (want) {
		is(text, want);
		ok(len == strlen(want));
	}
}

static void files(void)
{
	FROM("", "");
	FROM("a", "a");
	FROM("caf\xc3\xa9", "caf\xc3\xa9");
	FROM("\xe9t\xe9", "\xe9t\xe9"); /* an old comment in Latin-1 stays what it is */
	FROM("\xef\xbb\xbf"
	     "a\n",
	     "a\n");
	FROM("\xef\xbb\xbf", "");
	FROM("\xff\xfe"
	     "a\0\xe9\0\x13\x27\n\0",
	     "a\xc3\xa9\xe2\x9c\x93\n");
	FROM("\xfe\xff"
	     "\0a\0\xe9\x27\x13\0\n",
	     "a\xc3\xa9\xe2\x9c\x93\n");
	FROM("a\0b\0", "ab");
	FROM("\0a\0b", "ab");
	FROM("\xff\xfe\x3d\xd8\x00\xde", "\xf0\x9f\x98\x80");
	FROM("\xff\xfe\x3d\xd8"
	     "a\0",
	     "\xef\xbf\xbd"
	     "a"); /* half of a pair */
	FROM("\xff\xfe"
	     "a\0b",
	     "a\xef\xbf\xbd"); /* cut */
	FROM("\xff\xfe", "");
	FROM("\xff\xfe\0\0a\0\0\0", NULL); /* UTF-32 */
	FROM("ab\0c", NULL);
	FROM("\0\0", NULL);
}

int main(void)
{
	files();
	shown("caf\xc3\xa9 \xe2\x9c\x93 \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe2\x9c\x93 \xf0\x9f\x98\x80");
	shown("one\n\ttwo\r\n", "one\n\ttwo?\n");
	shown("\033[2J\a\x7f", "?[2J??");
	shown("\xc2\x9b"
	      "2J",
	      "??2J"); /* the same command in one character */
	shown("\x9b"
	      "2J",
	      "?2J"); /* and in one byte */
	shown("\xe2\x80\xaetxt.exe", "???txt.exe");
	shown("\xc0\x9b\xed\xa0\x80", "?????"); /* not UTF-8: too long, half of a pair */
	shown("cut \xe2\x9c", "cut ??");
	return t_done();
}
