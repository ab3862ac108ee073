#include "layer/sandbox_root.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "layer/sandbox_host.h"

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
		text_put(&o, ",volatile"); /* no fsync: a build that is cut off is thrown away */
	}
	/* A folder that was renamed, or a file of which only the mode changed, must be whole
	 * in the upper folder: it is all that becomes a layer. userxattr implies that. */
	text_put(&o, sandbox_host_in_user_namespace() ? ",userxattr" : ",redirect_dir=nofollow,metacopy=off");
	if (!mount("overlay", root, "overlay", MS_NODEV, o.bytes))
		return NULL;
	if (errno == EINVAL && s->upper)
		return err_errno(errno, "mount overlay over %s (the store's file system cannot hold an overlay's upper "
				 "folder: set MKBENCH_STORE to a folder on ext4, xfs, btrfs or tmpfs)", root);
	return err_errno(errno, "mount overlay over %s", root);
}

/* The room's root is mounted over the topmost lower folder, whose own mount nobody
 * else sees here: no folder has to be made for it. */
static struct err *mount_root(const struct sandbox *s)
{
	const char *root = s->lowers[0];

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return err_errno(errno, "make mounts private");
	if (s->upper || s->lowers[1])
		TRY(mount_overlay(s, root));
	else if (mount(root, root, NULL, MS_BIND, NULL) < 0 ||
		 mount(NULL, root, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NODEV, NULL) < 0)
		return err_errno(errno, "mount %s", root);
	return chdir(root) < 0 ? err_errno(errno, "enter %s", root) : NULL;
}

static struct err *leave_old_root(void)
{
	if (syscall(SYS_pivot_root, ".", ".") < 0)
		return err_errno(errno, "pivot_root");
	/* the old root lies over the new one now, and goes without a place of its own */
	if (umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return err_errno(errno, "leave the host's root");
	return NULL;
}

static struct err *mount_tmpfs(const char *path, const char *options)
{
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return err_errno(errno, "make %s", path);
	return mount("tmpfs", path, "tmpfs", MS_NOSUID, options) < 0 ? err_errno(errno, "mount %s", path) : NULL;
}

/* Where a container's engine covers parts of /proc the kernel refuses a new one: then
 * the host's serves. The switches of the kernel are out of reach in either. */
static struct err *mount_proc(int host_proc)
{
	static const char *const switches[] = { "/proc/sys", "/proc/sysrq-trigger" };

	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0 &&
	    ((errno != EPERM && errno != EACCES) || host_proc < 0 ||
	     move_mount(host_proc, "", AT_FDCWD, "/proc", MOVE_MOUNT_F_EMPTY_PATH) < 0))
		return err_errno(errno, "mount /proc");
	for (size_t i = 0; i < COUNT(switches); i++)
		if ((mount(switches[i], switches[i], NULL, MS_BIND, NULL) < 0 ||
		     mount(NULL, switches[i], NULL,
			   MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0) &&
		    errno != ENOENT)
			return err_errno(errno, "protect %s", switches[i]);
	return NULL;
}

static const char *const devices[] = { "null", "zero", "full", "random", "urandom", "tty" };
static const unsigned minors[] = { 3, 5, 7, 8, 9, 0 };

/* In a user namespace no device can be made: then the host's own is bound. */
static struct err *make_device(size_t i, int host)
{
	AUTO_FREE char *path = mem_printf("/dev/%s", devices[i]);
	bool tty = !strcmp(devices[i], "tty");

	if (!mknod(path, S_IFCHR | 0666, makedev(tty ? 5 : 1, minors[i])))
		return chmod(path, 0666) < 0 ? err_errno(errno, "%s", path) : NULL;
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0 || host < 0 || move_mount(host, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return err_errno(errno, "make %s", path);
	return NULL;
}

static struct err *fill_dev(const int *host)
{
	static const char *const links[][2] = { { "/proc/self/fd", "/dev/fd" }, { "/proc/self/fd/0", "/dev/stdin" },
						{ "/proc/self/fd/1", "/dev/stdout" }, { "/proc/self/fd/2", "/dev/stderr" },
						{ "pts/ptmx", "/dev/ptmx" } };

