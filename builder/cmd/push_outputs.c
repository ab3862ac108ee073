/* SPDX-License-Identifier: MIT */
#include "cmd/push_outputs.h"

#include "base/mem.h"
#include "base/text.h"
#include "cmd/push_report.h"
#include "registry/push.h"

static struct err *push_to(const struct build_context *j, const char *path, const struct reference *where,
			   json_t **ret)
{
	AUTO_LAYOUT struct layout layout = { .fd = -1 };
	AUTO_MANIFEST_SET struct manifest_set set = { 0 };
	struct credentials login = { 0 };
	struct push p = {
		.set = &set, .where = where, .login = &login, .store = j->store, .progress = j->progress
	};
	struct push_result result;

	TRY(layout_open(path, &layout));
	TRY(manifest_set_read(&layout, 1, &set));
	TRY(credentials_find(where->host, where->name, &login));
	struct err *e = push_image(&p, &result);
	credentials_done(&login);
	*ret = e ? NULL : push_report(&p, &result);
	return e;
}

struct err *push_outputs(const struct build_context *j, const struct image_result *results,
			 json_t **ret_pushed)
{
	const struct recipe *r = &j->recipe;
	const char *const *places = r->registries.items;
	json_t *report = NULL;

	*ret_pushed = json_array();
	for (size_t i = 0; i < r->registries.count; i++) {
		AUTO_REFERENCE struct reference where = { 0 };
		const char *path = results[recipe_pushed_output(r)].path;
		struct err *e = reference_parse(places[i], r->version, &where);
		if (!e)
			e = push_to(j, path, &where, &report);
		if (e) {
			AUTO_FREE char *word = text_shell(path);
			return err_wrap(
				e, "the build succeeded, the push to %s failed (retry: 'mkbench push %s %s')",
				places[i], word, places[i]);
		}
		json_array_append_new(*ret_pushed, report);
	}
	return NULL;
}
