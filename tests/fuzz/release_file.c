/* SPDX-License-Identifier: MIT */
/* Release texts of any bytes: what is read can be found again, and be judged. */
#include "debian/release_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = mem_new(size);
	struct release_file r;

	if (size)
		memcpy(text, data, size);
	struct err *e = release_file_parse(text, size, &r);
	if (!e) {
		for (size_t i = 0; i < r.file_count; i++)
			if (!release_file_find(&r, r.files[i].path) || *r.files[i].path == '/')
				abort();
		err_free(release_file_check(&r, "stable", r.date - 1, r.date, false));
		err_free(release_file_check(&r, r.suite, r.date - 100000, 0, false));
		err_free(release_file_check(&r, r.suite, r.date, INT64_MAX, false));
		e = release_file_check(&r, r.codename, INT64_MAX / 2, -1, false);
		release_file_done(&r);
	}
	err_free(e);
	return 0;
}
