/* SPDX-License-Identifier: MIT */
/* mkbench verify-signature: files against their signatures. */
#include "cmd/cmd.h"

#include <stdio.h>

#include "base/given_file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cmd/option.h"
#include "signature/signature.h"

enum { KEY = OPTION_OWN };

static struct err *take(void *wishes, int option, const char *value)
{
	const char **key = wishes;

	if (option != KEY)
		return err_new(ERR_USAGE, "an option that nobody takes");
	*key = value;
	return NULL;
}

/* Every file is looked at: each has its line, a bad one on standard error. */
static struct err *check_all(char *const *files, const struct key *k)
{
	size_t count = 0, bad = 0;
	struct err *only = NULL;

	for (; *files; files++, count++) {
		AUTO_FREE char *comment = NULL;
		struct err *e = signature_check(*files, k, &comment);
		if (!e) {
			utf8_plain(comment);
			printf("%s: signed by this key: %s\n", *files, comment);
			continue;
		}
		if (bad++ || files[1] || count) {
			AUTO_FREE char *text = err_text(e);
			utf8_plain(text);
			fprintf(stderr, "mkbench: %s\n", text);
			err_free(e);
		} else {
			only = e;
		}
	}
	if (bad && !only)
		return err_new(ERR_BUILD, "%zu of %zu file%s not what was signed by this key", bad, count,
			       count == 1 ? " is" : "s are");
	return only;
}

static struct err *run(int argc, char **argv)
{
	const char *file, *word = NULL;
	struct key k;

	TRY(option_read(&cmd_verify_signature, argc, argv, take, &word, &file));
	if (!word)
		return err_new(ERR_USAGE, "verify-signature wants --key PUB, whose signature it is: a public "
					  "key's file, or its line that begins with RW");
	TRY(key_read_public(word, &k));
	for (char *const *name = option_words(argc, argv); *name; name++)
		TRY(given_file_check(*name));
	return check_all(option_words(argc, argv), &k);
}

static const struct option_row options[] = {
	{ "key", KEY, "FILE", NULL, "the public key: a file, or the line in it that begins with RW" },
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
