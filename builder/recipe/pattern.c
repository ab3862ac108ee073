/* SPDX-License-Identifier: MIT */
#include "recipe/pattern.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cron.h"
#include "base/mem.h"
#include "base/text.h"

#define LABEL "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
#define HOST LABEL "(\\." LABEL ")*"
#define PORT "(:[1-9][0-9]{0,4})"
/* a single word would be part of a name */
#define NAMED "(localhost|[A-Za-z0-9-]+([.][A-Za-z0-9-]+)+)" PORT "?|[A-Za-z0-9-]+" PORT

static bool holds_dotdot(const char *path)
{
	for (const char *at = path; (at = strstr(at, "..")); at++)
		if ((at == path || at[-1] == '/') && (!at[2] || at[2] == '/'))
			return true;
	return false;
}

/* "user:password@" or "token@" before the host; a plain user name is normal for ssh. */
static bool holds_credentials(const char *url)
{
	const char *host = strstr(url, "://");
	static const char *const queries[] = { "token=", "password=", "secret=", "key=" };

	if (!host)
		return false;
	host += 3;
	const char *end = host + strcspn(host, "/?#"), *at = memchr(host, '@', (size_t)(end - host));
	if (at && (!text_starts(url, "ssh://") || memchr(host, ':', (size_t)(at - host))))
		return true;
	const char *query = strchr(end, '?');
	for (size_t i = 0; query && i < COUNT(queries); i++)
		if (strcasestr(query, queries[i]))
			return true;
	return false;
}

static const char *why_url(const char *url)
{
	if (holds_credentials(url))
		return "holds a user or a token: a recipe never holds a secret; ~/.netrc, git's credential "
		       "helper or an ssh agent do";
	if (text_starts(url, "file:"))
		return "names a file of this machine: for a local source write 'path'";
	if (text_starts(url, "-") || strstr(url, "://-") || strstr(url, "@-"))
		return "looks like an option: a URL such as https://host/path is needed";
	return NULL;
}

static const char *why_git(const char *url)
{
	bool local = text_starts(url, "file:///") || *url == '/' || text_starts(url, "./");

	if (local && holds_dotdot(url))
		return "climbs out with '..': keep it below the recipe's folder, or write it from /";
	if (local)
		return NULL;
	if (strstr(url, "::"))
		return "asks git to run a helper program: write an https:// or ssh:// URL";
	if (text_starts(url, "file:"))
		return "names no repository: write file:/// and its path from /";
	return why_url(url);
}

static const char *why_mirror(const char *url)
{
	return text_starts(url, "file:") ? NULL : why_url(url);
}

static const char *why_ref(const char *ref)
{
	size_t hex = strspn(ref, "0123456789abcdef");

	if (*ref == '-')
		return "looks like an option: a branch, a tag or a commit is needed";
	if (strstr(ref, "..") || strstr(ref, "@{") || strstr(ref, "//") || text_ends(ref, ".lock") ||
	    text_ends(ref, "/") || text_ends(ref, "."))
		return "is no name git accepts: a branch, a tag or a commit is needed";
	if (!ref[hex] && hex >= 7 && hex < 40)
		return "looks like a shortened commit: write all 40 digits";
	return NULL;
}

static const char *why_path(const char *path)
{
	if (strstr(path, "://"))
		return "is a path, not a URL: write a folder or file beside the recipe";
	if (*path == '~')
		return "starts with '~', which only a shell knows: write it from the recipe's folder, or "
		       "from /";
	if (holds_dotdot(path))
		return "climbs out with '..': keep it below the recipe's folder, or write it from /";
	return NULL;
}

static const char *why_glob(const char *glob)
{
	static const char *const needed[] = {
		"/",	"/*",	"/**",	 "/usr", "/usr/*", "/etc",	    "/etc/*",
		"/bin", "/lib", "/sbin", "/var", "/var/*", "/var/lib/dpkg", "/var/lib/dpkg/*",
	};

	for (size_t i = 0; i < COUNT(needed); i++)
		if (!strcmp(glob, needed[i]))
			return "would leave nothing that runs: name what is not needed, such as "
			       "/usr/share/doc/*";
	return holds_dotdot(glob) ? "climbs with '..': write the path as it is in the image" : NULL;
}

static const char *why_file_path(const char *path)
{
	if (strpbrk(path, "*?["))
		return "is one file's path: each file has a digest of its own";
	return holds_dotdot(path) ? "climbs with '..': write the path as it is in the image" : NULL;
}

static const char *why_suite(const char *suite)
{
	static const char *const moving[] = { "stable", "oldstable", "testing", "oldoldstable" };

	for (size_t i = 0; i < COUNT(moving); i++)
		if (!strcmp(suite, moving[i]))
			return "names another release tomorrow: write its code name, such as trixie";
	return NULL;
}

