/* SPDX-License-Identifier: MIT */
#include "disk/seed.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/bench.h"
#include "disk/credential.h"
#include "lib/durable.h"
#include "disk/nocloud.h"
#include "lib/console_notice.h"
#include "lib/log.h"
#include "lib/sysfile.h"

#define AT "/seed"
#define LIMIT (1u << 20) /* limit of a file */
#define ISO_START 32768	 /* of the primary volume descriptor (ECMA-119, 6.2.1, 8.4) */

/* Where a volume has its label, and the magic that identifies its file system. */
static const struct shape {
	const char *type, *magic;
	off_t magic_at, label_at;
} shapes[] = {
	{ "iso9660", "\1CD001", ISO_START, ISO_START + 40 },
	{ "vfat", "FAT32   ", 82, 71 },
	{ "vfat", "FAT16   ", 54, 43 },
	{ "vfat", "FAT12   ", 54, 43 },
	{ "vfat", "FAT     ", 54, 43 },
};

/* Reading a drive without a disc would fill the kernel's log with errors. */
static bool is_empty_drive(int fd)
{
	int status = ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT);

	return status >= 0 && status != CDS_DISC_OK && status != CDS_NO_INFO;
}

/* The type of a seed's file system, or NULL. */
static const char *type_of(const char *device)
{
	/* only with O_NONBLOCK does a drive without a disc open */
	AUTO_CLOSE int fd = open(device, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char bytes[16];

	if (fd < 0 || is_empty_drive(fd))
		return NULL;
	for (size_t i = 0; i < COUNT(shapes); i++) {
		const struct shape *s = &shapes[i];
		size_t len = strlen(s->magic);
		if (pread(fd, bytes, len, s->magic_at) != (ssize_t)len || memcmp(bytes, s->magic, len))
			continue;
		if (pread(fd, bytes, 7, s->label_at) == 7 && !strncasecmp(bytes, "cidata ", 7))
			return s->type;
	}
	return NULL;
}

static const char *find(char **ret_device)
{
	DIR *dir = opendir("/sys/class/block");
	const char *type = NULL;

	for (struct dirent *d; dir && !type && (d = readdir(dir));) {
		AUTO_FREE char *device = mem_printf("/dev/%s", d->d_name);
		if (d->d_name[0] != '.' && (type = type_of(device)))
			*ret_device = TAKE(device);
	}
	if (dir)
		closedir(dir);
	return type;
}

static bool is_promised(void)
{
	AUTO_FREE char *text = sysfile_read("/sys/class/dmi/id/product_serial", NULL);

	return strstr(text, "ds=nocloud");
}

static void read_file(const char *name, struct nocloud *n,
		      void (*take)(struct nocloud *, const char *, size_t))
{
	AUTO_FREE char *path = mem_printf(AT "/%s", name), *bytes = NULL;
	size_t len = 0;
	struct err *e = file_read(path, LIMIT, &bytes, &len);

	if (!e)
		take(n, bytes, len);
	else if (err_code(e) != ENOENT) {
		AUTO_FREE char *why = err_text(e);
		text_printf(&n->notes, "%s cannot be read: %s\n", name, why);
	}
	err_free(e);
}

/* Notes a file that is there, is not empty, and is never read. */
static void read_nothing(const char *name, const char *why, struct nocloud *n)
{
	AUTO_FREE char *path = mem_printf(AT "/%s", name);
	struct stat st;

	if (!stat(path, &st) && st.st_size)
		text_printf(&n->notes, "%s is not used: %s\n", name, why);
}

static struct err *read_volume(const char *device, const char *type, struct nocloud *n)
{
	mkdir(AT, 0700);
	if (mount(device, AT, type, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return err_errno(errno, "mount %s", device);
	read_file("meta-data", n, nocloud_meta);
	read_file("user-data", n, nocloud_user);
	read_nothing("network-config", "the network is set up by DHCP", n);
	read_nothing("vendor-data", "it is the seed's maker's, not yours", n);
	return umount(AT) < 0 ? err_errno(errno, "unmount %s", device) : NULL;
}

static struct err *give(const char *name, const char *value)
{
	AUTO_FREE char *path = mem_printf(CREDENTIAL_SEED "/%s", name);

	return file_write(path, value, strlen(value), 0400);
}

static struct err *give_all(const struct nocloud *n)
{
	TRY(durable_folder(BENCH_RUN, 0755, &durable_root));
	TRY(durable_folder(CREDENTIAL_SEED, 0700, &durable_root));
	if (n->hostname)
		TRY(give("system.hostname", n->hostname));
	if (n->keys.len)
		TRY(give("ssh.authorized_keys.root", n->keys.bytes));
	for (size_t i = 0; i < n->setting_count; i++)
		TRY(give(n->settings[i].name, n->settings[i].value));
	if (!n->ntp.len)
		return NULL;
	AUTO_FREE char *conf = mem_printf("[Time]\nNTP=%s\n", n->ntp.bytes);
	TRY(file_make_folder("/run/systemd/timesyncd.conf.d", 0755));
	return file_write("/run/systemd/timesyncd.conf.d/50-nocloud.conf", conf, strlen(conf), 0644);
}

static void take_volume(const char *device, const char *type)
{
	struct nocloud n = { 0 };
	struct err *e = read_volume(device, type, &n);

	if (!e)
		e = give_all(&n);
	char *rest = n.notes.bytes;
	for (char *line; rest && (line = strsep(&rest, "\n"));)
		if (*line)
			console_notice("seed: %s", line);
	nocloud_done(&n);
	if (!e)
		log_line("settings from the seed on %s", device);
	console_notice_err(e, "seed");
}

void seed_take(int64_t until)
{
	bool promised = is_promised();
	AUTO_FREE char *device = NULL;
	const char *type;

	while (!(type = find(&device)) && promised && clock_ms() < until)
		clock_sleep(100);
	if (type)
		take_volume(device, type);
	else if (promised)
		console_notice("seed: the host promises one (ds=nocloud), but no volume is labelled cidata");
}
