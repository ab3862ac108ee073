/* SPDX-License-Identifier: MIT */
/* mkbench sign: signs files, and makes keys. */
#include "cmd/cmd.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/given_file.h"
#include "base/mem.h"
#include "base/password.h"
#include "base/text.h"
#include "cmd/option.h"
#include "cmd/sign_key.h"
#include "report/report_text.h"
#include "signature/image_signature.h"
#include "signature/signature.h"

enum { KEY = OPTION_OWN, PASSWORD_FILE, NO_PASSWORD, COMMENT, GENERATE, PEM, JSON };

#define HINT "--password-file FILE has it"

struct wishes {
	const char *key, *password_file, *comment, *generate, *pem;
	bool no_password, json;
};

static struct err *take(void *wishes, int option, const char *value)
{
	struct wishes *w = wishes;

	switch (option) {
	case KEY: w->key = value; return NULL;
	case PASSWORD_FILE: w->password_file = value; return NULL;
	case NO_PASSWORD: w->no_password = true; return NULL;
	case COMMENT: w->comment = value; return NULL;
	case PEM: w->pem = value; return NULL;
	case JSON: w->json = true; return NULL;
	case GENERATE: w->generate = value; return NULL;
	default: return err_new(ERR_USAGE, "an option that nobody takes");
	}
}

static void print(json_t *report)
{
	AUTO_TEXT struct text out = { 0 };

	report_text_dump(&out, report);
	fputs(out.bytes, stdout);
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
		TRY(password_ask("password of the new key: ", true,
				 HINT ", or --no-password makes a key without one", &password));
	TRY(key_generate(&k));
	TRY(key_write(&k, w->generate, password));
	AUTO_FREE char *public = mem_printf("%s.pub", w->generate);
	if (w->json)
		print(json_pack("{s:i, s:s, s:o, s:o}", "format", 1, "key", key_id(&k, id), "secret",
				report_text_json(w->generate), "public", report_text_json(public)));
	else
		printf("key %s: %s is secret, %s is for everybody\n", key_id(&k, id), w->generate, public);
	return NULL;
}

static struct err *print_pem(const char *file)
{
	AUTO_KEY struct key k = { 0 };

	TRY(key_read_public(file, &k));
	AUTO_FREE char *pem = image_signature_pem(&k);
	fputs(pem, stdout);
	return NULL;
}

static struct err *sign_all(char *const *files, const struct key *k, const struct wishes *w)
{
	json_t *rows = json_array();
	struct err *e = NULL;
	char id[KEY_ID];

	for (char *const *file = files; !e && *file; file++)
		e = given_file_check(*file);
	for (; !e && *files; files++) {
		AUTO_FREE char *path = NULL;
		e = signature_write(*files, k, w->comment, &path);
		if (!e && !w->json)
			puts(path);
		else if (!e)
			json_array_append_new(rows, json_pack("{s:o, s:o}", "file", report_text_json(*files),
							      "signature", report_text_json(path)));
	}
	if (!e && w->json)
		print(json_pack("{s:i, s:s, s:O}", "format", 1, "key", key_id(k, id), "files", rows));
	json_decref(rows);
	return e;
}

static struct err *run(int argc, char **argv)
{
	struct wishes w = { 0 };
	AUTO_KEY struct key k = { 0 };
	const char *file;

	TRY(option_read(&cmd_sign, argc, argv, take, &w, &file));
	if (w.pem)
		return w.json ? err_new(ERR_USAGE, "--pem and --json: one of them") :
		       file   ? err_new(ERR_USAGE,
					"--pem prints a key and signs nothing: unexpected argument '%s'",
					file) :
				print_pem(w.pem);
	if (w.generate)
		return file ? err_new(ERR_USAGE,
				      "--generate makes a key and signs nothing: unexpected argument '%s'",
				      file) :
			      generate(&w);
	if (!file)
		return err_new(ERR_USAGE, "sign needs one word or more, FILE...: see 'mkbench help sign'");
	if (w.comment && strpbrk(w.comment, "\r\n"))
		return err_new(ERR_USAGE, "--comment takes one line");
	if (!w.key)
		return err_new(
			ERR_USAGE,
			"sign needs --key FILE, a secret key: 'mkbench sign --generate FILE' makes one");
	TRY(sign_key_open(w.key, w.password_file, "--password-file", &k));
	return sign_all(option_words(argc, argv), &k, &w);
}

static const struct option_row options[] = {
	{ "key", KEY, "FILE", NULL, "the secret key" },
	{ "password-file", PASSWORD_FILE, "FILE", NULL,
	  "the key's password is this file's first line; - is standard input; without it the terminal is "
	  "asked" },
	{ "comment", COMMENT, "TEXT", NULL,
	  "the trusted comment, which is signed, too; the time and the file's name unless given" },
	{ "generate", GENERATE, "FILE", NULL, "make a key instead: FILE, which is secret, and FILE.pub" },
	{ "pem", PEM, "FILE", NULL,
	  "print a public key, FILE.pub, as PEM instead: what cosign and podman check the signature of a "
	  "pushed image by" },
	{ "no-password", NO_PASSWORD, NULL, NULL, "with --generate: a key that is not encrypted" },
	{ "json", JSON, NULL, NULL, "what was written, as JSON" },
	{ 0 },
};

const struct cmd cmd_sign = {
	.name = "sign",
	.operand = "[FILE...]",
	.summary = "sign files, so that others can tell that they are yours",
	.text = "Writes FILE.minisig beside each FILE: a signature in the format of minisign, by a key of "
		"minisign or one of --generate. 'mkbench verify-signature' checks it, and so does 'minisign "
		"-V'. Sign images (.tar, disks), locks, and lists such as SHA256SUMS.\n\n"
		"The secret key is encrypted by a password, which is never a word of the command line.",
	.options = options,
	.run = run,
};
