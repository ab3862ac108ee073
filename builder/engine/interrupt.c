/* SPDX-License-Identifier: MIT */
#include "engine/interrupt.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>

static int signals = -1; /* never read: once readable, it stays readable */

static sigset_t ends(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	return set;
}

void interrupt_catch(void)
{
	sigset_t set = ends();

	if (signals >= 0)
		return;
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
}

void interrupt_release(void)
{
	sigset_t set = ends();

	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

bool interrupt_wait(int fd, int milliseconds)
{
	struct pollfd fds[] = { { signals, POLLIN, 0 }, { fd, POLLIN, 0 } };

	poll(fds, 2, milliseconds);
	return fds[0].revents != 0;
}
