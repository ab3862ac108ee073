/* SPDX-License-Identifier: MIT */
/* Packages texts of any bytes: what gets in is safe to use as names and paths,
 * and whatever got in can be resolved or refused. */
#include "debian/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "debian/resolve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void resolve(const struct index *ix)
{
	const char *wanted[4];
	struct resolve_request req = { .wanted = wanted };
	struct resolution res;

	for (size_t i = 0; i < index_count(ix); i++) {
		const struct package *p = index_at(ix, i);
		if (strchr(p->name, '/') || *p->filename == '/' || p->id != i || index_find(ix, p->name) != p)
			abort();
		if (i < COUNT(wanted))
			wanted[req.wanted_count++] = p->name;
	}
	for (int round = 0; round < 2; round++, req.recommends = true) {
		struct err *e = resolve_run(ix, &req, &res);
		if (!e) {
			for (size_t i = 0; i < res.count; i++)
				free(resolve_why(&res, res.items[i].package->name));
			resolve_done(&res);
		}
		err_free(e);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = mem_new(size);
	struct index *ix = index_new("amd64");

	if (size)
		memcpy(text, data, size);
	struct err *e = index_add(ix, text, size, 0, 500);
	if (!e)
		e = index_add(ix, text, size / 2, 1, 990);
	if (!e)
		e = index_seal(ix);
	if (!e)
		resolve(ix);
	err_free(e);
	index_free(ix);
	return 0;
}
