/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <stdlib.h>

#include "base/child.h"
#include "base/mem.h"
#include "t.h"

/* What a shell makes of it is the word again. */
static void shell(const char *word, const char *want)
{
	AUTO_FREE char *quoted = text_shell(word), *output = NULL;
	AUTO_FREE char *line = mem_printf("printf %%s %s", quoted);
	const char *const argv[] = { "sh", "-c", line, NULL };
	int status = 1;

	is(quoted, want);
	err_free(child_run(&(struct child){ .argv = argv }, &output, NULL, &status));
	is(output, word);
}

int main(void)
{
	shell("/srv/out/demo-1.0.tar", "/srv/out/demo-1.0.tar");
	shell("file=/a,,b,format=raw", "file=/a,,b,format=raw");
	shell("out dir/demo", "'out dir/demo'");
	shell("it's $(a) \"b\" `c`", "'it'\\''s $(a) \"b\" `c`'");
	shell("*", "'*'");
	shell("~/x", "'~/x'");
	shell("a\nb\\", "'a\nb\\'");
	shell("", "''");
	return t_done();
}
