/* SPDX-License-Identifier: MIT */
#include "lib/secret.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/durable.h"

static void random_bytes(void *at, size_t len)
{
	char *p = at;

	while (len) {
		ssize_t n = getrandom(p, len, 0);
		if (n < 0 && errno != EINTR)
			mem_exhausted(); /* only kernels older than 3.17 fail here */
		if (n > 0) {
			p += n;
			len -= (size_t)n;
		}
	}
}

/* Draws without bias: drops bytes beyond the last whole multiple of the alphabet. */
static char draw(const char *alphabet, size_t size)
{
	unsigned char byte;

	do
		random_bytes(&byte, 1);
	while (byte >= 256 / size * size);
	return alphabet[byte % size];
}

static char *readable(void)
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789"; /* none that look alike */
	struct text t = { 0 };

	for (int i = 0; i < 52; i++) {
		char c = draw(letters, sizeof letters - 1);
		if (i && i % 4 == 0)
			text_put(&t, "-");
		text_add(&t, &c, 1);
	}
	return text_take(&t);
}

static char *word(void)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	struct text t = { 0 };

	for (int i = 0; i < 43; i++) {
		char c = draw(letters, sizeof letters - 1);
		text_add(&t, &c, 1);
	}
	return text_take(&t);
}

static char *fernet(void)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	struct text t = { 0 };

	/* 32 bytes are 42 digits of 6 bits, one digit of 4 bits and the padding. */
	for (int i = 0; i < 42; i++) {
		char c = draw(digits, 64);
		text_add(&t, &c, 1);
	}
	char last = draw("AEIMQUYcgkosw048", 16); /* digits whose two low bits are zero */
	text_add(&t, &last, 1);
	text_put(&t, "=");
	return text_take(&t);
}

char *secret_make(enum secret_kind kind)
{
	return kind == SECRET_READABLE ? readable() : kind == SECRET_FERNET ? fernet() : word();
}

/* NULL when the file is absent or holds no whole line. */
static struct err *read_whole(const char *path, char **ret)
{
	AUTO_FREE char *bytes = NULL;
	size_t len;
	struct err *e = file_read(path, 1 << 16, &bytes, &len);

	*ret = NULL;
	if (e && err_code(e) == ENOENT) {
		err_free(e);
		return NULL;
	}
	if (e)
		return e;
	if (len > 1 && bytes[len - 1] == '\n' && strlen(bytes) == len)
		*ret = mem_ndup(bytes, len - 1);
	return NULL;
}

struct err *secret_read(const char *path, char **ret)
{
	AUTO_FREE char *copy_path = mem_printf("%s.copy", path);
	AUTO_FREE char *value = NULL;
	AUTO_FREE char *copy = NULL;

	TRY(read_whole(path, &value));
	TRY(read_whole(copy_path, &copy));
	*ret = NULL;
	if (!value && !copy)
		return NULL;
	if (!value || !copy)
		TRY(secret_write(path, value ? value : copy));
	*ret = value ? TAKE(value) : TAKE(copy);
	return NULL;
}

struct err *secret_write(const char *path, const char *value)
{
	AUTO_FREE char *copy = mem_printf("%s.copy", path);
	AUTO_FREE char *line = mem_printf("%s\n", value);

	TRY(durable_write(copy, line, strlen(line), 0600, &durable_root));
	return durable_write(path, line, strlen(line), 0600, &durable_root);
}

struct err *secret_keep(const char *path, const char *given, enum secret_kind kind, char **ret)
{
	AUTO_FREE char *value = NULL;

	TRY(secret_read(path, &value));
	if (!value) {
		value = given ? mem_dup(given) : secret_make(kind);
		TRY(secret_write(path, value));
	}
	*ret = TAKE(value);
	return NULL;
}

void secret_hide(char *text, const char *secret)
{
	size_t len = strlen(secret);

	for (char *at = text; len && (at = strstr(at, secret)); at += len)
		memset(at, '*', len);
}