static const char *why_archive_suite(const char *suite)
{
	return holds_dotdot(suite) ?
		       "climbs with '..': write the suite as the archive's own instructions do" :
		       NULL;
}

static const char *why_package(const char *name)
{
	if (strpbrk(name, "=<>"))
		return "names a version: write the name only, the lock file keeps versions";
	if (strchr(name, ':'))
		return "names an architecture: write the name only";
	return NULL;
}

static const char *why_app(const char *name)
{
	return strchr(name, '-') ? "has a '-': an app's name is its Python package, with '_'" : NULL;
}

static const char *why_host(const char *host)
{
	for (const char *c = host; *c; c++)
		if (*c & 0x80)
			return "has letters outside a-z: write its xn-- form";
	for (const char *c = host; *c; c++)
		if (isupper((unsigned char)*c))
			return "has upper case: host names are written in lower case";
	if (strstr(host, "://") || strchr(host, '/'))
		return "is a host name only: without https:// and without a path";
	if (strchr(host, '*'))
		return "has a '*': wildcards are not yet possible, name each host";
	const char *last = strrchr(host, '.');
	last = last ? last + 1 : host;
	if (*last && !last[strspn(last, "0123456789")])
		return "is an address: a site is found by its name";
	const char *colon = strchr(host, ':');
	if (colon)
		return strchr(colon + 1, ':') ? "is an address: a site is found by its name" :
						"is a host name only: without a port";
	return NULL;
}

static const char *why_site(const char *name)
{
	static const char *const reserved[] = {
		"assets",	   "apps.txt", "apps.json", "common_site_config.json",
		"currentsite.txt", "locale",   "all",
	};

	if (!strcmp(name, "localhost"))
		return "cannot be localhost, where health checks knock: write one.localhost";
	for (size_t i = 0; i < COUNT(reserved); i++)
		if (!strcmp(name, reserved[i]))
			return "is a name that the bench keeps for itself: choose another";
	return why_host(name);
}

static const char *why_network(const char *text)
{
	size_t len = strcspn(text, "/");
	AUTO_FREE char *address = mem_ndup(text, len);
	uint8_t bytes[16];
	bool six = strchr(address, ':');
	unsigned long bits = 0, all = six ? 128 : 32;
	char *end = NULL;

	if (inet_pton(six ? AF_INET6 : AF_INET, address, bytes) != 1)
		return "is no address and no network: write one such as 10.0.0.0/8";
	if (!text[len])
		return NULL;
	bits = strtoul(text + len + 1, &end, 10);
	if (!isdigit((unsigned char)text[len + 1]) || *end || bits > all)
		return six ? "has no length from 1 to 128 after its /" :
			     "has no length from 1 to 32 after its /";
	if (!bits)
		return "is everybody: name the networks that your proxies are in";
	for (size_t i = bits; i < all; i++)
		if (bytes[i / 8] & 0x80 >> i % 8)
			return "has bits of a host beyond its length: write the network's first address";
	return NULL;
}

static const char *why_repository(const char *to)
{
	if (holds_dotdot(to))
		return "must not hold '..'";
	if (holds_credentials(text_starts(to, "sftp:") ? to + 5 : text_starts(to, "rest:") ? to + 5 : to))
		return "holds a password, which would be in every image: give it at the start, in the "
		       "environment";
	return NULL;
}

/* The same rule as reference_parse (registry/reference.h). */
static const char *why_registry(const char *text)
{
	size_t host = strcspn(text, "/"), port = strcspn(text, ":/");

	if (strstr(text, "://"))
		return "is no URL: write HOST[:PORT]/NAME[:TAG], such as registry.example/team/demo:1.0";
	if (strchr(text, '@'))
		return "names a tag and nothing with @: 'docker login' keeps logins, and the digest is what "
		       "a push finds";
	if (host && host == strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") &&
	    strncmp(text, "localhost/", host + 1) != 0)
		return "names no registry: write its host first, such as registry.example/team/demo:1.0";
	if (port < host && text[port + 1] && strspn(text + port + 1, "0123456789") == host - port - 1 &&
	    strtoul(text + port + 1, NULL, 10) > 65535)
		return "has no port from 1 to 65535";
	return NULL;
}

static const char *why_schedule(const char *text)
{
	struct cron c;

	return cron_parse(text, &c);
}

static const char *why_said(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 127)
			return "has a control character: remove it";
	return NULL;
}

#define ONE(name_, regex_, expected_, max_, why_)                                            \
	const struct pattern pattern_##name_ = {                                             \
		.regex = (regex_), .expected = (expected_), .max_len = (max_), .why = (why_) \
	}

ONE(name, "^[a-z0-9]+([._-][a-z0-9]+)*$", "a name of a-z, 0-9, and single . _ - between them", 63, NULL);
ONE(version, "^[A-Za-z0-9_][A-Za-z0-9_.-]*$", "a version of letters, digits, . _ and -", 63, NULL);
ONE(file, "^[a-z][a-z0-9_-]*$", "a name of a-z, 0-9, _ and -", 63, NULL);
ONE(framework, "^([a-z][a-z0-9_-]*|.*/[^/]+[.]ya?ml)$",
    "a name of a-z, 0-9, _ and -, or the path of a file such as ./framework.yml", 1023, why_path);
