/* SPDX-License-Identifier: MIT */
#include "cmd/cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/password.h"
#include "cmd/option.h"
#include "signature/signature.h"

enum { KEY = OPTION_OWN, PASSWORD_FILE, NO_PASSWORD, COMMENT, GENERATE };

#define HINT "--password-file FILE has it"

struct wishes {
	const char *key, *password_file, *comment, *generate;
	bool no_password;
};

static struct err *take(void *wishes, int option, const char *value)
{
	struct wishes *w = wishes;

	switch (option) {
	case KEY: w->key = value; return NULL;
	case PASSWORD_FILE: w->password_file = value; return NULL;
	case NO_PASSWORD: w->no_password = true; return NULL;
	case COMMENT: w->comment = value; return NULL;
	case GENERATE: w->generate = value; return NULL;
	default: return err_new(ERR_USAGE, "an option that nobody takes");
	}
}

static struct err *generate(const struct wishes *w)
{
	AUTO_KEY struct key k = { 0 };
	AUTO_PASSWORD char *password = NULL;
	char id[KEY_ID];

	if (w->no_password && w->password_file)
		return err_new(ERR_USAGE, "--no-password and --password-file: one of them");
	if (w->password_file)
		TRY(password_read(w->password_file, &password));
	else if (!w->no_password)
		TRY(password_ask("password of the new key: ", true, HINT ", or --no-password makes a key without one", &password));
	TRY(key_generate(&k));
	TRY(key_write(&k, w->generate, password));
	printf("key %s: %s is secret, %s.pub is for everybody\n", key_id(&k, id), w->generate, w->generate);
	return NULL;
}

static struct err *open_key(const struct wishes *w, struct key *ret)
{
	AUTO_PASSWORD char *password = NULL;
	bool encrypted;

	if (!w->key)
		return err_new(ERR_USAGE, "sign wants --key FILE, a secret key: 'mkbench sign --generate FILE' makes one");
	TRY(key_is_encrypted(w->key, &encrypted));
	if (encrypted && w->password_file)
		TRY(password_read(w->password_file, &password));
	else if (encrypted)
		TRY(password_ask("password of the key: ", false, HINT, &password));
	return key_read_secret(w->key, password, ret);
}

static struct err *run(int argc, char **argv)
{
	struct wishes w = { 0 };
	AUTO_KEY struct key k = { 0 };
	const char *file;

	TRY(option_read(&cmd_sign, argc, argv, take, &w, &file));
	if (w.generate)
		return file ? err_new(ERR_USAGE, "--generate makes a key and signs nothing: '%s' is one word too many", file) : generate(&w);
	if (!file)
		return err_new(ERR_USAGE, "sign wants one word or more, FILE...: see 'mkbench help sign'");
	if (w.comment && strpbrk(w.comment, "\r\n"))
		return err_new(ERR_USAGE, "--comment takes one line");
	TRY(open_key(&w, &k));
	for (char *const *word = option_words(argc, argv); *word; word++) {
		AUTO_FREE char *path = NULL;
		TRY(signature_write(*word, &k, w.comment, &path));
		puts(path);
	}
	return NULL;
}

static const struct option_row options[] = {
	{ "key", KEY, "FILE", NULL, "the secret key" },
	{ "password-file", PASSWORD_FILE, "FILE", NULL, "the key's password is this file's first line; - is standard input; without it the terminal is asked" },
	{ "comment", COMMENT, "TEXT", NULL, "the trusted comment, which is signed, too; the time and the file's name unless given" },
	{ "generate", GENERATE, "FILE", NULL, "make a key instead: FILE, which is secret, and FILE.pub" },
	{ "no-password", NO_PASSWORD, NULL, NULL, "with --generate: a key that is not encrypted" },
	{ 0 },
};

const struct cmd cmd_sign = {
	.name = "sign",
	.operand = "[FILE...]",
	.summary = "sign files, so that others can tell that they are yours",
	.text = "Writes FILE.minisig beside each FILE: a signature in the format of minisign, by a key of minisign or one of --generate. 'mkbench "
		"verify-signature' checks it, and so does 'minisign -V'. Sign images (.tar, disks), locks, and lists such as SHA256SUMS.\n\n"
		"The secret key is encrypted by a password, which is never a word of the command line.",
	.options = options,
	.run = run,
};
