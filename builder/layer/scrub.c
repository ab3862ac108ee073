/* SPDX-License-Identifier: MIT */
#include "layer/scrub.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "layer/scan.h"

enum action { REMOVE, EMPTY, UNDATE, UNDATE_FONTS };

static const struct rule {
	const char *glob;
	enum action action;
} rules[] = {
	{ "/usr/sbin/policy-rc.d", REMOVE },
	/* the machine's identity: each instance's first boot sets it */
	{ "/etc/machine-id", EMPTY },
	{ "/var/lib/dbus/machine-id", REMOVE },
	{ "/var/lib/systemd/random-seed", REMOVE },
	{ "/var/lib/systemd/credential.secret", REMOVE },
	{ "/etc/ssh/ssh_host_*", REMOVE },
	{ "/etc/ssl/private/ssl-cert-snakeoil.key", REMOVE },
	{ "/etc/ssl/certs/ssl-cert-snakeoil.pem", REMOVE },
	{ "/var/lib/mysql/*", REMOVE },
	/* logs and caches */
	{ "/var/log/dpkg.log", REMOVE },
	{ "/var/log/alternatives.log", REMOVE },
	{ "/var/log/bootstrap.log", REMOVE },
	{ "/var/log/apt/*", REMOVE },
	{ "/var/log/journal/*", REMOVE },
	{ "/var/log/*", EMPTY },
	{ "/var/cache/ldconfig/aux-cache", REMOVE },
	{ "/var/cache/apt/*.bin", REMOVE },
	{ "/var/cache/apt/archives/*.deb", REMOVE },
	{ "/var/lib/apt/lists/*", REMOVE },
	{ "/var/tmp/*", REMOVE },
	{ "/root/.cache/*", REMOVE },
	/* backups and locks */
	{ "/var/cache/debconf/*-old", REMOVE },
	{ "/var/lib/dpkg/*-old", REMOVE },
	{ "/var/lib/dpkg/lock*", REMOVE },
	{ "/var/lib/dpkg/triggers/Lock", REMOVE },
	{ "/etc/passwd-", REMOVE },
	{ "/etc/group-", REMOVE },
	{ "/etc/shadow-", REMOVE },
	{ "/etc/gshadow-", REMOVE },
	{ "/etc/subuid-", REMOVE },
	{ "/etc/subgid-", REMOVE },
	{ "/etc/.pwd.lock", REMOVE },
	{ "/etc/shadow", UNDATE },
	{ "/var/cache/fontconfig/*-le64.cache-*", UNDATE_FONTS },
};

static struct err *empty_file(const char *path)
{
	return truncate(path, 0) < 0 ? err_errno(errno, "empty %s", path) : NULL;
}

/* Resets the third field of shadow(5), the day of the last password change. */
static struct err *undate_file(const char *path, int64_t epoch)
{
	AUTO_FREE char *text = NULL;
	AUTO_TEXT struct text out = { 0 };
	size_t len;

	TRY(file_read(path, 1 << 20, &text, &len));
	char *rest = text;
	for (char *line; (line = strsep(&rest, "\n"));) {
		char *name = strsep(&line, ":"), *password = strsep(&line, ":"), *day = strsep(&line, ":");
		if (day && line)
			text_printf(&out, "%s:%s:%lld:%s\n", name, password, (long long)(epoch / 86400),
				    line);
		else if (*name)
			return err_new(ERR_BUILD, "%s: a line without its nine fields", path);
	}
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_errno(errno, "%s", path);
	return file_write_all(fd, out.len ? out.bytes : "", out.len, path);
}

/* A cache of fonts has the time of its folder, in seconds and in nanoseconds: that of a folder which was made
 * just now is another each time, and a layer will show the epoch instead. */
static struct err *undate_fonts(const char *path, int64_t epoch)
{
	enum { SECONDS_AT = 48, NANO_AT = 56, END = 64 };
	static const char magic[] = { 0x04, (char)0xfc, 0x02, (char)0xfc };
	AUTO_FREE char *bytes = NULL;
	size_t len;
	int32_t seconds;

	TRY(file_read(path, 64 << 20, &bytes, &len));
	if (len < END || memcmp(bytes, magic, sizeof magic))
		return NULL;
	memcpy(&seconds, bytes + SECONDS_AT, sizeof seconds);
	if (seconds <= epoch)
		return NULL;
	seconds = (int32_t)epoch;
	memcpy(bytes + SECONDS_AT, &seconds, sizeof seconds);
	memset(bytes + NANO_AT, 0, END - NANO_AT);
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_errno(errno, "%s", path);
	return file_write_all(fd, bytes, len, path);
}

static struct err *apply(const char *folder, const struct entry *e, enum action action, int64_t epoch)
{
	AUTO_FREE char *path = mem_printf("%s/%s", folder, e->path);

	if (action == REMOVE)
		return file_remove_tree(path);
	if (e->kind != ENTRY_FILE && e->kind != ENTRY_HARDLINK)
		return NULL;
	if (action == EMPTY)
		return empty_file(path);
	return action == UNDATE ? undate_file(path, epoch) : undate_fonts(path, epoch);
}

static const struct rule *find_rule(const struct entry *e)
{
	AUTO_FREE char *path = mem_printf("/%s", e->path);

	for (size_t i = 0; i < COUNT(rules); i++)
		if (!fnmatch(rules[i].glob, path, 0))
			return &rules[i];
	return NULL;
}

struct err *scrub_packages(const char *folder, int64_t epoch)
{
	struct tree t = { 0 };
	struct err *e = scan_folder(folder, false, &t, NULL);

	for (size_t i = 0; !e && i < t.count; i++) {
		const struct rule *r = find_rule(&t.items[i]);
		if (r)
			e = apply(folder, &t.items[i], r->action, epoch);
	}
	tree_done(&t);
	return e;
}

static bool is_same(const struct entry *a, const struct entry *b)
{
	return b && a->kind == b->kind && a->kind == ENTRY_FILE && a->mode == b->mode && a->uid == b->uid &&
	       a->gid == b->gid && a->size_bytes == b->size_bytes && digest_equal(&a->sha256, &b->sha256);
}

struct err *scrub_same(const char *folder, const struct tree *below)
{
	struct tree t = { 0 };
	struct err *e = scan_folder(folder, true, &t, NULL);
	const char *opaque = NULL;

	for (size_t i = 0; !e && i < t.count; i++) {
		const struct entry *own = &t.items[i];
		if (own->kind == ENTRY_OPAQUE && !(opaque && tree_within(own->path, opaque)))
			opaque = own->path;
		if (!(opaque && tree_within(own->path, opaque)) && is_same(own, tree_find(below, own->path)))
			e = apply(folder, own, REMOVE, 0);
	}
	tree_done(&t);
	return e;
}
