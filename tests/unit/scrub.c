/* SPDX-License-Identifier: MIT */
/* What packages leave that is another each time. */
#include "layer/scrub.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "t.h"

#define EPOCH 1000
#define LEN 104

/* A cache of fonts whose folder has that time; whether that is the time afterwards, and no nanoseconds with
 * it. */
static bool becomes(const char *folder, const char *name, char begin, int32_t seconds, int32_t want,
		    char nano)
{
	AUTO_FREE char *path = mem_printf("%s/var/cache/fontconfig/%s", folder, name), *got = NULL;
	char bytes[LEN] = { begin, (char)0xfc, 0x02, (char)0xfc };
	int32_t is;
	size_t len;

	memcpy(bytes + 48, &seconds, sizeof seconds);
	bytes[57] = 7;
	bytes[LEN - 1] = 'e';
	ok(!file_write(path, bytes, LEN, 0644));
	ok(!scrub_packages(folder, EPOCH));
	ok(!file_read(path, 1 << 10, &got, &len));
	memcpy(&is, got + 48, sizeof is);
	return len == LEN && is == want && got[57] == nano && got[LEN - 1] == 'e';
}

int main(void)
{
	char folder[] = "/tmp/scrub-test-XXXXXX";

	ok(mkdtemp(folder) != NULL);
	AUTO_FREE char *inner = mem_printf("%s/var/cache/fontconfig", folder);
	ok(!file_make_folder(inner, 0755));
	ok(becomes(folder, "4c59-le64.cache-8", 4, EPOCH + 5, EPOCH, 0));
	ok(becomes(folder, "4c59-le64.cache-9", 4, EPOCH - 5, EPOCH - 5, 7));
	ok(becomes(folder, "d589-le64.cache-8", 5, EPOCH + 5, EPOCH + 5, 7)); /* nothing that we know */
	ok(!file_remove_tree(folder));
	return t_done();
}
