#include "run/interrupt.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>

static int signals = -1; /* never read: once readable, it stays so */

void interrupt_catch(void)
{
	sigset_t set;

	if (signals >= 0)
		return;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
}

bool interrupt_wait(int fd, int milliseconds)
{
	struct pollfd fds[] = { { signals, POLLIN, 0 }, { fd, POLLIN, 0 } };

	poll(fds, 2, milliseconds);
	return fds[0].revents != 0;
}
