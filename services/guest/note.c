/* SPDX-License-Identifier: MIT */
#include "note.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "say.h"

void note(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	AUTO_FREE char *words = mem_vprintf(fmt, ap);
	va_end(ap);
	for (char *c = words; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	AUTO_FREE char *line = mem_printf("%s\n", words);
	mkdir("/run/mkbench", 0755);
	AUTO_CLOSE int fd = open(NOTE_FILE, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd >= 0)
		err_free(file_write_all(fd, line, strlen(line), NOTE_FILE));
	say("warning: %s", words);
}

void note_err(struct err *e, const char *what)
{
	AUTO_FREE char *why = e ? err_text(e) : NULL;

	if (why)
		note("%s: %s", what, why);
	err_free(e);
}
