/* SPDX-License-Identifier: MIT */
#include "launch/image_bench.h"

#include <string.h>

#include "base/mem.h"
#include "contract/host_name.h"

static struct err *check_hosts(const struct bench *b)
{
	for (size_t i = 0; i < b->sites.count; i++) {
		const struct bench_site *site = &b->sites.items[i];
		bool sound = site->name && host_name_is_site(site->name);
		for (size_t j = 0; site->hosts[j]; j++)
			sound = sound && host_name_is_served(site->hosts[j]);
		if (!sound)
			return err_new(ERR_BUILD,
				       "a site of its bench.json has no host name where one belongs");
	}
	return NULL;
}

struct err *image_bench_parse(const char *text, const char *path, struct bench *ret)
{
	struct err *e = bench_json_read_some(text, strlen(text), ret);

	if (!e)
		e = check_hosts(ret);
	if (!e)
		return NULL;
	AUTO_FREE char *why = err_text(e);
	err_free(e);
	return err_new(ERR_BUILD, "%s is damaged: %s", path, why);
}

struct err *image_bench_read(const struct engine *e, const char *name, const char *path, struct bench *ret)
{
	static const char *const argv[] = { "cat", BENCH_JSON, NULL };
	AUTO_FREE char *text = NULL;
	int status;

	*ret = (struct bench){ 0 };
	TRY(engine_exec(e, name, argv, &text, &status));
	if (status)
		return err_new(ERR_BUILD, "%s has no %s: is it an image of mkbench's?", path, BENCH_JSON);
	return image_bench_parse(text, path, ret);
}
