/* SPDX-License-Identifier: MIT */
#include "base/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"

static volatile sig_atomic_t resized;

static void resize(int number)
{
	(void)number;
	resized = 1;
}

static void copy_size(int ours)
{
	struct winsize size;

	resized = 0;
	if (!ioctl(STDIN_FILENO, TIOCGWINSZ, &size))
		ioctl(ours, TIOCSWINSZ, &size);
}

void terminal_open(int *ret_ours, int *ret_theirs)
{
	AUTO_CLOSE int ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	*ret_ours = *ret_theirs = -1;
	if (ours < 0 || unlockpt(ours) < 0)
		return;
	*ret_theirs = ioctl(ours, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*ret_theirs < 0)
		return;
	copy_size(ours);
	*ret_ours = ours;
	ours = -1;
}

struct err *terminal_enter(int theirs)
{
	if (setsid() < 0 || ioctl(theirs, TIOCSCTTY, 0) < 0 || dup2(theirs, 0) < 0 || dup2(theirs, 1) < 0 ||
	    dup2(theirs, 2) < 0)
		return err_errno(errno, "take a terminal");
	return NULL;
}

/* Returns false at the end: for a terminal, that is an error. */
static bool carry(int from, int to)
{
	char bytes[4096];
	ssize_t n = read(from, bytes, sizeof bytes);

	if (n < 0 && errno == EINTR)
		return true;
	if (n <= 0)
		return false;
	struct err *e = file_write_all(to, bytes, (size_t)n, "the terminal");
	err_free(e);
	return !e;
}

static void converse(int ours)
{
	struct pollfd fds[] = { { ours, POLLIN, 0 },
				{ isatty(STDIN_FILENO) ? STDIN_FILENO : -1, POLLIN, 0 } };
	int shown = isatty(STDOUT_FILENO) ? STDOUT_FILENO : STDERR_FILENO;

	for (;;) {
		int n = poll(fds, 2, -1);
		if (resized)
			copy_size(ours);
		if (n < 0)
			continue;
		if (fds[0].revents && !carry(ours, shown))
			return;
		if (fds[1].revents && !carry(STDIN_FILENO, ours))
			fds[1].fd = -1;
	}
}

struct err *terminal_serve(int ours)
{
	struct sigaction how = { .sa_handler = resize };
	struct termios before, raw;
	bool typed = isatty(STDIN_FILENO);

	if ((typed && tcgetattr(STDIN_FILENO, &before) < 0) || sigaction(SIGWINCH, &how, NULL) < 0)
		return err_errno(errno, "ask the terminal");
	if (typed) {
		raw = before;
		cfmakeraw(&raw);
		tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	}
	converse(ours);
	if (typed)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	return NULL;
}
