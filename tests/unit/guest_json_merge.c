/* SPDX-License-Identifier: MIT */
#include "provision/json_merge.h"

#include "base/mem.h"
#include "t.h"

static void merged(const char *image, const char *last, const char *current, const char *want,
		   const char *want_kept)
{
	json_t *i = json_loads(image, 0, NULL), *l = last ? json_loads(last, 0, NULL) : NULL;
	json_t *c = current ? json_loads(current, 0, NULL) : NULL, *kept = json_array();
	json_t *m = json_merge_settings(i, l, c, kept);
	AUTO_FREE char *text = json_dumps(m, JSON_COMPACT | JSON_SORT_KEYS);
	AUTO_FREE char *names = json_dumps(kept, JSON_COMPACT);

	is(text, want);
	is(names, want_kept);
	json_decref(i);
	json_decref(l);
	json_decref(c);
	json_decref(m);
	json_decref(kept);
}

int main(void)
{
	merged("{\"a\":1}", NULL, NULL, "{\"a\":1}", "[]");
	/* a key of the user's own stays; a new image value takes over what nobody changed */
	merged("{\"a\":2}", "{\"a\":1}", "{\"a\":1,\"mine\":7}", "{\"a\":2,\"mine\":7}", "[]");
	/* a value that was changed by hand stays and is told */
	merged("{\"a\":2}", "{\"a\":1}", "{\"a\":9}", "{\"a\":9}", "[\"a\"]");
	/* the same change on both sides is none */
	merged("{\"a\":2}", "{\"a\":1}", "{\"a\":2}", "{\"a\":2}", "[]");
	/* what the image no longer wants goes, unless it was changed */
	merged("{}", "{\"a\":1,\"b\":1}", "{\"a\":1,\"b\":2}", "{\"b\":2}", "[]");
	/* a key that was removed by hand comes back: there is no other way to say "the default" */
	merged("{\"a\":2}", "{\"a\":2}", "{}", "{\"a\":2}", "[]");
	/* a file from elsewhere, never merged before */
	merged("{\"a\":2}", NULL, "{\"a\":{\"x\":[1]}}", "{\"a\":{\"x\":[1]}}", "[\"a\"]");
	return t_done();
}
