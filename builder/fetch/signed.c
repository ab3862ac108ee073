/* SPDX-License-Identifier: MIT */
#include "fetch/signed.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "base/keyring.h"
#include "base/mem.h"
#include "base/text.h"

#define BEGIN_MESSAGE "-----BEGIN PGP SIGNED MESSAGE-----"
#define BEGIN_SIGNATURE "-----BEGIN PGP SIGNATURE-----"
#define END_SIGNATURE "-----END PGP SIGNATURE-----"
#define BEGIN_KEY KEYRING_ARMOUR
#define END_KEY "-----END PGP PUBLIC KEY BLOCK-----"
#define KEYS_MAX 32
#define WORDS_MAX (2 * KEYS_MAX + 16)
#define LINE_BYTES_MAX 16384

/* The parts of a message as files in a private folder. */
struct parts {
	char *folder, *text, *signature;
	char *keys[KEYS_MAX + 1];
};

/* The next line without its end and trailing blanks, which signatures do not cover. */
static bool next_line(const char **at, const char *end, char **line)
{
	if (*at == end)
		return false;
	const char *newline = memchr(*at, '\n', (size_t)(end - *at)), *stop = newline ? newline : end;
	size_t len = (size_t)(stop - *at);

	while (len && strchr(" \t\r", (*at)[len - 1]))
		len--;
	free(*line);
	*line = mem_ndup(*at, len);
	*at = newline ? newline + 1 : end;
	return true;
}

/* Adds a line of the text with its dash unescaped. False if not all of it is signed or verifiers cut it
 * differently: gpgv ignores the end of a line of 20 kB, and to sqv a carriage return ends a line. */
static bool add_line(struct text *text, const char *line, bool first)
{
	if (*line == '-' && !text_starts(line, "- "))
		return false;
	line += *line == '-' ? 2 : 0;
	if (strchr(line, '\r') || strlen(line) > LINE_BYTES_MAX)
		return false;
	text_printf(text, "%s%s", first ? "" : "\n", line);
	return true;
}

bool signed_split(const char *bytes, size_t len, struct text *text, struct text *signature)
{
	const char *at = bytes, *end = bytes + len;
	AUTO_FREE char *line = NULL;
	bool first = true;

	if (memchr(at, '\0', len) || !next_line(&at, end, &line) || strcmp(line, BEGIN_MESSAGE))
		return false;
	while (next_line(&at, end, &line) && *line)
		if (!text_starts(line, "Hash: "))
			return false;
	while (next_line(&at, end, &line) && strcmp(line, BEGIN_SIGNATURE)) {
		if (!add_line(text, line, first))
			return false;
		first = false;
	}
	if (!line || strcmp(line, BEGIN_SIGNATURE))
		return false;
	text_printf(signature, "%s\n", line);
	while (next_line(&at, end, &line) && strcmp(line, END_SIGNATURE)) {
		if (*line == '-')
			return false;
		text_printf(signature, "%s\n", line);
	}
	if (strcmp(line, END_SIGNATURE))
		return false;
	text_printf(signature, "%s\n", line);
	while (next_line(&at, end, &line))
		if (*line)
			return false;
	return true;
}

/* Decodes armour (RFC 9580, 6): headers up to an empty line, base64, "=" and a checksum. */
static void strip_armour(const char *armour, size_t len, struct text *ret)
{
	const char *at = armour, *end = armour + len;
	AUTO_FREE char *line = NULL;
	EVP_ENCODE_CTX *base64 = EVP_ENCODE_CTX_new();
	bool inside = false, body = false;

	while (next_line(&at, end, &line)) {
		unsigned char bytes[128];
		int n;
		if (!strcmp(line, BEGIN_KEY)) {
			inside = true;
			body = false;
			EVP_DecodeInit(base64);
		} else if (!strcmp(line, END_KEY)) {
			inside = false;
		} else if (inside && !body && (!*line || strstr(line, ": "))) {
			body = !*line;
		} else if (inside && *line != '=' && strlen(line) <= sizeof bytes) {
			body = true;
			if (EVP_DecodeUpdate(base64, bytes, &n, (const unsigned char *)line,
					     (int)strlen(line)) >= 0)
				text_add(ret, (const char *)bytes, (size_t)n);
		}
	}
	EVP_ENCODE_CTX_free(base64);
}

/* Converts a key to a keyring that every gpgv and sqv reads. Among several, one that is none is passed over,
 * as apt does. */
static struct err *ready_key(const struct parts *p, const char *key, size_t i, bool only, char **ret_path)
{
	AUTO_FREE char *bytes = NULL;
	AUTO_TEXT struct text plain = { 0 };
	size_t len;

	if (text_starts(key, BEGIN_KEY)) {
		bytes = mem_dup(key);
		len = strlen(key);
	} else {
		struct err *e = file_read(key, KEYRING_LIMIT, &bytes, &len);
		if (e && err_code(e) == ENOENT) {
			err_free(e);
			return err_new(ERR_FETCH,
				       "the keyring %s is not there (the package debian-archive-keyring "
				       "brings Debian's)",
				       key);
		}
		TRY_AS(e, "keyring");
		if (only && !keyring_is(bytes, len))
			return err_new(ERR_FETCH, "the keyring %s is none: it holds no OpenPGP public key",
				       key);
	}
	*ret_path = mem_printf("%s/key-%zu.gpg", p->folder, i);
	if (memmem(bytes, len, BEGIN_KEY, strlen(BEGIN_KEY)))
		strip_armour(bytes, len, &plain);
	else
		text_add(&plain, bytes, len);
	return file_write(*ret_path, plain.bytes ? plain.bytes : "", plain.len, 0600);
}

