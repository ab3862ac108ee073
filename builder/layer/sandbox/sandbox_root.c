/* SPDX-License-Identifier: MIT */
#include "layer/sandbox/sandbox_root.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "layer/sandbox/sandbox_host.h"
#include "layer/sandbox/sandbox_kernel_files.h"
#include "layer/sandbox/sandbox_range.h"

static void add_path(struct text *t, const char *path)
{
	for (; *path; path++) {
		if (strchr(":,\\", *path))
			text_add(t, "\\", 1);
		text_add(t, path, 1);
	}
}

static struct err *mount_overlay(const struct sandbox *s, const char *root)
{
	AUTO_TEXT struct text o = { 0 };

	text_put(&o, "lowerdir=");
	for (const char *const *lower = s->lowers; *lower; lower++) {
		text_put(&o, lower == s->lowers ? "" : ":");
		add_path(&o, *lower);
	}
	if (s->upper) {
		text_put(&o, ",upperdir=");
		add_path(&o, s->upper);
		text_put(&o, ",workdir=");
		add_path(&o, s->work);
		text_put(&o, ",volatile"); /* no fsync: the result of an interrupted build is discarded */
	}
	/* A renamed folder, or a file of which only the mode changed, must be complete in the upper folder,
	 * because only that becomes the layer. userxattr implies this. */
	text_put(&o, sandbox_host_in_user_namespace() ? ",userxattr" : ",redirect_dir=nofollow,metacopy=off");
	if (!mount("overlay", root, "overlay", MS_NODEV, o.bytes))
		return NULL;
	if (errno == EINVAL && s->upper)
		return err_errno(
			errno,
			"mount overlay over %s (the store's file system cannot hold an overlay's upper "
			"folder: set MKBENCH_STORE to a folder on ext4, xfs, btrfs or tmpfs)",
			root);
	return err_errno(errno, "mount overlay over %s", root);
}

struct err *sandbox_root_take(const char *path, int user, uint64_t more, int *ret_fd)
{
	AUTO_CLOSE int fd = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	struct mount_attr attributes = { .attr_set = (uint64_t)MOUNT_ATTR_NODEV | more };

	if (fd < 0 || mount_setattr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof attributes) < 0)
		return err_errno(errno, "bind %s", path);
	attributes = (struct mount_attr){ .attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (unsigned)user };
	if (user >= 0 && mount_setattr(fd, "", AT_EMPTY_PATH, &attributes, sizeof attributes) < 0)
		return err_errno(errno, "map the ids of %s", path);
	*ret_fd = fd;
	fd = -1;
	return NULL;
}

/* From here on, this process sees the folder with the ids of the user namespace. */
static struct err *map_in_place(const char *folder, int user)
{
	AUTO_CLOSE int fd = -1;

	TRY(sandbox_root_take(folder, user, 0, &fd));
	return move_mount(fd, "", AT_FDCWD, folder, MOVE_MOUNT_F_EMPTY_PATH) < 0 ?
		       err_errno(errno, "map %s", folder) :
		       NULL;
}

static bool maps(const char *folder, int user)
{
	AUTO_CLOSE int fd = -1;
	struct err *e = sandbox_root_take(folder, user, 0, &fd);

	err_free(e);
	return !e;
}

bool sandbox_root_is_machines(const char *folder)
{
	AUTO_CLOSE int user = -1;

	if (geteuid() || sandbox_host_in_user_namespace())
		return false;
	err_free(sandbox_range_open(0, &user));
	return user < 0 || !maps(folder, user);
}

/* Not every file system supports mapped ids. */
static bool can_map(const struct sandbox *s, int user)
{
	bool can = !s->upper || maps(s->upper, user);

	for (const char *const *lower = s->lowers; can && *lower; lower++)
		can = maps(*lower, user);
	for (size_t i = 0; can && i < s->bind_count; i++)
		can = !s->binds[i].writable || maps(s->binds[i].from, user);
	return can;
}

static struct err *map_layers(const struct sandbox *s, int user)
{
	for (const char *const *lower = s->lowers; *lower; lower++)
		TRY(map_in_place(*lower, user));
	if (!s->upper)
		return NULL;
	/* overlayfs requires both on one mount */
	AUTO_FREE char *above = mem_ndup(s->upper, (size_t)(strrchr(s->upper, '/') - s->upper));
	if (strncmp(above, s->work, strlen(above)) || s->work[strlen(above)] != '/')
		return err_new(ERR_SYSTEM, "%s and %s lie in different folders", s->upper, s->work);
	return map_in_place(above, user);
}

/* Mounts the sandbox's root over the topmost lower folder, whose own mount nobody else sees here: so no
 * folder is needed for it. */
static struct err *make_root(const struct sandbox *s, int user, int *ret_fd)
{
	const char *root = s->lowers[0];

	if (!s->upper && !s->lowers[1])
		return sandbox_root_take(root, user, MOUNT_ATTR_RDONLY, ret_fd);
	if (user >= 0) {
		TRY(map_layers(s, user));
		TRY(sandbox_range_files(s->range));
	}
	TRY(mount_overlay(s, root));
	return sandbox_root_take(root, -1, 0, ret_fd);
}

