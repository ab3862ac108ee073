/* SPDX-License-Identifier: MIT */
#include "lib/environment.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "t.h"

#define NAME "MKBENCH_ADMIN_PASSWORD"

static char folder[] = "/tmp/guest_setting.XXXXXX";

/* What the setting reads as: its value, "(none)", or the error's text. */
static char *now(void)
{
	char *value = NULL;
	struct err *e = environment_text(NAME, &value);
	char *text = e ? err_text(e) : value ? value : mem_dup("(none)");

	err_free(e);
	return text;
}

static void reads(const char *want)
{
	AUTO_FREE char *got = now();

	is(got, want);
}

static void fails(const char *part)
{
	AUTO_FREE char *got = now();

	ok(strstr(got, part) != NULL);
	printf("# %s\n", got);
}

static void from_environment(void)
{
	reads("(none)");
	setenv(NAME, "", 1);
	reads("(none)");
	setenv(NAME, " a $b `c`; d ", 1);
	reads(" a $b `c`; d ");
	setenv(NAME, "\"quoted\"", 1);
	reads("\"quoted\"");
	setenv(NAME, "two\nlines", 1);
	fails("line break");
	setenv(NAME, "\xff\xfe", 1);
	fails("not UTF-8");
	AUTO_FREE char *lots = mem_array(70001, 1);
	memset(lots, 'x', 70000);
	setenv(NAME, lots, 1);
	fails("70000 bytes");
	unsetenv(NAME);
}

static void file(const char *bytes, size_t len, mode_t mode)
{
	AUTO_FREE char *path = mem_printf("%s/secret", folder);

	err_free(file_write(path, bytes, len, mode));
	setenv(NAME "_FILE", path, 1);
}

static void from_file(void)
{
	file("pass\n", 5, 0600);
	reads("pass");
	file("pass\r\n", 6, 0600);
	reads("pass");
	file("pass", 4, 0644);
	reads("pass");
	file("a\nb\n", 4, 0600);
	fails("line break");
	file("a\0b", 3, 0600);
	fails("control character");
	file("\n", 1, 0600);
	fails("is empty");
	file("", 0, 0600);
	fails("is empty");
	setenv(NAME, "also", 1);
	fails("both given");
	unsetenv(NAME);
	setenv(NAME "_FILE", folder, 1);
	fails("not a regular file");
	AUTO_FREE char *fifo = mem_printf("%s/fifo", folder);
	ok(!mkfifo(fifo, 0600));
	setenv(NAME "_FILE", fifo, 1);
	fails("not a regular file");
	setenv(NAME "_FILE", "/nowhere/x", 1);
	fails("No such file");
	setenv(NAME "_FILE", "", 1);
	reads("(none)");
	unsetenv(NAME "_FILE");
}

static int check_kind(char **environment)
{
	struct err *e = environment_check(environment);
	int kind = e ? (int)err_kind(e) : 0;

	err_free(e);
	return kind;
}

static void checks(void)
{
	char *fine[] = { (char *)"PATH=/bin", (char *)"MKBENCH_EPHEMERAL=Yes", (char *)"MKBENCH_EPHEMERLA=1",
			 NULL };
	char *vague[] = { (char *)"MKBENCH_EPHEMERAL=maybe", NULL };
	static const char *const wrong[] = { "5m", "0", "3601", "-1", " 5", "99999999999999999999" };
	char *both[] = { (char *)NAME "_FILE=/x", NULL };

	ok(check_kind(fine) == 0); /* an unknown name is said, not refused */
	ok(check_kind(vague) == ERR_USAGE);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		AUTO_FREE char *pair = mem_printf("MKBENCH_STOP_SECONDS=%s", wrong[i]);
		ok(check_kind((char *[]){ pair, NULL }) == ERR_USAGE);
	}
	ok(check_kind((char *[]){ (char *)"MKBENCH_STOP_SECONDS=3600",
				  (char *)"MKBENCH_STOP_SECONDS=", NULL }) == 0);
	setenv(NAME, "x", 1);
	ok(check_kind(both) == ERR_USAGE);
	unsetenv(NAME);
	setenv("MKBENCH_EPHEMERAL", "TRUE", 1);
	ok(environment_flag("MKBENCH_EPHEMERAL"));
	setenv("MKBENCH_EPHEMERAL", "off", 1);
	ok(!environment_flag("MKBENCH_EPHEMERAL"));
}

static void cleans(void)
{
	char *dirty[] = {
		(char *)"PATH=/bin",
		(char *)NAME "=x",
		(char *)"LD_PRELOAD=/x.so",
		(char *)"PYTHONPATH=/x",
		(char *)"TZ=UTC",
		(char *)"NODE_OPTIONS=-r x",
		NULL,
	};
	AUTO_FREE char **clean = environment_environment(dirty);

	is(clean[0], "PATH=/bin");
	is(clean[1], "TZ=UTC");
	ok(!clean[2]);
}

int main(void)
{
	unsetenv(NAME);
	ok(mkdtemp(folder) != NULL);
	from_environment();
	from_file();
	checks();
	cleans();
	err_free(file_remove_tree(folder));
	return t_done();
}
