/* SPDX-License-Identifier: MIT */
#include "layer/sandbox/sandbox_descriptor.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

union passed {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(int))];
};

int sandbox_descriptor_pass(int over, int fd)
{
	union passed control = { 0 };
	struct iovec one = { (char[]){ 'f' }, 1 };
	struct msghdr message = {
		.msg_iov = &one, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
	};
	ssize_t n;

	control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof fd),
					 .cmsg_level = SOL_SOCKET,
					 .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(&control.head), &fd, sizeof fd);
	while ((n = sendmsg(over, &message, MSG_NOSIGNAL)) < 0 && errno == EINTR)
		continue;
	return n == 1 ? 0 : -1;
}

int sandbox_descriptor_take(int over)
{
	union passed control = { 0 };
	char byte;
	struct iovec one = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &one, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
	};
	int fd = -1;
	ssize_t n;

	while ((n = recvmsg(over, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
		continue;
	if (n == 1 && message.msg_controllen >= sizeof control.head && control.head.cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(&control.head), sizeof fd);
	return fd;
}