	TRY(mount_tmpfs("/dev", "mode=0755,size=16m"));
	for (size_t i = 0; i < COUNT(devices); i++)
		TRY(make_device(i, host[i]));
	for (size_t i = 0; i < COUNT(links); i++)
		if (symlink(links[i][0], links[i][1]) < 0)
			return err_errno(errno, "make %s", links[i][1]);
	if (mkdir("/dev/pts", 0755) < 0 || mkdir("/dev/shm", 01777) < 0 || chmod("/dev/shm", 01777) < 0)
		return err_errno(errno, "fill /dev");
	if (mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5") < 0)
		return err_errno(errno, "mount /dev/pts");
	return NULL;
}

static struct err *raise_loopback(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	AUTO_CLOSE int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) < 0 ? err_errno(errno, "raise the loopback interface") : NULL;
}

/* A detached copy of what is mounted at a path, to be put in place once the old root is gone. */
static struct err *take(const char *path, bool writable, int *ret_fd)
{
	AUTO_CLOSE int fd = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	struct mount_attr attributes = { .attr_set = MOUNT_ATTR_RDONLY };

	if (fd < 0 || (!writable && mount_setattr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof attributes) < 0))
		return err_errno(errno, "bind %s", path);
	*ret_fd = fd;
	fd = -1;
	return NULL;
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
	return move_mount(fd, "", AT_FDCWD, to, MOVE_MOUNT_F_EMPTY_PATH) < 0 ? err_errno(errno, "bind over %s", to) : NULL;
}

static struct err *mask(const char *program)
{
	struct stat st;

	if (lstat(program, &st) < 0)
		return errno == ENOENT ? NULL : err_errno(errno, "mask %s", program);
	return mount("/usr/bin/true", program, NULL, MS_BIND, NULL) < 0 ? err_errno(errno, "mask %s", program) : NULL;
}

struct err *sandbox_root_enter(const struct sandbox *s)
{
	struct sandbox_host host = sandbox_host_files(s->network);
	size_t count = s->bind_count + host.count;
	AUTO_FREE int *taken = mem_array(count, sizeof *taken);
	struct sandbox_settings settings;
	int nodes[COUNT(devices)];

	for (size_t i = 0; i < COUNT(devices); i++) {
		AUTO_FREE char *path = mem_printf("/dev/%s", devices[i]);
		nodes[i] = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	}
	for (size_t i = 0; i < count; i++) {
		const struct bind *b = i < s->bind_count ? &s->binds[i] : &host.binds[i - s->bind_count];
		TRY(take(b->from, b->writable, &taken[i]));
	}
	sandbox_host_settings(s, &settings);
	int proc = open_tree(AT_FDCWD, "/proc", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	TRY(mount_root(s));
	TRY(leave_old_root());
	TRY(mount_proc(proc));
	TRY(fill_dev(nodes));
	TRY(mount_tmpfs("/run", "mode=0755"));
	TRY(mount_tmpfs("/tmp", "mode=1777"));
	TRY(sandbox_host_put_settings(s, &settings));
	for (size_t i = 0; i < count; i++)
		TRY(put(taken[i], i < s->bind_count ? s->binds[i].to : host.binds[i - s->bind_count].to));
	for (const char *const *program = s->masked; program && *program; program++)
		TRY(mask(*program));
	if (sethostname("localhost", strlen("localhost")) < 0)
		return err_errno(errno, "set the host name");
	return s->network ? NULL : raise_loopback();
}

struct err *sandbox_root_drop(const struct sandbox *s)
{
	static const int kept[] = { CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID, CAP_KILL, CAP_SETGID, CAP_SETUID,
				    CAP_SETPCAP, CAP_NET_BIND_SERVICE, CAP_SYS_CHROOT, CAP_MKNOD, CAP_AUDIT_WRITE, CAP_SETFCAP };
	uint64_t mask = 0;

	for (size_t i = 0; i < COUNT(kept); i++)
		mask |= UINT64_C(1) << kept[i];
	for (int c = 0; c <= CAP_LAST_CAP; c++)
		if (!(mask >> c & 1) && prctl(PR_CAPBSET_DROP, c, 0, 0, 0) < 0 && errno != EINVAL)
			return err_errno(errno, "drop capability %d", c);
	if (chdir(s->cwd ? s->cwd : "/") < 0)
		return err_errno(errno, "enter %s", s->cwd);
	if (setgroups(0, NULL) < 0 || setresgid(s->gid, s->gid, s->gid) < 0 || setresuid(s->uid, s->uid, s->uid) < 0)
		return err_errno(errno, "become user %u of group %u", s->uid, s->gid);
	return NULL;
}
