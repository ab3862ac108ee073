/* SPDX-License-Identifier: MIT */
/* The program's entry: finds the command for the command line and turns its error into an exit status. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/progress.h"
#include "base/text.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/event_line.h"
#include "cmd/help.h"
#include "cmd/option.h"
#include "layer/sandbox/sandbox_gate.h"
#include "engine/interrupt.h"
#include "version.h" /* made by the Makefile */

static void print(const struct text *t, FILE *out)
{
	fputs(t->bytes, out);
}

static struct err *show_help(int argc, char **argv)
{
	AUTO_TEXT struct text out = { 0 };
	const struct cmd *c;

	if (argc > 2)
		return err_new(ERR_USAGE, "help takes one command: mkbench help [COMMAND]");
	if (argc < 2) {
		help_usage(&out);
	} else if (!strcmp(argv[1], "--man")) {
		help_manual(MKBENCH_VERSION, &out);
	} else {
		TRY(cmd_find(argv[1], &c));
		help_page(c, &out);
	}
	print(&out, stdout);
	return NULL;
}

static bool is_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h");
}

/* Words after --exec and similar options are for a program inside an image. */
static bool asks_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") && strcmp(argv[i], "--exec") &&
			strncmp(argv[i], "--inside", 8);
	     i++)
		if (is_help(argv[i]))
			return true;
	return false;
}

static struct err *dispatch(int argc, char **argv)
{
	const struct cmd *c;

	if (is_help(argv[0]))
		return show_help(1, argv);
	if (!strcmp(argv[0], "help"))
		return show_help(argc, argv);
	if (!strcmp(argv[0], "--version") || !strcmp(argv[0], "version") || !strcmp(argv[0], "-V")) {
		puts("mkbench " MKBENCH_VERSION MKBENCH_COMMIT);
		return NULL;
	}
	TRY(cmd_find(argv[0], &c));
	return asks_help(argc, argv) ? show_help(2, (char *[]){ argv[0], argv[0] }) : c->run(argc, argv);
}

/* A result that could not be written to a full disk is not a success. */
static struct err *flush(void)
{
	return fflush(stdout) || ferror(stdout) ? err_errno(errno, "write standard output") : NULL;
}

static pid_t self;

/* Says so and ends by the signal, as shells expect. Unfinished files in the store have no name yet
 * (store/store.h). */
static void interrupted(int number)
{
	static const char words[] = "\nmkbench: interrupted\n",
			  event[] = "\n{\"event\":\"error\",\"status\":130,\"text\":\"interrupted\"}\n";
	const char *says = option_events() ? event : words;
	size_t without_bar = !progress_stands(), len = option_events() ? sizeof event - 1 : sizeof words - 1;

	if (getpid() == self)
		child_kill_all();
	if (getpid() == self && write(STDERR_FILENO, says + without_bar, len - without_bar) < 0)
		_exit(128 + number);
	raise(number);
}

static void expect(int number)
{
	struct sigaction how = { .sa_handler = interrupted, .sa_flags = (int)SA_RESETHAND }, before;

	if (!sigaction(number, NULL, &before) && before.sa_handler == SIG_DFL)
		sigaction(number, &how, NULL);
}

/* If the caller closed a standard stream, a file of the store could get its number, and messages would be
 * written into that file. So the number is occupied by something unusable. */
static void reserve_streams(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
			_exit(ERR_SYSTEM);
}

int main(int argc, char **argv)
{
	reserve_streams();
	if (argc < 2) {
		AUTO_TEXT struct text out = { 0 };
		help_usage(&out);
		print(&out, stderr);
		return ERR_USAGE;
	}
	if (!strcmp(argv[1], "--gate")) /* the gate of a build step's network; internal */
		return sandbox_gate_main(argv);
	self = getpid();
	expect(SIGINT);
	expect(SIGTERM);
	struct err *e = dispatch(argc - 1, argv + 1);
	if (!e)
		e = flush();
	if (!e)
		return 0;
	AUTO_FREE char *text = err_text(e);
	int status = (int)err_kind(e);
	utf8_plain(text); /* parts of it may come from an image, a server or a program */
	if (option_events())
		event_line_error(status, text);
	else
		fprintf(stderr, "mkbench: %s\n", text);
	err_free(e);
	if (status == ERR_INTERRUPT)
		interrupt_release();
	return status;
}
