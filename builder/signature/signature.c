/* SPDX-License-Identifier: MIT */
#include "signature/signature.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/given_file.h"
#include "base/mem.h"
#include "base/text.h"

#define CHUNK ((size_t)1 << 20)
#define FILE_LIMIT ((size_t)64 << 10)
#define UNTRUSTED "untrusted comment: "
#define TRUSTED "trusted comment: "

/* Algorithm 2, id 8, signature 64. */
enum { WHOLE = 74, HASH = 64 };

struct parts {
	uint8_t head[WHOLE], global[SIGNATURE_BYTES];
	char *comment;
};

static struct err *open_file(const char *path, int *ret, uint64_t *ret_size)
{
	struct stat st;

	TRY(given_file_check(path));
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return err_new(
			ERR_USAGE,
			"%s is not a file: for a folder, sign its .tar or a list of its files' digests",
			path);
	*ret = fd;
	*ret_size = (uint64_t)st.st_size;
	fd = -1;
	return NULL;
}

static struct err *hash(int fd, const char *path, uint8_t ret[static HASH])
{
	AUTO_FREE char *chunk = mem_new(CHUNK);
	EVP_MD_CTX *run = EVP_MD_CTX_new();
	ssize_t n = 0;

	if (!run || EVP_DigestInit_ex(run, EVP_blake2b512(), NULL) != 1)
		mem_exhausted();
	while ((n = read(fd, chunk, CHUNK)) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			EVP_DigestUpdate(run, chunk, (size_t)n);
	EVP_DigestFinal_ex(run, ret, NULL);
	EVP_MD_CTX_free(run);
	return n < 0 ? err_errno(errno, "read %s", path) : NULL;
}

struct err *signature_bytes(const struct key *k, const void *bytes, size_t len,
			    uint8_t ret[static SIGNATURE_BYTES])
{
	EVP_PKEY *pair = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, k->seed, sizeof k->seed);
	EVP_MD_CTX *run = EVP_MD_CTX_new();
	size_t size = SIGNATURE_BYTES;
	bool good = pair && run && EVP_DigestSignInit(run, NULL, NULL, NULL, pair) == 1 &&
		    EVP_DigestSign(run, ret, &size, bytes, len) == 1;

	EVP_MD_CTX_free(run);
	EVP_PKEY_free(pair);
	return good ? NULL : err_new(ERR_SYSTEM, "libcrypto does not sign");
}

static bool is_signed(const struct key *k, const void *bytes, size_t len,
		      const uint8_t signature[static SIGNATURE_BYTES])
{
	EVP_PKEY *half =
		EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, k->public_key, sizeof k->public_key);
	EVP_MD_CTX *run = EVP_MD_CTX_new();
	bool good = half && run && EVP_DigestVerifyInit(run, NULL, NULL, NULL, half) == 1 &&
		    EVP_DigestVerify(run, signature, SIGNATURE_BYTES, bytes, len) == 1;

	EVP_MD_CTX_free(run);
	EVP_PKEY_free(half);
	return good;
}

/* The message of the second signature. */
static char *with_comment(const uint8_t *signature, const char *comment, size_t *ret_len)
{
	size_t len = strlen(comment);
	char *text = mem_new(SIGNATURE_BYTES + len + 1);

	memcpy(text, signature, SIGNATURE_BYTES);
	memcpy(text + SIGNATURE_BYTES, comment, len);
	*ret_len = SIGNATURE_BYTES + len;
	return text;
}

static char *usual_comment(const char *file)
{
	const char *slash = strrchr(file, '/');
	char *text = mem_printf("timestamp:%lld\tfile:%s\thashed", (long long)time(NULL),
				slash ? slash + 1 : file);

	for (char *at = strstr(text, "file:"); *at; at++)
		if (*at == '\n' || *at == '\r')
			*at = '?';
	return text;
}

struct err *signature_write(const char *file, const struct key *k, const char *comment, char **ret_path)
{
	AUTO_CLOSE int fd = -1;
	uint8_t digest[HASH], head[WHOLE] = "ED", global[SIGNATURE_BYTES];
	uint64_t size;
	size_t len;
	char id[KEY_ID];

