/* SPDX-License-Identifier: MIT */
#include "disk/initrd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "disk/datafs.h"
#include "lib/console_notice.h"
#include "disk/partition.h"
#include "lib/log.h"
#include "disk/seed.h"
#include "disk/verity.h"

#define ROOT "/root"
#define WAIT_MS 60000	    /* wait this long for slow disks */
#define SETTLE_MS 3000	    /* for disks beside the root */
#define SEED_MS 30000	    /* for a seed that the host has announced */
#define MODULE_COMPRESSED 4 /* MODULE_INIT_COMPRESSED_FILE of linux/module.h */
#define MACHINE "/data/.machine"

struct root {
	char *hash;
	struct partition data, tree;
};

static struct err *mount_at(const char *from, const char *to, const char *type, unsigned long flags,
			    const char *options)
{
	if (mkdir(to, 0755) < 0 && errno != EEXIST)
		return err_errno(errno, "make %s", to);
	return mount(from, to, type, flags, options) < 0 ?
		       err_errno(errno, "mount %s on %s", type ? type : from, to) :
		       NULL;
}

static struct err *begin(void)
{
	TRY(mount_at("devtmpfs", "/dev", "devtmpfs", MS_NOSUID, "mode=755"));
	TRY(mount_at("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
	TRY(mount_at("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
	TRY(mount_at("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=20%"));
	int fd = open("/dev/console", O_RDWR);
	for (int i = 0; fd >= 0 && i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
	return NULL;
}

/* Loads modules in the order of the list, which has each module after those that it needs. A module without
 * its hardware (ENODEV), or whose dependency had none (ENOENT), is no error: what counts is whether the root
 * appears. */
static struct err *load_modules(void)
{
	AUTO_FREE char *list = NULL;
	size_t len;

	TRY(file_read("/modules/list", 1 << 16, &list, &len));
	char *rest = list;
	for (char *name; (name = strsep(&rest, "\n"));) {
		AUTO_FREE char *path = mem_printf("/modules/%s", name);
		AUTO_CLOSE int fd = *name ? open(path, O_RDONLY | O_CLOEXEC) : -1;
		if (fd >= 0 &&
		    syscall(SYS_finit_module, fd, "", text_ends(name, ".ko") ? 0 : MODULE_COMPRESSED) < 0 &&
		    errno != EEXIST && errno != ENODEV && errno != ENOENT)
			log_line("warning: module %s: %s", name, strerror(errno));
	}
	return NULL;
}

/* The value of "KEY=VALUE" on the kernel's command line; the caller frees it; or NULL. */
static char *parameter(const char *key)
{
	AUTO_CLOSE int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
	char line[4096] = "", *rest = line;

	if (fd < 0 || read(fd, line, sizeof line - 1) <= 0)
		return NULL;
	for (char *word; (word = strsep(&rest, " \n"));)
		if (text_starts(word, key) && word[strlen(key)] == '=')
			return mem_dup(word + strlen(key) + 1);
	return NULL;
}

static struct err *find(const char *id, int64_t until, struct partition *ret)
{
	for (bool said = false;; said = true) {
		struct err *e = partition_find(id, ret);
		if (!e || err_code(e) != ENOENT || clock_ms() > until)
			return e;
		err_free(e);
		if (!said)
			log_line("waiting for the disk");
		clock_sleep(100);
	}
}

static struct err *find_data(int64_t until, struct partition *ret)
{
	AUTO_FREE char *value = parameter("mkbench.data");

	if (!value || !text_starts(value, "PARTUUID="))
		return err_new(ERR_SYSTEM, "the boot loader did not say mkbench.data=PARTUUID=…");
	return find(value + strlen("PARTUUID="), until, ret);
}

/* By the Discoverable Partitions Specification, one half of the root hash is the root partition's id, the
 * other half the hash tree's. */
static struct err *find_root(int64_t until, struct root *ret)
{
	struct digest hash;

	ret->hash = parameter("roothash");
	if (!ret->hash || !digest_parse(ret->hash, &hash))
		return err_new(ERR_SYSTEM, "the boot loader did not say roothash= and 64 digits");
	for (size_t i = 0; i < 2; i++) {
		const char *h = ret->hash + 32 * i;
		AUTO_FREE char *id =
			mem_printf("%.8s-%.4s-%.4s-%.4s-%.12s", h, h + 8, h + 12, h + 16, h + 20);
		TRY(find(id, until, i ? &ret->tree : &ret->data));
	}
	return NULL;
}

/* A disk for data that this machine has had before is waited for. On a first start a disk may appear a
 * little after the root. */
static struct err *find_data_disk(enum datafs_use own, struct partition *ret, bool *ret_found)
{
	int64_t until = clock_ms() + (own == DATAFS_ELSEWHERE ? WAIT_MS :
				      own == DATAFS_BLANK     ? SETTLE_MS :
								0);

	for (bool said = own != DATAFS_ELSEWHERE;; said = true) {
		struct err *e = datafs_find_disk(ret);
		*ret_found = !e;
		if (!e || err_code(e) != ENOENT)
			return e;
		err_free(e);
		if (clock_ms() >= until)
			return NULL;
		if (!said)
			log_line("waiting for the disk that has the data");
		clock_sleep(100);
	}
}

/* It takes precedence over the image's own partition for data. */
static struct err *choose_data(const struct partition *own, enum datafs_use use, struct partition *ret)
{
	bool found;

	TRY(find_data_disk(use, ret, &found));
	if (found) {
		log_line("data is on %s, a disk of its own", ret->device);
		if (use == DATAFS_USED)
			console_notice("what %s has of earlier data is kept, and not used", own->device);
		return NULL;
	}
	if (use == DATAFS_ELSEWHERE)
		return err_new(ERR_SYSTEM,
			       "the data disk is missing: attach it (to start over and LOSE that data, zero "
			       "the first sector of %s)",
			       own->device);
	*ret = *own;
	console_notice_err(partition_grow(ret), "data does not grow");
	return NULL;
}

/* A disk for data is noted on the image's own partition only once it is mounted. */
static struct err *mount_data(const struct partition *own, enum datafs_use use, const struct partition *data)
{
	TRY(datafs_prepare(data, ROOT, use != DATAFS_ELSEWHERE));
	TRY(datafs_mount(data, ROOT));
	return data->number ? NULL : datafs_leave(own);
}

/* Everything written outside /data is in memory and is lost at the next boot. */
static struct err *mount_root(const struct root *r)
{
	char device[VERITY_DEVICE];

	TRY(verity_open(r->hash, &r->data, &r->tree, device));
	struct err *e = mount_at(device, "/lower", "erofs", MS_RDONLY, NULL),
		   *damage = e ? verity_check() : NULL;
	if (damage) {
		err_free(e);
		return damage;
	}
	TRY(e);
	TRY(mount_at("tmpfs", "/upper", "tmpfs", 0, "mode=755"));
	if (mkdir("/upper/root", 0755) < 0 || mkdir("/upper/work", 0755) < 0)
		return err_errno(errno, "make the upper folders");
	return mount_at("overlay", ROOT, "overlay", 0,
			"lowerdir=/lower,upperdir=/upper/root,workdir=/upper/work");
}

static struct err *move_mounts(void)
{
	static const char *const names[] = { "/dev", "/proc", "/sys", "/run" };

	for (size_t i = 0; i < COUNT(names); i++) {
		AUTO_FREE char *to = mem_printf(ROOT "%s", names[i]);
		if (mount(names[i], to, NULL, MS_MOVE, NULL) < 0)
			return err_errno(errno, "move %s", names[i]);
		TRY(file_remove_tree(names[i])); /* the kernel's built-in initramfs has a /dev/console */
		if (symlink(to, names[i]) < 0)
			return err_errno(errno, "link %s", names[i]);
	}
	return NULL;
}

/* systemd needs the machine id before it could make one itself. The id is kept with the data and is new on
 * each new disk. */
static struct err *name_machine(void)
{
	AUTO_FREE char *id = NULL;
	size_t len = 0;
	struct err *e = file_read(ROOT MACHINE "/machine-id", 64, &id, &len);

	if (e || len != 33) {
		uint8_t bytes[16];
		struct text t = { 0 };
		err_free(e);
		if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
			return err_errno(errno, "make a machine id");
		bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
		bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
		for (size_t i = 0; i < sizeof bytes; i++)
			text_printf(&t, "%02x", bytes[i]);
		text_put(&t, "\n");
		mem_freep(&id);
		id = text_take(&t);
		TRY(file_make_folder(ROOT MACHINE, 0755));
		TRY(file_write(ROOT MACHINE "/machine-id", id, strlen(id), 0444));
	}
	return file_write(ROOT "/etc/machine-id", id, strlen(id), 0444);
}

/* Frees the memory of the initramfs. */
static void forget(void)
{
	DIR *dir = opendir("/modules");

	for (struct dirent *d; dir && (d = readdir(dir));) {
		AUTO_FREE char *path = mem_printf("/modules/%s", d->d_name);
		unlink(path);
	}
	if (dir)
		closedir(dir);
	unlink("/initrd");
}

static struct err *hand_over(void)
{
	forget();
	if (chdir(ROOT) < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 || chdir("/") < 0)
		return err_errno(errno, "change the root");
	char *const argv[] = { (char *)"/sbin/init", NULL };
	char *const env[] = { (char *)"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
			      (char *)"TERM=linux", NULL };
	execve(argv[0], argv, env);
	return err_errno(errno, "start /sbin/init");
}

static struct err *boot(void)
{
	struct root root = { 0 };
	struct partition own, data;
	int64_t until;

	TRY(begin());
	TRY(load_modules());
	until = clock_ms() + WAIT_MS;
	TRY(find_root(until, &root));
	TRY(find_data(until, &own));
	enum datafs_use use = datafs_use(&own);
	seed_take(clock_ms() + SEED_MS);
	TRY(choose_data(&own, use, &data));
	TRY(mount_root(&root));
	TRY(move_mounts());
	TRY(mount_data(&own, use, &data));
	TRY(name_machine());
	return hand_over();
}

int initrd_main(int argc, char **argv)
{
	(void)argc, (void)argv;
	if (getpid() != 1) {
		fputs("initrd is started by the kernel of a disk, as its first process\n", stderr);
		return ERR_USAGE;
	}
	log_as("initrd");
	struct err *e = boot();
	AUTO_FREE char *why = err_text(e);
	log_err(e, "THIS MACHINE CANNOT START");
	log_event(&(struct event){ .name = EVENT_CANNOT_START, .why = why });
	log_line("it is switched off in a minute");
	clock_sleep(60000);
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
