/* SPDX-License-Identifier: MIT */
#include "layer/sandbox/sandbox_stranger.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "layer/sandbox/sandbox_range.h"
#include "layer/sandbox/sandbox_root.h"

#define RANGE (SANDBOX_RANGES - 1) /* sandboxes start at the other end */

unsigned sandbox_stranger_id(void)
{
	return sandbox_range_owner(RANGE);
}

/* The mount point of a file's file system, by its device; the caller's to free. */
static char *mount_of(const char *path)
{
	AUTO_FREE char *top = mem_dup(path);
	struct stat own, above;

	while (strcmp(top, "/") && !stat(top, &own)) {
		AUTO_FREE char *parent = mem_dup(top);
		char *slash = strrchr(parent, '/');
		slash[slash == parent] = '\0';
		if (stat(parent, &above) < 0 || above.st_dev != own.st_dev)
			break;
		free(top);
		top = TAKE(parent);
	}
	return TAKE(top);
}

static struct err *show(int fd, const char *place, const char *path)
{
	AUTO_FREE char *at = mem_printf("%s%s", place, path);

	return move_mount(fd, "", AT_FDCWD, at, MOVE_MOUNT_F_EMPTY_PATH) < 0 ?
		       err_errno(errno, "show %s at %s", path, at) :
		       NULL;
}

struct err *sandbox_stranger_become(const char *place, const char *path, bool *ret)
{
	AUTO_FREE char *mounted = mount_of(path);
	AUTO_CLOSE int user = -1, root = -1, more = -1;

	*ret = false;
	TRY(sandbox_range_open(RANGE, &user));
	if (user < 0)
		return NULL;
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return err_errno(errno, "make mounts private");
	struct err *e = sandbox_root_take("/", user, 0, &root);
	if (!e && strcmp(mounted, "/"))
		e = sandbox_root_take(mounted, user, 0, &more);
	if (e) {
		err_free(e);
		return NULL;
	}
	TRY(show(root, place, ""));
	if (more >= 0)
		TRY(show(more, place, mounted));
	TRY(sandbox_range_enter(user));
	*ret = true;
	return NULL;
}
