/* SPDX-License-Identifier: MIT */
/* resolve ARCHITECTURE PACKAGES...: reads recipes, one a line, names by blanks, a "+" where Recommends are
 * followed; answers each with the sorted names of what it needs, or "! " and the reason. */
#include "debian/resolve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

#define WANTED_MAX 1000

static int complain(struct err *e)
{
	AUTO_FREE char *text = err_text(e);

	fprintf(stderr, "resolve: %s\n", text);
	err_free(e);
	return 1;
}

static void answer(const struct index *ix, char *line)
{
	const char *wanted[WANTED_MAX];
	struct resolve_request req = { .wanted = wanted };
	struct resolution res;
	char *rest = NULL;

	for (char *w = strtok_r(line, " \n", &rest); w && req.wanted_count < WANTED_MAX;
	     w = strtok_r(NULL, " \n", &rest))
		if (!strcmp(w, "+"))
			req.recommends = true;
		else
			wanted[req.wanted_count++] = w;
	struct err *e = resolve_run(ix, &req, &res);
	if (e) {
		AUTO_FREE char *text = err_text(e);
		printf("! %s\n", text);
		err_free(e);
		return;
	}
	for (size_t i = 0; i < res.count; i++)
		printf("%s%s", i ? " " : "", res.items[i].package->name);
	putchar('\n');
	resolve_done(&res);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	struct index *ix = index_new(argv[1]);
	char **texts = mem_array((size_t)argc, sizeof *texts), *line = NULL;
	size_t room = 0;

	for (int i = 2; i < argc; i++) {
		size_t len;
		struct err *e = file_read(argv[i], 1u << 30, &texts[i], &len);
		if (!e)
			e = index_add(ix, texts[i], len, (uint32_t)i - 2, 500);
		if (e)
			return complain(e);
	}
	struct err *e = index_seal(ix);
	if (e)
		return complain(e);
	while (getline(&line, &room, stdin) >= 0)
		answer(ix, line);
	index_free(ix);
	for (int i = 2; i < argc; i++)
		free(texts[i]);
	free(texts);
	free(line);
	return 0;
}