	TRY(open_file(file, &fd, &size));
	TRY(hash(fd, file, digest));
	memcpy(head + 2, k->id, sizeof k->id);
	TRY(signature_bytes(k, digest, sizeof digest, head + 10));
	AUTO_FREE char *trusted = comment ? mem_dup(comment) : usual_comment(file),
		       *all = with_comment(head + 10, trusted, &len);
	TRY(signature_bytes(k, all, len, global));
	AUTO_FREE char *first = base64_encode(head, sizeof head),
		       *second = base64_encode(global, sizeof global), *path = mem_printf("%s.minisig", file);
	AUTO_FREE char *text =
		mem_printf(UNTRUSTED "signature by mkbench with the key %s\n%s\n" TRUSTED "%s\n%s\n",
			   key_id(k, id), first, trusted, second);
	TRY(file_write(path, text, strlen(text), 0644));
	*ret_path = TAKE(path);
	return NULL;
}

static char *line(char **rest)
{
	char *now = *rest, *end = strchr(now, '\n');

	*rest = end ? end + 1 : now + strlen(now);
	if (end)
		*end = '\0';
	now[strcspn(now, "\r")] = '\0';
	return now;
}

static bool take_bytes(const char *word, uint8_t *ret, size_t want)
{
	AUTO_FREE char *bytes = NULL;
	size_t len;
	bool good = base64_decode(word, &bytes, &len) && len == want;

	if (good)
		memcpy(ret, bytes, want);
	return good;
}

static struct err *read_parts(const char *file, struct parts *ret)
{
	AUTO_FREE char *path = mem_printf("%s.minisig", file), *text = NULL;
	size_t len;

	if (access(path, F_OK) < 0)
		return err_new(ERR_BUILD, "%s: there is no signature beside it, %s", file, path);
	TRY(file_read(path, FILE_LIMIT, &text, &len));
	char *rest = text;
	bool good = text_starts(line(&rest), UNTRUSTED) && take_bytes(line(&rest), ret->head, WHOLE);
	const char *comment = line(&rest);
	good = good && text_starts(comment, TRUSTED) && take_bytes(line(&rest), ret->global, SIGNATURE_BYTES);
	if (!good || ret->head[0] != 'E' || (ret->head[1] != 'D' && ret->head[1] != 'd'))
		return err_new(ERR_BUILD, "%s is no signature of minisign", path);
	ret->comment = mem_dup(comment + strlen(TRUSTED));
	return NULL;
}

/* Older signatures cover the file's own bytes. */
static struct err *check_bytes(const char *file, const struct key *k, const struct parts *p, bool *ret)
{
	AUTO_CLOSE int fd = -1;
	uint8_t digest[HASH];
	uint64_t size;

	TRY(open_file(file, &fd, &size));
	if (p->head[1] == 'D') {
		TRY(hash(fd, file, digest));
		*ret = is_signed(k, digest, sizeof digest, p->head + 10);
		return NULL;
	}
	void *bytes = size ? mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
	if (bytes == MAP_FAILED)
		return err_errno(errno, "read %s", file);
	*ret = is_signed(k, bytes ? bytes : "", (size_t)size, p->head + 10);
	if (bytes)
		munmap(bytes, (size_t)size);
	return NULL;
}

static struct err *check_parts(const char *file, const struct key *k, const struct parts *p)
{
	struct key other = { 0 };
	char own[KEY_ID], found[KEY_ID];
	bool good;
	size_t len;

	memcpy(other.id, p->head + 2, sizeof other.id);
	if (memcmp(other.id, k->id, sizeof k->id))
		return err_new(ERR_BUILD, "%s: signed by another key, %s, not by %s", file,
			       key_id(&other, found), key_id(k, own));
	TRY(check_bytes(file, k, p, &good));
	if (!good)
		return err_new(ERR_BUILD,
			       "%s: the signature is not over these bytes: the file was changed, or the key "
			       "is not what it says",
			       file);
	AUTO_FREE char *all = with_comment(p->head + 10, p->comment, &len);
	return is_signed(k, all, len, p->global) ?
		       NULL :
		       err_new(ERR_BUILD, "%s: the trusted comment of its signature was changed", file);
}

struct err *signature_check(const char *file, const struct key *k, char **ret_comment)
{
	struct parts p = { 0 };
	AUTO_CLOSE int fd = -1;
	uint64_t size;
	struct err *e = open_file(file, &fd, &size); /* reports a missing file before a missing signature */

	if (!e)
		e = read_parts(file, &p);

	if (!e)
		e = check_parts(file, k, &p);
	if (e)
		free(p.comment);
	else
		*ret_comment = p.comment;
	return e;
}
