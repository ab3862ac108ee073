#include "layer/sandbox_host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define SETTINGS_LIMIT (256u << 10)
#define CA_BUNDLE "/run/mkbench/ca.crt"

void sandbox_host_map(char ret[static 256])
{
	AUTO_CLOSE int fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, ret, 255);

	ret[n > 0 ? n : 0] = '\0';
}

bool sandbox_host_in_user_namespace(void)
{
	char map[256], *at = map;

	sandbox_host_map(map);
	unsigned long inside = strtoul(at, &at, 10), outside = strtoul(at, &at, 10), count = strtoul(at, &at, 10);
	return *map && (inside || outside || count != UINT32_MAX);
}

bool sandbox_host_distrusts(const char *line)
{
	static const char *const words[] = {
		"certificate verify failed", "CERTIFICATE_VERIFY_FAILED", "certificate verification failed", "SSL certificate problem",
		"SELF_SIGNED_CERT", "self-signed certificate", "self signed certificate", "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
		"UNABLE_TO_GET_ISSUER_CERT", "unable to get local issuer certificate", "unable to verify the first certificate",
		"certificate signed by unknown authority",
	};

	for (size_t i = 0; i < COUNT(words); i++)
		if (strstr(line, words[i]))
			return true;
	return false;
}

/* What this machine trusts: its own CAs are in it, too, which an image's would lack. */
static const char *host_bundle(void)
{
	static const char *const names[] = { "SSL_CERT_FILE", "CURL_CA_BUNDLE" };

	for (size_t i = 0; i < COUNT(names); i++) {
		const char *path = getenv(names[i]);
		if (path && !access(path, R_OK))
			return path;
	}
	return access(CA_BUNDLE, R_OK) ? NULL : CA_BUNDLE;
}

struct sandbox_host sandbox_host_files(bool network)
{
	static const char *const files[] = { "/etc/resolv.conf", "/etc/hosts" };
	struct sandbox_host host = { 0 };
	const char *bundle = host_bundle();

	if (!network)
		return host;
	for (size_t i = 0; i < COUNT(files); i++)
		if (!access(files[i], R_OK))
			host.binds[host.count++] = (struct bind){ files[i], files[i], false };
	if (bundle)
		host.binds[host.count++] = (struct bind){ bundle, CA_BUNDLE, false };
	return host;
}

static const struct {
	const char *variable, *own, *in_home, *of_machine;
} settings_files[] = {
	{ "PIP_CONFIG_FILE", "/run/mkbench/pip.conf", ".config/pip/pip.conf", "/etc/pip.conf" },
	{ "npm_config_userconfig", "/run/mkbench/npmrc", ".npmrc", "/etc/npmrc" },
};

/* npm takes its variables in either case. */
static const char *variable(const char *name)
{
	size_t len = strlen(name);

	for (char **pair = environ; pair && *pair; pair++)
		if (!strncasecmp(*pair, name, len) && (*pair)[len] == '=')
			return *pair + len + 1;
	return NULL;
}

static char *settings_path(size_t i)
{
	const char *named = variable(settings_files[i].variable), *home = getenv("HOME");
	AUTO_FREE char *own = home ? mem_printf("%s/%s", home, settings_files[i].in_home) : NULL;

	if (named && *named)
		return mem_dup(named);
	return own && !access(own, R_OK) ? TAKE(own) : mem_dup(settings_files[i].of_machine);
}

static bool has_settings(size_t i)
{
	AUTO_FREE char *path = settings_path(i);

	return !access(path, R_OK);
}

void sandbox_host_settings(const struct sandbox *s, struct sandbox_settings *ret)
{
	for (size_t i = 0; i < COUNT(settings_files); i++) {
		AUTO_FREE char *path = settings_path(i);
		ret->bytes[i] = NULL;
		if (s->network)
			err_free(file_read(path, SETTINGS_LIMIT, &ret->bytes[i], &ret->len[i]));
	}
}

struct err *sandbox_host_put_settings(const struct sandbox *s, const struct sandbox_settings *settings)
{
	for (size_t i = 0; i < COUNT(settings_files); i++) {
		const char *path = settings_files[i].own;
		if (!settings->bytes[i])
			continue;
		TRY(file_make_folder("/run/mkbench", 0755));
		TRY(file_write(path, settings->bytes[i], settings->len[i], 0400));
		if (chown(path, s->uid, s->gid) < 0)
			return err_errno(errno, "%s", path);
	}
	return NULL;
}

struct environment {
	const char **items;
	size_t count, room;
};

static void set(struct environment *e, const char *pair)
{
	size_t len = strcspn(pair, "=") + 1;

	for (size_t i = 0; i < e->count; i++)
		if (!strncmp(e->items[i], pair, len)) {
			e->items[i] = pair;
			return;
		}
	VEC_PUSH(e, pair);
}

static bool handed_on(const char *pair)
{
	static const char *const names[] = { "http_proxy=", "https_proxy=", "ftp_proxy=", "all_proxy=", "no_proxy=",
					     "PIP_INDEX_URL=", "PIP_EXTRA_INDEX_URL=", "PIP_TRUSTED_HOST=", "UV_INDEX_URL=",
					     "npm_config_registry=", "YARN_REGISTRY=" };

	for (size_t i = 0; i < COUNT(names); i++)
		if (!strncasecmp(pair, names[i], strlen(names[i])))
			return true;
	return false;
}

const char **sandbox_host_environment(const struct sandbox *s)
{
	static const char *const defaults[] = { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
						"LC_ALL=C.UTF-8", "HOME=/root", "TERM=dumb" };
	static const char *const bundle[] = { "SSL_CERT_FILE=" CA_BUNDLE, "CURL_CA_BUNDLE=" CA_BUNDLE, "PIP_CERT=" CA_BUNDLE,
					      "REQUESTS_CA_BUNDLE=" CA_BUNDLE, "GIT_SSL_CAINFO=" CA_BUNDLE,
					      "NODE_EXTRA_CA_CERTS=" CA_BUNDLE, "npm_config_cafile=" CA_BUNDLE };
	struct environment e = { 0 };

	for (size_t i = 0; i < COUNT(defaults); i++)
		set(&e, defaults[i]);
	for (char **pair = s->network ? environ : NULL; pair && *pair; pair++)
		if (handed_on(*pair))
			set(&e, *pair);
	for (size_t i = 0; s->network && host_bundle() && i < COUNT(bundle); i++)
		set(&e, bundle[i]);
	for (size_t i = 0; i < COUNT(settings_files); i++)
		if (s->network && has_settings(i))
			set(&e, mem_printf("%s=%s", settings_files[i].variable, settings_files[i].own));
	for (const char *const *pair = s->env; pair && *pair; pair++)
		set(&e, *pair);
	VEC_PUSH(&e, NULL);
	return e.items;
}
