/* SPDX-License-Identifier: MIT */
#include "signature/key.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/given_file.h"
#include "base/mem.h"
#include "base/password.h"
#include "base/text.h"
#include "signature/blake2b.h"

#define FILE_LIMIT ((size_t)16 << 10)
#define OPS_LIMIT 33554432u /* minisign's values: N 2^20, r 8, p 1 */
#define MEMORY_LIMIT (1ull << 30)
#define MEMORY_MOST (4ull << 30) /* the most that a file may make us allocate */

/* A secret key: algorithm 2, scrypt or nothing 2, BLAKE2b 2, salt 32, two limits of 8; then the encrypted
 * part: id 8, seed 32, public key 32, checksum 32. */
enum {
	PUBLIC_BYTES = 42,
	SECRET_BYTES = 158,
	AT_SALT = 6,
	AT_OPS = 38,
	AT_MEMORY = 46,
	AT_HIDDEN = 54,
	HIDDEN = 104
};

void key_done(struct key *k)
{
	OPENSSL_cleanse(k, sizeof *k);
}

const char *key_id(const struct key *k, char buf[static KEY_ID])
{
	snprintf(buf, KEY_ID, "%016llX", (unsigned long long)bytes_get(k->id, sizeof k->id));
	return buf;
}

static struct err *random_bytes(void *bytes, size_t len)
{
	return RAND_bytes(bytes, (int)len) == 1 ? NULL :
						  err_new(ERR_SYSTEM, "this machine gives no random numbers");
}

static struct err *take_public(struct key *k)
{
	size_t len = sizeof k->public_key;
	EVP_PKEY *pair = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, k->seed, sizeof k->seed);
	bool good = pair && EVP_PKEY_get_raw_public_key(pair, k->public_key, &len) == 1;

	EVP_PKEY_free(pair);
	return good ? NULL : err_new(ERR_SYSTEM, "libcrypto makes no key of Ed25519");
}

struct err *key_generate(struct key *ret)
{
	TRY(random_bytes(ret->id, sizeof ret->id));
	TRY(random_bytes(ret->seed, sizeof ret->seed));
	return take_public(ret);
}

/* The scrypt parameters that libsodium derives from its two limits. */
static bool scrypt_numbers(uint64_t ops, uint64_t memory, uint64_t *ret_n, uint64_t *ret_p)
{
	ops = ops < 32768 ? 32768 : ops;
	bool few = ops < memory / 32;
	uint64_t most = few ? ops / 32 : memory / 1024, n = 2;

	while (n <= most / 2)
		n *= 2;
	uint64_t rp = ops / 4 / n;
	*ret_n = n;
	*ret_p = few ? 1 : (rp > 0x3fffffff ? 0x3fffffff : rp) / 8;
	return *ret_p && memory <= MEMORY_MOST && n <= MEMORY_MOST / 1024 && *ret_p <= 64;
}

/* Encrypts plain data, and decrypts encrypted data. */
static struct err *mask(uint8_t *file, const char *password)
{
	uint64_t n, p;
	uint8_t stream[HIDDEN];

	if (!scrypt_numbers(bytes_get(file + AT_OPS, 8), bytes_get(file + AT_MEMORY, 8), &n, &p))
		return err_new(ERR_USAGE, "a secret key asks for more memory than is given to it");
	if (EVP_PBE_scrypt(password, strlen(password), file + AT_SALT, 32, n, 8, p,
			   n * 1024 + p * 1024 + (1u << 20), stream, sizeof stream) != 1)
		return err_new(ERR_SYSTEM, "scrypt finds no memory: %llu MB", (unsigned long long)(n >> 10));
	for (size_t i = 0; i < HIDDEN; i++)
		file[AT_HIDDEN + i] ^= stream[i];
	OPENSSL_cleanse(stream, sizeof stream);
	return NULL;
}

/* Over the algorithm, the id and the key. */
static void checksum(const uint8_t *file, uint8_t ret[static 32])
{
	uint8_t text[2 + 72];

	memcpy(text, file, 2);
	memcpy(text + 2, file + AT_HIDDEN, 72);
	blake2b_256(text, sizeof text, ret);
	OPENSSL_cleanse(text, sizeof text);
}

static struct err *write_new(const char *path, mode_t mode, const char *comment, const void *bytes,
			     size_t len)
{
	AUTO_PASSWORD char *line = base64_encode(bytes, len);
	AUTO_PASSWORD char *text = mem_printf("untrusted comment: %s\n%s\n", comment, line);
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0)
		return errno == EEXIST ? err_new(ERR_USAGE,
						 "%s is there already, and a key is not written over", path) :
					 err_errno(errno, "write %s", path);
	struct err *e = file_write_all(fd, text, strlen(text), path);
	if (!e && fsync(fd) < 0)
		e = err_errno(errno, "write %s", path);
	if (e)
		unlink(path);
	return e;
}