ONE(suite, "^[a-z][a-z0-9.-]*$", "a release's code name, such as bookworm", 63, why_suite);
ONE(python, "^3\\.[0-9]+(\\.[0-9]+)?$", "a version of Python in quotes, such as \"3.10\"", 15, NULL);
ONE(node, "^[1-9][0-9]*(\\.[0-9]+){0,2}$", "a version of Node in quotes, such as \"24\"", 15, NULL);
ONE(archive_suite, "^([.]?/)?([A-Za-z0-9_][A-Za-z0-9._+~-]*/)*([A-Za-z0-9_][A-Za-z0-9._+~-]*)?$",
    "a suite such as stable or bookworm/main, or ./ of a flat archive", 127, why_archive_suite);
ONE(component, "^[A-Za-z0-9][A-Za-z0-9._+/-]*$", "a component, such as main", 63, NULL);
ONE(package, "^[a-z0-9][a-z0-9+.-]+$", "a Debian package's name", 127, why_package);
ONE(glob, "^/.*$", "a path in the image that begins with /", 1023, why_glob);
ONE(mirror, "^(https?://[^ /]+|file:///)[^ ]*$", "an http://, https:// or file:/// URL", 1023, why_mirror);
ONE(url, "^https?://[^ /]+/[^ ]+$", "an https:// or http:// URL of a file", 2047, why_url);
ONE(git,
    "^((https?|ssh|git)://[^ /]+/[^ ]+|[A-Za-z0-9_][A-Za-z0-9_.-]*@[A-Za-z0-9.-]+:[^ "
    ":]+|(file://)?/.+|[.][.]?/.+)$",
    "an https://, http://, ssh:// or git:// URL, user@host:path, or a folder such as ./app", 2047, why_git);
ONE(ref, "^[A-Za-z0-9_][A-Za-z0-9_./+@#-]*$", "a branch, a tag or a commit", 255, why_ref);
ONE(snapshot,
    "^2[0-9][0-9][0-9](-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])|(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])T(["
    "01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]Z)$",
    "a day such as 2026-11-01, or a moment such as 20261101T120000Z", 0, NULL);
ONE(sha256, "^[0-9a-f]{64}$", "a SHA-256 of 64 small hex digits", 0, NULL);
ONE(file_path, "^/[^/].*$", "a file's path in the image, which begins with /", 1023, why_file_path);
ONE(path, "^.*$", "a path", 1023, why_path);
ONE(override, "^(@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*$",
    "a package's name as its registry has it, such as left-pad or @scope/name", 214, NULL);
ONE(app, "^[a-z][a-z0-9_]*$", "a Python package's name of a-z, 0-9 and _", 60, why_app);
ONE(site, "^" HOST "$", "a host name such as erp.example.org", 140, why_site);
ONE(host, "^" HOST "$", "a host name such as www.example.org", 253, why_host);
ONE(unknown_host, "^" HOST "$", "'refuse' or a site's name", 140, NULL);
ONE(network, "^[0-9A-Fa-f:.]+(/[0-9]+)?$", "an address or a network such as 10.0.0.0/8", 50, why_network);
ONE(zone, "^[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$", "a time zone such as Europe/Paris", 63, NULL);
ONE(language, "^[a-z]{2,3}(-[A-Z]{2}|-[A-Z][a-z]{3})?$", "a language such as en, fr or pt-BR", 11, NULL);
ONE(word, "^[a-z][a-z0-9_]*$", "a word of a-z, 0-9 and _", 63, NULL);
ONE(setting, "^[a-z][a-z0-9_-]*$", "a variable's name of a-z, 0-9, _ and -", 63, NULL);
ONE(repository, "^(/[^/ ][^ ]*|(sftp|s3|rest):[^ ]+)$",
    "a folder such as /backup, or sftp:, s3: or rest: and what restic wants there", 1023, why_repository);
ONE(registry,
    "^(" NAMED "|\\[[0-9A-Fa-f:.]+\\]" PORT
    "?)(/[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*)+(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$",
    "a registry's HOST[:PORT]/NAME[:TAG] with its NAME in small letters", 511, why_registry);
ONE(schedule, "^([a-z]+|[0-9*]+[0-9*,/-]*( +[0-9*]+[0-9*,/-]*){4})$",
    "hourly, daily, weekly, monthly, or five fields as in a crontab", 127, why_schedule);
ONE(option, "^[A-Za-z_][A-Za-z0-9_.-]*$", "a name of letters, digits, _ . and -", 63, NULL);
ONE(said, "^[^\n]+$", "one line of text", 1000, why_said);
