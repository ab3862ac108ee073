#include "layer/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define KEY_LIMIT (64u << 10)  /* a file with a key in it is not larger */
#define URL_LIMIT (16u << 20)
#define SHOWN 20

/* No file of these names may be in an image unless it is empty. */
static const struct {
	const char *glob, *what;
} places[] = {
	{ "/etc/machine-id", "the identity of a machine" },
	{ "/var/lib/dbus/machine-id", "the identity of a machine" },
	{ "/var/lib/systemd/random-seed", "a random seed" },
	{ "/var/lib/systemd/credential.secret", "a key" },
	{ "/etc/ssh/ssh_host_*", "a host key" },
	{ "/var/lib/mysql/*", "data of MariaDB" },
	{ "/var/log/*", "a log" },
	{ "/var/lib/apt/lists/*", "a package index" },
	{ "/var/cache/apt/*", "a cache of apt" },
	{ "/var/tmp/*", "a temporary file" },
	{ "/tmp/*", "a temporary file" },
	{ "/run/*", "a file of a running system" },
	{ "*/.cache/*", "a cache" },
	{ "*/.npm/_cacache/*", "a cache of npm" },
	{ "*/.bash_history", "a history of commands" },
	{ "*/.netrc", "credentials" },
	{ "*/.git-credentials", "credentials" },
	{ "*/.pgpass", "credentials" },
	{ "*/.my.cnf", "credentials" },
};

/* Files that name where things were fetched from. */
static const char *const url_names[] = {
	"*/.git/config", "*/.git/FETCH_HEAD", "*/.git/modules/*/config", "*/.gitmodules", "*/.npmrc", "*/.yarnrc", "*/.yarnrc.yml",
	"*/pip.conf", "*/direct_url.json", "*/requirements*.txt", "*/yarn.lock", "*/package-lock.json", "*/.package-lock.json",
	"*/apps.json", "/etc/apt/sources.list", "/etc/apt/sources.list.d/*", "/etc/apt/auth.conf*",
};

struct audit {
	struct text found;
	size_t count;
};

static void report(struct audit *a, const char *path, const char *what)
{
	if (a->count++ < SHOWN)
		text_printf(&a->found, "\n  %s (%s)", path, what);
}

static bool matches(const char *const *globs, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++)
		if (!fnmatch(globs[i], path, 0))
			return true;
	return false;
}

/* RFC 7468: "-----BEGIN", a label that ends in "PRIVATE KEY", "-----". */
static bool holds_key(const char *bytes, size_t len)
{
	static const char begin[] = "-----BEGIN ", end[] = "PRIVATE KEY-----";

	for (const char *at = bytes; (at = memmem(at, len - (size_t)(at - bytes), begin, strlen(begin)));) {
		at += strlen(begin);
		size_t left = len - (size_t)(at - bytes), label = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ");
		if (label + 5 <= left && label >= 11 && !strncmp(at + label - 11, end, strlen(end)))
			return true;
	}
	return false;
}

/* RFC 3986: a password, or any user of an http URL, before "@". */
static bool holds_credentials(const char *bytes, size_t len)
{
	for (const char *at = bytes; (at = memmem(at, len - (size_t)(at - bytes), "://", 3));) {
		bool http = (at - bytes >= 4 && !strncmp(at - 4, "http", 4)) || (at - bytes >= 5 && !strncmp(at - 5, "https", 5));
		at += 3;
		size_t user = strcspn(at, "/@ \t\r\n\"'<>");
		if (user && at[user] == '@' && (http || memchr(at, ':', user)))
			return true;
	}
	return memmem(bytes, len, "_authToken", 10) || memmem(bytes, len, "extraheader", 11);
}

static struct err *read_content(const struct entry *e, char **ret, size_t *ret_len)
{
	if (e->content.kind == CONTENT_DISK)
		return file_read(e->content.path, URL_LIMIT, ret, ret_len);
	*ret_len = (size_t)e->size_bytes;
	*ret = mem_ndup(e->content.bytes ? e->content.bytes : "", *ret_len);
	return NULL;
}

static struct err *look_inside(struct audit *a, const struct entry *e, const char *path)
{
	bool published = strstr(path, "/node_modules/") || strstr(path, "/site-packages/") || strstr(path, "/dist-packages/");
	bool key = e->size_bytes <= KEY_LIMIT && !published;
	bool url = e->size_bytes <= URL_LIMIT && matches(url_names, COUNT(url_names), path);
	AUTO_FREE char *bytes = NULL;
	size_t len;

	if (!key && !url)
		return NULL;
	TRY(read_content(e, &bytes, &len));
	if (key && holds_key(bytes, len))
		report(a, path, "a private key");
	if (url && holds_credentials(bytes, len))
		report(a, path, "a URL with credentials, or a token");
	return NULL;
}

static struct err *look_at(struct audit *a, const struct entry *e)
{
	AUTO_FREE char *path = mem_printf("/%s", e->path);

	if (e->kind != ENTRY_FILE || !e->size_bytes || e->content.kind == CONTENT_PACK)
		return NULL;
	for (size_t i = 0; i < COUNT(places); i++)
		if (!fnmatch(places[i].glob, path, 0)) {
			report(a, path, places[i].what);
			return NULL;
		}
	return look_inside(a, e, path);
}

struct err *audit_tree(const struct tree *t)
{
	struct audit a = { 0 };
	struct err *e = NULL;

	for (size_t i = 0; !e && i < t->count; i++)
		e = look_at(&a, &t->items[i]);
	if (!e && a.count)
		e = err_new(ERR_BUILD, "%zu file%s may not be in an image: remove them in a build step, or name them under prune%s%s",
			    a.count, text_plural(a.count), a.found.bytes, a.count > SHOWN ? "\n  and more" : "");
	text_done(&a.found);
	return e;
}
