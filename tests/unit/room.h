/* SPDX-License-Identifier: MIT */
/* Disks of pretence: a mount namespace, with the rights of root, whose /sys/block is the test's to fill. */
#pragma once
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

static inline bool room_tell(const char *path, const char *text)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

static inline bool room_become_root(void)
{
	AUTO_FREE char *uids = mem_printf("0 %u 1", getuid()), *gids = mem_printf("0 %u 1", getgid());

	return !unshare(CLONE_NEWUSER) && room_tell("/proc/self/setgroups", "deny") &&
	       room_tell("/proc/self/uid_map", uids) && room_tell("/proc/self/gid_map", gids);
}

static inline bool room_enter(void)
{
	return (!geteuid() || room_become_root()) && !unshare(CLONE_NEWNS) &&
	       !mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount("none", "/sys", "tmpfs", 0, NULL);
}

/* sectors of 512 bytes, in digits. */
static inline bool room_disk(const char *name, const char *sectors, const char *serial)
{
	AUTO_FREE char *folder = mem_printf("/sys/block/%s", name), *size = mem_printf("%s/size", folder),
		       *number = mem_printf("%s/serial", folder);
	struct err *e = file_make_folder(folder, 0755);

	err_free(e);
	return !e && room_tell(size, sectors) && (!*serial || room_tell(number, serial));
}
