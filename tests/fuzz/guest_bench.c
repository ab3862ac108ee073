/* SPDX-License-Identifier: MIT */
/* bench.json of any bytes, or, when they begin with a '[', the list of sites that
 * were added: read, or refused. */
#include "lib/bench.h"

#include <stdint.h>
#include <string.h>

#include "folder.h"

static const char image[] =
	"{\"format\":1,\"name\":\"n\",\"version\":\"1\",\"build\":\"b\",\"data\":\"%s\",\"bench\":{\"path\":"
	"\"/b\",\"user\":\"root\"},"
	"\"framework\":{\"common_site_config\":{},\"site_config\":{},\"site_create\":[],\"site_finish\":[]},"
	"\"mariadb\":{\"socket\":\"/s\",\"data\":\"/d\","
	"\"user\":\"root\",\"install\":[\"i\"],\"memory_file\":\"/"
	"m\"},\"redis\":[],\"web\":{},\"socketio\":{},\"nginx\":{\"sites_file\":"
	"\"/n\"},\"supervisor\":{\"socket\":\"/v\",\"configuration\":\"/"
	"c\"},\"programs\":[],\"folders\":[],\"links\":[],\"sites\":[{\"name\":\"one.test\"}]}";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct err *read_added(const uint8_t *bytes, size_t len, struct bench *b)
{
	AUTO_FREE char *inside = folder_begin(), *own = mem_printf("%s" BENCH_OWN, inside),
		       *text = mem_printf(image, inside);
	AUTO_FREE char *added = mem_printf("%s/sites.json", own), *path = mem_printf("%s/bench.json", inside);

	if (mkdir(own, 0700) || file_write(added, bytes, len, 0600) ||
	    file_write(path, text, strlen(text), 0600))
		abort();
	setenv("MKBENCH_BENCH", path, 1);
	struct err *e = bench_read(b);
	folder_end();
	return e;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO_BENCH struct bench b = { 0 };
	struct err *e =
		len && *bytes == '[' ? read_added(bytes, len, &b) : bench_parse((const char *)bytes, len, &b);

	for (size_t i = 0; !e && i < b.sites.count; i++)
		if (!*b.sites.items[i].name || strchr(b.sites.items[i].name, '/') ||
		    bench_site(&b, b.sites.items[i].name) != &b.sites.items[i])
			abort();
	for (size_t i = 0; !e && i < b.drops.count; i++)
		if (!*b.drops.items[i].name || strchr(b.drops.items[i].name, '/') ||
		    bench_site(&b, b.drops.items[i].name))
			abort();
	err_free(e);
	return 0;
}
