/* SPDX-License-Identifier: MIT */
#include "lib/console_notice.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "lib/log.h"

void console_notice(const char *fmt, ...)
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
	AUTO_CLOSE int fd = open(CONSOLE_NOTICE_FILE, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd >= 0)
		err_free(file_write_all(fd, line, strlen(line), CONSOLE_NOTICE_FILE));
	log_line("warning: %s", words);
}

void console_notice_err(struct err *e, const char *what)
{
	AUTO_FREE char *why = e ? err_text(e) : NULL;

	if (why)
		console_notice("%s: %s", what, why);
	err_free(e);
}
