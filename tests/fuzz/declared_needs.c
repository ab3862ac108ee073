/* SPDX-License-Identifier: MIT */
/* Python source of any bytes, of which one list of texts is read. */
#include "service/declared_needs.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO_FREE char *text = mem_ndup((const char *)bytes, len);
	struct arena a = { 0 };
	struct declared_needs n = { 0 };
	struct err *e = declared_needs_read(&a, "h.py", text, "needs", &n);

	if (e && err_kind(e) != ERR_RECIPE)
		abort();
	for (size_t i = 0; i < n.count; i++)
		if (strpbrk(n.items[i], "\n\"'/"))
			abort();
	err_free(e);
	free(n.items);
	arena_done(&a);
	return 0;
}
