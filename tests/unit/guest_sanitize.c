/* SPDX-License-Identifier: MIT */
#include "lib/sanitize.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "provision/report.h"
#include "t.h"

static void lines(void)
{
	json_t *text = sanitize_json("caf\xe9 caf\xc3\xa9\n\033[2J\xc2\x9b\xe2\x80\xae\ttail");

	is(json_string_value(text), "caf? caf\xc3\xa9 ?[2J????? tail");
	json_decref(text);
}

/* A reason that nobody can read whole is still a reason. */
static void reason(void)
{
	char folder[] = "/tmp/guest_plain.XXXXXX";
	AUTO_FREE char *bytes = NULL;
	size_t len;

	ok(mkdtemp(folder) != NULL);
	AUTO_FREE char *path = mem_printf("%s/steps.json", folder);
	struct report *r = report_new(folder);
	report_plan(r, "create");
	report_begin(r, "create");
	report_end(r, false, "no \xe9toile");
	report_free(r);
	struct err *e = file_read(path, 1 << 20, &bytes, &len);
	ok(!e && strstr(bytes, "\"no ?toile\""));
	err_free(e);
	e = file_remove_tree(folder);
	ok(!e);
	err_free(e);
}

int main(void)
{
	lines();
	reason();
	return t_done();
}
