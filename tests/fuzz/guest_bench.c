/* bench.json of any bytes: read, or refused. */
#include "bench.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO_BENCH struct bench b = { 0 };
	struct err *e = bench_parse((const char *)bytes, len, &b);

	for (size_t i = 0; !e && i < b.sites.count; i++)
		if (!*b.sites.items[i].name || strchr(b.sites.items[i].name, '/') || bench_site(&b, b.sites.items[i].name) != &b.sites.items[i])
			abort();
	err_free(e);
	return 0;
}
