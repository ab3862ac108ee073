#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "recipe/recipe_check.h"
#include "service/manifest.h"
#include "service/service.h"

static const char *variable(const struct manifest *m, const char *name)
{
	const struct pair *pairs = m->variables.items;

	for (size_t i = 0; i < m->variables.count; i++)
		if (!strcmp(pairs[i].key, name))
			return pairs[i].value;
	return "";
}

static bool is_wanted(const struct recipe *r, const char *name, const struct manifest *m)
{
	if (!strcmp(name, "disk"))
		return recipe_wants_disk(r);
	if (!strcmp(name, "ssh"))
		return recipe_wants_disk(r) && r->disk.ssh;
	return m->only == ONLY_ALWAYS || (m->only == ONLY_PRODUCTION) == (r->mode == MODE_PRODUCTION);
}

/* A service that cannot be read is service_load's to complain about. */
static void check_service(const char *share, const char *name, const struct recipe *r, struct problems *p)
{
	struct arena arena = { 0 };
	struct manifest m = { 0 };
	struct err *e = manifest_read_service(&arena, share, name, &m);

	if (!e && is_wanted(r, name, &m))
		for (size_t i = 0; i < m.ports.count; i++)
			recipe_check_port(r, strtoul(variable(&m, ((const char *const *)m.ports.items)[i]), NULL, 10), name, p);
	err_free(e);
	arena_done(&arena);
}

static int is_service(const struct dirent *d)
{
	return d->d_name[0] != '.' && strcmp(d->d_name, "frameworks") && strcmp(d->d_name, "guest") && !strchr(d->d_name, '.');
}

void service_ports_check(const char *share, const struct recipe *r, struct problems *p)
{
	AUTO_FREE char *folder = mem_printf("%s/services", share);
	struct dirent **names = NULL;
	int count = scandir(folder, &names, is_service, alphasort);

	for (int i = 0; i < count; i++) {
		check_service(share, names[i]->d_name, r, p);
		free(names[i]);
	}
	free(names);
}