/* Afterwards the old root is stacked on the new one, so it can be unmounted without a folder of its own. */
static struct err *change_root(int root)
{
	if (move_mount(root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0 || fchdir(root) < 0)
		return err_errno(errno, "enter the new root");
	if (syscall(SYS_pivot_root, ".", ".") < 0)
		return err_errno(errno, "pivot_root");
	if (umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return err_errno(errno, "leave the machine's root");
	return NULL;
}

/* The parts of the sandbox, opened while the machine's files are visible. */
struct parts {
	int user; /* namespace, or -1 */
	int root, proc;
	int *binds, nodes[SANDBOX_KERNEL_FILES_DEVICES];
	size_t bind_count;
	struct sandbox_host host;
};

static struct err *raise_loopback(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	AUTO_CLOSE int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) < 0 ? err_errno(errno, "raise the loopback interface") :
							    NULL;
}

static struct err *make_target(const char *path, bool folder)
{
	AUTO_FREE char *above = mem_ndup(path, (size_t)(strrchr(path, '/') - path));

	if (!text_starts(path, "/run/") && !text_starts(path, "/tmp/"))
		return NULL;
	TRY(file_make_folder(folder ? path : above, 0755));
	AUTO_CLOSE int fd = folder ? -1 : open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	return fd < 0 && !folder ? err_errno(errno, "make %s", path) : NULL;
}

static struct err *put(int fd, const char *to)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_errno(errno, "bind over %s", to);
	TRY(make_target(to, S_ISDIR(st.st_mode)));
	return move_mount(fd, "", AT_FDCWD, to, MOVE_MOUNT_F_EMPTY_PATH) < 0 ?
		       err_errno(errno, "bind over %s", to) :
		       NULL;
}

static struct err *mask(const char *program)
{
	struct stat st;

	if (lstat(program, &st) < 0)
		return errno == ENOENT ? NULL : err_errno(errno, "mask %s", program);
	return mount("/usr/bin/true", program, NULL, MS_BIND, NULL) < 0 ?
		       err_errno(errno, "mask %s", program) :
		       NULL;
}

/* A file of the machine must be readable by everyone to be usable in the sandbox: only the sandbox's own
 * files need its ids. */
static struct err *take_bind(const struct bind *b, int user, int *ret_fd)
{
	struct err *e = sandbox_root_take(b->from, user,
					  MOUNT_ATTR_NOSUID | (b->writable ? 0 : MOUNT_ATTR_RDONLY), ret_fd);

	if (!e || b->writable || user < 0)
		return e;
	err_free(e);
	return sandbox_root_take(b->from, -1, MOUNT_ATTR_NOSUID | MOUNT_ATTR_RDONLY, ret_fd);
}

static struct err *gather(const struct sandbox *s, struct parts *p)
{
	p->host = sandbox_host_files(s->network);
	p->bind_count = s->bind_count + p->host.count;
	p->binds = mem_array(p->bind_count, sizeof *p->binds);
	sandbox_kernel_files_take_devices(p->nodes);
	for (size_t i = 0; i < p->bind_count; i++)
		TRY(take_bind(i < s->bind_count ? &s->binds[i] : &p->host.binds[i - s->bind_count], p->user,
			      &p->binds[i]));
	TRY(sandbox_kernel_files_make_proc(&p->proc));
	return make_root(s, p->user, &p->root);
}

static struct err *furnish(const struct sandbox *s, const struct parts *p,
			   const struct sandbox_settings *settings)
{
	TRY(change_root(p->root));
	TRY(sandbox_kernel_files_mount_proc(p->proc));
	TRY(sandbox_kernel_files_fill_dev(p->nodes));
	TRY(sandbox_kernel_files_cover_proc());
	TRY(sandbox_kernel_files_tmpfs("/run", "mode=0755", 0));
	TRY(sandbox_kernel_files_tmpfs("/tmp", "mode=1777", 0));
	TRY(sandbox_host_put_settings(s, settings));
	for (size_t i = 0; i < p->bind_count; i++)
		TRY(put(p->binds[i],
			i < s->bind_count ? s->binds[i].to : p->host.binds[i - s->bind_count].to));
	for (const char *const *program = s->masked; program && *program; program++)
		TRY(mask(*program));
	if (sethostname("localhost", strlen("localhost")) < 0)
		return err_errno(errno, "set the host name");
	return raise_loopback();
}

static struct err *unshare_all(int kinds)
{
	if (unshare(kinds) < 0)
		return err_errno(errno, "make namespaces for the sandbox");
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ?
		       err_errno(errno, "make mounts private") :
		       NULL;
}

struct err *sandbox_root_enter(const struct sandbox *s, int user)
{
	struct parts p = { .user = user };
	struct sandbox_settings settings;

	TRY(unshare_all(CLONE_NEWNS));
	if (user >= 0 && !can_map(s, user))
		p.user = -1;
	sandbox_host_settings(s, &settings);
	TRY(gather(s, &p));
	if (p.user >= 0)
		TRY(sandbox_range_enter(p.user));
	TRY(unshare_all(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET));
	return furnish(s, &p, &settings);
}
