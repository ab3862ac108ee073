/* SPDX-License-Identifier: MIT */
#include "lib/command.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "t.h"

static char folder[] = "/tmp/guest_command.XXXXXX";

static off_t size_of(const char *name)
{
	AUTO_FREE char *path = mem_printf("%s/service-logs/%s", folder, name);
	struct stat st;

	return stat(path, &st) ? -1 : st.st_size;
}

static struct err *run(const char *script)
{
	const struct bench b = { .data = folder, .path = "/home/x/bench" };
	const char *const argv[] = { "/bin/sh", "-c", script, NULL }, *const env[] = { NULL };

	return command_run(&b,
			   &(struct bench_command){ .name = "step", .argv = argv, .env = env, .seconds = 60 },
			   NULL, NULL, 0, NULL);
}

/* A step that fails for days: its words do not fill the volume. */
static void log_is_bounded(void)
{
	int fine = 0;

	for (int i = 0; i < 25; i++) {
		struct err *e = run("head -c 900000 /dev/zero | tr '\\0' x");
		fine += !e;
		err_free(e);
	}
	ok(fine == 25);
	ok(size_of("provision.log") > 0 && size_of("provision.log") <= 5000000);
	ok(size_of("provision.log.1") > 4000000 && size_of("provision.log.1") <= 5000000);
	ok(size_of("provision.log.2") > 4000000 && size_of("provision.log.2") <= 5000000);
	ok(size_of("provision.log.3") < 0);
}

/* ... nor does one line of it the ledger. */
static void reason_is_bounded(void)
{
	struct err *e = run("head -c 900000 /dev/zero | tr '\\0' x; echo; echo the last; exit 3");
	AUTO_FREE char *why = e ? err_text(e) : mem_dup("");

	ok(strlen(why) > 200 && strlen(why) < 700 && strstr(why, "ended with status 3: xxx") &&
	   strstr(why, "x | the last"));
	err_free(e);
}

int main(void)
{
	ok(mkdtemp(folder) != NULL);
	AUTO_FREE char *logs = mem_printf("%s/service-logs", folder);
	struct err *e = file_make_folder(logs, 0755);
	ok(!e);
	log_is_bounded();
	reason_is_bounded();
	e = e ? e : file_remove_tree(folder);
	ok(!e);
	err_free(e);
	return t_done();
}
