#include "layer/sandbox_host.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

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

static const char *host_bundle(void)
{
	static const char *const names[] = { "SSL_CERT_FILE", "CURL_CA_BUNDLE" };

	for (size_t i = 0; i < COUNT(names); i++) {
		const char *path = getenv(names[i]);
		if (path && !access(path, R_OK))
			return path;
	}
	return NULL;
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
	for (const char *const *pair = s->env; pair && *pair; pair++)
		set(&e, *pair);
	VEC_PUSH(&e, NULL);
	return e.items;
}
