/* SPDX-License-Identifier: MIT */
#include "lib/secret.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "t.h"

static int only(const char *text, const char *letters)
{
	return strspn(text, letters) == strlen(text);
}

static void makes(void)
{
	AUTO_FREE char *a = secret_make(SECRET_READABLE);
	AUTO_FREE char *b = secret_make(SECRET_READABLE);
	AUTO_FREE char *word = secret_make(SECRET_WORD);
	AUTO_FREE char *key = secret_make(SECRET_FERNET);

	ok(strcmp(a, b) != 0);
	ok(strlen(a) == 64 && a[4] == '-' && only(a, "abcdefghjkmnpqrstuvwxyz23456789-"));
	ok(strlen(word) == 43 &&
	   only(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"));
	/* 32 bytes in URL-safe base64: 43 digits and one =, the last digit with two zero bits. */
	ok(strlen(key) == 44 && key[43] == '=' && strchr("AEIMQUYcgkosw048", key[42]));
}

/* A draw that favours some letters shows in some tens of thousands of them. */
static void is_even(void)
{
	size_t seen[256] = { 0 }, total = 0, low = SIZE_MAX, high = 0;

	for (int i = 0; i < 1000; i++) {
		AUTO_FREE char *a = secret_make(SECRET_READABLE);
		for (const char *c = a; *c; c++)
			if (*c != '-') {
				seen[(unsigned char)*c]++;
				total++;
			}
	}
	for (const char *c = "abcdefghjkmnpqrstuvwxyz23456789"; *c; c++) {
		size_t n = seen[(unsigned char)*c];
		low = n < low ? n : low;
		high = n > high ? n : high;
	}
	ok(total == 52000 && low > 1677 * 8 / 10 && high < 1677 * 12 / 10);
}

static int kept_is(const char *path, const char *given, const char *want)
{
	AUTO_FREE char *got = NULL;
	struct err *e = secret_keep(path, given, SECRET_WORD, &got);
	int same = !e && !strcmp(got, want);

	err_free(e);
	return same;
}

static void keeps(const char *folder)
{
	AUTO_FREE char *path = mem_printf("%s/p", folder);
	AUTO_FREE char *copy = mem_printf("%s/p.copy", folder);
	struct stat st;

	ok(kept_is(path, "first", "first"));
	ok(kept_is(path, "second", "first"));
	ok(!stat(path, &st) && (st.st_mode & 07777) == 0600 && !stat(copy, &st) &&
	   (st.st_mode & 07777) == 0600);
	ok(!unlink(path) && kept_is(path, NULL, "first") && !access(path, F_OK));
	ok(!unlink(copy) && kept_is(path, NULL, "first") && !access(copy, F_OK));
	ok(!truncate(path, 0) && kept_is(path, NULL, "first") && !stat(path, &st) && st.st_size == 6);
	ok(!truncate(path, 3) && kept_is(path, NULL, "first"));
}

int main(void)
{
	char folder[] = "/tmp/guest_secret.XXXXXX", text[] = "the word is abc, abcabc";

	makes();
	is_even();
	ok(mkdtemp(folder) != NULL);
	keeps(folder);
	err_free(file_remove_tree(folder));
	secret_hide(text, "abc");
	is(text, "the word is ***, ******");
	secret_hide(text, "");
	is(text, "the word is ***, ******");
	return t_done();
}