static struct err *lay_out(struct store *s, struct parts *p, const struct text *text,
			   const struct text *signature, const char *const *keys)
{
	TRY(store_work_folder(s, "signed", &p->folder));
	p->text = mem_printf("%s/text", p->folder);
	p->signature = mem_printf("%s/signature", p->folder);
	TRY(file_write(p->text, text->bytes, text->len, 0600));
	TRY(file_write(p->signature, signature->bytes, signature->len, 0600));
	for (size_t i = 0; keys[i] && i < KEYS_MAX; i++)
		TRY(ready_key(p, keys[i], i, !keys[1], &p->keys[i]));
	return NULL;
}

static void clear(struct parts *p)
{
	if (p->folder)
		err_free(file_remove_tree(p->folder));
	free(p->folder);
	free(p->text);
	free(p->signature);
	for (size_t i = 0; i < KEYS_MAX; i++)
		free(p->keys[i]);
}

/* Messages in addition to the status are parsed, so they must be in English. */
static const char *const plain_words[] = { "LC_ALL=C", "LANGUAGE", NULL };

/* Whether a line of gpgv's status has that word (doc/DETAILS of GnuPG). */
static bool says(const char *status, const char *word)
{
	for (const char *line = status; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (text_starts(line, "[GNUPG:] ") && text_starts(line + strlen("[GNUPG:] "), word))
			return true;
	}
	return false;
}

/* The error for a key or signature dated later than the clock. */
static struct err *unborn(void)
{
	time_t now = time(NULL);
	struct tm tm;
	char day[32];

	gmtime_r(&now, &tm);
	strftime(day, sizeof day, "%Y-%m-%d %H:%M", &tm);
	return err_new(ERR_FETCH,
		       "it was signed later than what this machine's clock says, %s UTC: set the clock", day);
}

static struct err *judge_status(const char *status, const char *errors)
{
	if (says(status, "BADSIG "))
		return err_new(ERR_FETCH, "a signature is wrong: the text was changed on its way");
	if (says(status, "GOODSIG ") && says(status, "VALIDSIG "))
		return NULL;
	if (strstr(errors, " in the future (time warp"))
		return unborn();
	if (says(status, "EXPKEYSIG ") || says(status, "EXPSIG "))
		return err_new(
			ERR_FETCH,
			"the key that signed it, or the signature, has expired: a newer keyring is needed");
	if (says(status, "REVKEYSIG "))
		return err_new(ERR_FETCH, "the key that signed it was revoked");
	if (says(status, "NO_PUBKEY "))
		return err_new(ERR_FETCH, "it is signed by no key of the keyring (a newer keyring may have "
					  "it, or base.key may name another)");
	return err_new(ERR_FETCH, "it has no valid signature");
}

/* Adds the arguments that both programs take after their own options. */
static void add_inputs(const struct parts *p, const char *argv[static WORDS_MAX])
{
	while (*argv)
		argv++;
	for (size_t i = 0; p->keys[i]; i++) {
		*argv++ = "--keyring";
		*argv++ = p->keys[i];
	}
	*argv++ = p->signature;
	*argv = p->text;
}

/* ret_found false: the program is not installed. */
static struct err *run_gpgv(const struct parts *p, bool *ret_found)
{
	const char *argv[WORDS_MAX] = {
		"gpgv", "--homedir", p->folder, "--status-fd", "1", "--weak-digest", "SHA1",
	};
	AUTO_FREE char *status = NULL, *errors = NULL;
	int code;

	add_inputs(p, argv);
	TRY(child_run(&(struct child){ .argv = argv, .set = plain_words, .cwd = p->folder }, &status, &errors,
		      &code));
	*ret_found = code != 127;
	return *ret_found ? judge_status(status, errors) : NULL;
}

static struct err *run_sqv(const struct parts *p, bool *ret_found)
{
	const char *argv[WORDS_MAX] = { "sqv" };
	AUTO_FREE char *output = NULL, *errors = NULL;
	int code;

	add_inputs(p, argv);
	TRY(child_run(&(struct child){ .argv = argv, .set = plain_words, .cwd = p->folder }, &output, &errors,
		      &code));
	*ret_found = code != 127;
	if (!*ret_found || code == 0)
		return NULL;
	if (strstr(errors, "Not live until "))
		return unborn();
	errors[strcspn(errors, "\n")] = '\0';
	return err_new(ERR_FETCH, "it has no good signature by a key of the keyring (sqv: %s)", errors);
}

static struct err *verify(const struct parts *p)
{
	bool found;

	TRY(run_gpgv(p, &found));
	if (!found)
		TRY(run_sqv(p, &found));
	return found ? NULL :
		       err_new(ERR_FETCH, "neither gpgv nor sqv is installed: install the package gpgv");
}

struct err *signed_open(struct store *s, const char *bytes, size_t len, const char *const *keys,
			char **ret_text, size_t *ret_len)
{
	AUTO_TEXT struct text text = { 0 }, signature = { 0 };
	struct parts parts = { 0 };

	if (!signed_split(bytes, len, &text, &signature))
		return err_new(ERR_FETCH, "it is not one clear-signed message with nothing around it");
	text_put(&text, ""); /* allocates bytes even if it is empty */
	struct err *e = lay_out(s, &parts, &text, &signature, keys);
	if (!e)
		e = verify(&parts);
	clear(&parts);
	TRY(e);
	*ret_len = text.len;
	*ret_text = text_take(&text);
	return NULL;
}
