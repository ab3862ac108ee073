/* SPDX-License-Identifier: MIT */
/* mkbench verify-signature: checks files against their signatures. */
#include "cmd/cmd.h"

#include <jansson.h>
#include <stdio.h>

#include "base/given_file.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include "cmd/option.h"
#include "report/report_text.h"
#include "signature/signature.h"

enum { KEY = OPTION_OWN, JSON };

struct wishes {
	const char *key;
	bool json;
};

static struct err *take(void *wishes, int option, const char *value)
{
	struct wishes *w = wishes;

	switch (option) {
	case KEY: w->key = value; return NULL;
	case JSON: w->json = true; return NULL;
	default: return err_new(ERR_USAGE, "an option that nobody takes");
	}
}

static void print(json_t *rows, bool ok)
{
	AUTO_TEXT struct text out = { 0 };

	report_text_dump(&out, json_pack("{s:i, s:b, s:o}", "format", 1, "ok", ok, "files", rows));
	fputs(out.bytes, stdout);
}

/* A line of it, a bad one on standard error, or a row of rows. */
static bool check(const char *file, const struct key *k, json_t *rows, bool alone, struct err **ret_alone)
{
	AUTO_FREE char *comment = NULL, *why = NULL;
	struct err *e = signature_check(file, k, &comment);

	if (e)
		why = err_text(e);
	utf8_plain(e ? why : comment);
	if (rows)
		json_array_append_new(rows, json_pack("{s:o, s:b, s:o, s:o}", "file", report_text_json(file),
						      "ok", !e, "comment", report_text_json(comment), "why",
						      report_text_json(why)));
	else if (!e)
		printf("%s: signed by this key: %s\n", file, comment);
	else if (!alone)
		fprintf(stderr, "mkbench: %s\n", why);
	*ret_alone = alone ? e : NULL;
	if (e && !alone)
		err_free(e);
	return !e;
}

/* Every file is looked at. */
static struct err *check_all(char *const *files, const struct key *k, bool json)
{
	json_t *rows = json ? json_array() : NULL;
	bool alone = !files[1];
	size_t count = 0, bad = 0;
	struct err *only = NULL;

	for (; *files; files++, count++)
		bad += !check(*files, k, rows, alone, &only);
	if (rows)
		print(rows, !bad);
	if (!bad || only)
		return only;
	return err_new(ERR_BUILD, "%zu of %zu files are not what was signed by this key", bad, count);
}

static struct err *run(int argc, char **argv)
{
	struct wishes w = { 0 };
	const char *file;
	struct key k;

	TRY(option_read(&cmd_verify_signature, argc, argv, take, &w, &file));
	if (!w.key)
		return err_new(ERR_USAGE, "verify-signature needs --key PUB, whose signature it is: a public "
					  "key's file, or its line that begins with RW");
	TRY(key_read_public(w.key, &k));
	for (char *const *name = option_words(argc, argv); *name; name++)
		TRY(given_file_check(*name));
	return check_all(option_words(argc, argv), &k, w.json);
}

static const struct option_row options[] = {
	{ "key", KEY, "FILE", NULL, "the public key: a file, or the line in it that begins with RW" },
	{ "json", JSON, NULL, NULL, "the answers as JSON, when all files were looked at" },
	{ 0 },
};

const struct cmd cmd_verify_signature = {
	.name = "verify-signature",
	.operand = "FILE...",
	.summary = "check that files are what somebody has signed",
	.text = "Looks for FILE.minisig beside each FILE, as 'mkbench sign' or minisign wrote it. A line "
		"each on standard output, with the trusted comment. Exit status 5: a file was changed, was "
		"signed by another key, or has no signature.",
	.options = options,
	.run = run,
};
