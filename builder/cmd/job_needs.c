#include "cmd/job.h"

#include "base/file.h"
#include "base/mem.h"

#define FILE_LIMIT (1u << 20)

static struct err *read_needs(struct job *j, size_t app, const char *file)
{
	const struct app *a = &((const struct app *)j->recipe.apps.items)[app];
	const struct entry *e = tree_find(&j->sources[app].files, file);
	AUTO_FREE char *shown = mem_printf("%s: %s", a->name, file), *bytes = NULL;
	size_t len;

	if (!e || e->kind != ENTRY_FILE || e->content.kind != CONTENT_DISK)
		return NULL;
	TRY_AS(file_read(e->content.path, FILE_LIMIT, &bytes, &len), "app %s", a->name);
	/* A layer kept under the app's digest may be used without the folder being read again, so nobody else would see it. */
	struct digest found = digest_of(bytes, len);
	if (!digest_equal(&found, &e->sha256))
		return err_new(ERR_BUILD, "%s has changed since mkbench began: run it again once it rests", e->content.path);
	return service_needs_read(j->services, app, shown, bytes);
}

struct err *job_needs(struct job *j)
{
	for (size_t i = 0; i < j->recipe.apps.count; i++) {
		const char *file = service_needs_file(j->services, i);
		if (file)
			TRY(read_needs(j, i, file));
	}
	return service_needs_settle(j->services);
}