static struct err *write_secret(const struct key *k, const char *path, const char *password)
{
	uint8_t file[SECRET_BYTES] = "EdSc"
				     "B2";
	uint8_t *hidden = file + AT_HIDDEN;

	if (!password)
		memset(file + 2, 0, 2);
	memcpy(hidden, k->id, 8);
	memcpy(hidden + 8, k->seed, 32);
	memcpy(hidden + 40, k->public_key, 32);
	checksum(file, hidden + 72);
	if (password) {
		TRY(random_bytes(file + AT_SALT, 32));
		bytes_put(file + AT_OPS, OPS_LIMIT, 8);
		bytes_put(file + AT_MEMORY, MEMORY_LIMIT, 8);
		TRY(mask(file, password));
	}
	struct err *e =
		write_new(path, 0600, password ? "minisign encrypted secret key" : "minisign secret key",
			  file, sizeof file);
	OPENSSL_cleanse(file, sizeof file);
	return e;
}

struct err *key_write(const struct key *k, const char *path, const char *password)
{
	uint8_t file[PUBLIC_BYTES] = "Ed";
	char id[KEY_ID];
	AUTO_FREE char *beside = mem_printf("%s.pub", path),
		       *comment = mem_printf("minisign public key %s", key_id(k, id));

	if (!access(beside, F_OK))
		return err_new(ERR_USAGE, "%s is there already, and a key is not written over", beside);
	memcpy(file + 2, k->id, 8);
	memcpy(file + 10, k->public_key, 32);
	TRY(write_secret(k, path, password));
	struct err *e = write_new(beside, 0644, comment, file, sizeof file);
	if (e)
		unlink(path);
	return e;
}

/* Decodes the second line of such a file, if it is that many bytes for Ed25519. */
static bool take_line(const char *text, size_t want, uint8_t *ret)
{
	const char *line = strchr(text, '\n');
	AUTO_PASSWORD char *word = line ? mem_ndup(line + 1, strcspn(line + 1, "\r\n")) : NULL;
	char *bytes = NULL;
	size_t len;
	bool good = word && base64_decode(word, &bytes, &len) && len == want && !memcmp(bytes, "Ed", 2);

	if (good)
		memcpy(ret, bytes, want);
	if (bytes)
		OPENSSL_cleanse(bytes, len);
	free(bytes);
	return good;
}

static struct err *read_secret(const char *path, uint8_t file[static SECRET_BYTES])
{
	AUTO_PASSWORD char *text = NULL;
	size_t len;

	TRY(given_file_check(path));
	TRY(file_read(path, FILE_LIMIT, &text, &len));
	if (!take_line(text, SECRET_BYTES, file) || memcmp(file + 4, "B2", 2) ||
	    (memcmp(file + 2, "Sc", 2) && (file[2] || file[3])))
		return err_new(ERR_USAGE,
			       "%s is no secret key of minisign: 'mkbench sign --generate FILE' makes one",
			       path);
	return NULL;
}

struct err *key_is_encrypted(const char *path, bool *ret)
{
	uint8_t file[SECRET_BYTES];

	TRY(read_secret(path, file));
	*ret = file[2] != 0;
	OPENSSL_cleanse(file, sizeof file);
	return NULL;
}

static struct err *open_secret(const char *path, uint8_t *file, const char *password, struct key *ret)
{
	uint8_t sum[32];
	const uint8_t *shown = file + AT_HIDDEN;

	if (file[2])
		TRY(mask(file, password));
	checksum(file, sum);
	/* minisign writes no checksum into a key without a password */
	if (file[2] && CRYPTO_memcmp(sum, shown + 72, sizeof sum))
		return err_new(ERR_USAGE, "that is not the password of %s", path);
	memcpy(ret->id, shown, 8);
	memcpy(ret->seed, shown + 8, 32);
	TRY(take_public(ret));
	return memcmp(ret->public_key, shown + 40, 32) ?
		       err_new(ERR_USAGE, "%s is damaged: its two halves are of two keys", path) :
		       NULL;
}

struct err *key_read_secret(const char *path, const char *password, struct key *ret)
{
	uint8_t file[SECRET_BYTES];

	TRY(read_secret(path, file));
	struct err *e = open_secret(path, file, password ? password : "", ret);
	OPENSSL_cleanse(file, sizeof file);
	return e;
}

struct err *key_read_public(const char *word, struct key *ret)
{
	AUTO_FREE char *text = NULL, *as_file = mem_printf("\n%s", word);
	uint8_t file[PUBLIC_BYTES];
	size_t len;

	*ret = (struct key){ 0 };
	if (!take_line(as_file, PUBLIC_BYTES, file)) {
		TRY(given_file_check(word));
		TRY(file_read(word, FILE_LIMIT, &text, &len));
		if (!take_line(text, PUBLIC_BYTES, file))
			return err_new(ERR_USAGE, "%s is no public key of minisign", word);
	}
	memcpy(ret->id, file + 2, 8);
	memcpy(ret->public_key, file + 10, 32);
	return NULL;
}
