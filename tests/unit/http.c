/* SPDX-License-Identifier: MIT */
/* Without arguments a TAP test; with a store's path a downloader for the bats tests:
 * each line of standard input is "WHAT SIZE SHA256|- URL...", WHAT ending in "?" when it
 * is optional; each arrival is printed as "WHAT SHA256|absent URL|stored". */
#include "fetch/http.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "fetch/transfer.h"
#include "says.h"

static void print_arrival(void *arg, const struct digest *d, const char *url)
{
	char hex[DIGEST_HEX];

	printf("%s %s %s\n", (const char *)arg, d ? digest_hex(d, hex) : "absent", url ? url : "stored");
	fflush(stdout);
}

static struct want read_want(struct arena *a, char *line)
{
	char *save, *what = strtok_r(line, " \n", &save), *size = strtok_r(NULL, " \n", &save),
		    *hex = strtok_r(NULL, " \n", &save);
	const char **urls = arena_new(a, 16 * sizeof *urls);
	struct want w = {
		.what = arena_dup(a, what, strlen(what)),
		.urls = urls,
		.size_bytes = strtoull(size, NULL, 10),
		.arrived = print_arrival,
	};

	for (size_t i = 0; i < 15; i++) {
		char *url = strtok_r(NULL, " \n", &save);
		urls[i] = url ? arena_dup(a, url, strlen(url)) : NULL;
	}
	w.arg = (void *)w.what;
	w.local = text_starts(what, "local");
	w.optional = text_ends(what, "?");
	if (strcmp(hex, "-") && !digest_parse(hex, &w.sha256))
		abort();
	return w;
}

static int download(const char *path)
{
	struct {
		struct want *items;
		size_t count, room;
	} wants = { 0 };
	struct arena a = { 0 };
	struct store *s = NULL;
	char *line = NULL;
	size_t room = 0;
	int status = 0;

	while (getline(&line, &room, stdin) > 0)
		VEC_PUSH(&wants, read_want(&a, line));
	free(line);
	struct err *e = store_open(path, &s);
	if (!e)
		e = http_fetch(s, wants.items, wants.count, NULL);
	if (e) {
		AUTO_FREE char *text = err_text(e);
		status = (int)err_kind(e);
		fprintf(stderr, "%s\n", text);
		err_free(e);
	}
	store_close(s);
	free(wants.items);
	arena_done(&a);
	return status;
}

static void refuses(const char *url, bool local, const char *word)
{
	struct store *s = NULL;
	char folder[] = "/tmp/mkbench-http.XXXXXX";
	struct want w = { .what = "it", .urls = (const char *[]){ url, NULL }, .local = local };

	ok(mkdtemp(folder) && !store_open(folder, &s));
	ok(says(http_fetch(s, &w, 1, NULL), ERR_FETCH, word));
	store_close(s);
	ok(!file_remove_tree(folder));
}

int main(int argc, char **argv)
{
	if (argc == 2)
		return download(argv[1]);

	AUTO_FREE char *plain = transfer_shown("https://mirror.example/a@b"),
		       *secret = transfer_shown("https://me:word@mirror.example/a"),
		       *odd = transfer_shown("http://a@b:c@d?e@f"), *none = transfer_shown("word");
	is(plain, "https://mirror.example/a@b");
	is(secret, "https://mirror.example/a");
	is(odd, "http://d?e@f");
	is(none, "word");

	refuses("file:///etc/passwd", false, "only http and https");
	refuses("ftp://mirror.example/a", true, "only http and https");
	refuses("file:///nowhere/at/all", true, "file:///nowhere/at/all");
	refuses(NULL, false, "no URL is known");
	return t_done();
}
