/* SPDX-License-Identifier: MIT */
#include "layer/sandbox/sandbox_host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "layer/sandbox/sandbox_gate.h"
#include "layer/sandbox/sandbox_login.h"

#define CA_BUNDLE "/run/mkbench/ca.crt"
#define LATER "/run/mkbench/later.so"

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
	unsigned long inside = strtoul(at, &at, 10), outside = strtoul(at, &at, 10),
		      count = strtoul(at, &at, 10);
	return *map && (inside || outside || count != UINT32_MAX);
}

bool sandbox_host_distrusts(const char *line)
{
	static const char *const words[] = {
		"certificate verify failed",
		"CERTIFICATE_VERIFY_FAILED",
		"certificate verification failed",
		"SSL certificate problem",
		"SELF_SIGNED_CERT",
		"self-signed certificate",
		"self signed certificate",
		"UNABLE_TO_VERIFY_LEAF_SIGNATURE",
		"UNABLE_TO_GET_ISSUER_CERT",
		"unable to get local issuer certificate",
		"unable to verify the first certificate",
		"certificate signed by unknown authority",
	};

	for (size_t i = 0; i < COUNT(words); i++)
		if (strstr(line, words[i]))
			return true;
	return false;
}

/* The CAs that this machine trusts, including its own, which an image would lack. */
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
	struct sandbox_host host = { 0 };
	const char *file = network ? host_bundle() : getenv(SANDBOX_HOST_LATER);

	if (file)
		host.binds[host.count++] = (struct bind){ file, network ? CA_BUNDLE : LATER, false };
	return host;
}

static const struct {
	const char *variable, *own;
} settings_files[] = {
	{ "PIP_CONFIG_FILE", "/run/mkbench/pip.conf" },
	{ "npm_config_userconfig", "/run/mkbench/npmrc" },
};

void sandbox_host_settings(const struct sandbox *s, struct sandbox_settings *ret)
{
	struct sandbox_login logins;

	*ret = (struct sandbox_settings){ 0 };
	if (!s->network)
		return;
	sandbox_login_read(&logins);
	for (size_t i = 0; i < COUNT(settings_files); i++) {
		AUTO_FREE char *text = sandbox_login_file(i);
		ret->bytes[i] = text ? sandbox_login_strip(&logins, text, true) : NULL;
	}
	sandbox_login_done(&logins);
}

struct err *sandbox_host_put_settings(const struct sandbox *s, const struct sandbox_settings *settings)
{
	for (size_t i = 0; i < COUNT(settings_files); i++) {
		const char *path = settings_files[i].own;
		if (!settings->bytes[i])
			continue;
		TRY(file_make_folder("/run/mkbench", 0755));
		TRY(file_write(path, settings->bytes[i], strlen(settings->bytes[i]), 0400));
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

/* Sets the variables that name an index, without secrets, and lets pip and uv use the gate for it. */
static void set_indexes(struct environment *e)
{
	AUTO_TEXT struct text trusted = { 0 };
	struct sandbox_login logins;

	sandbox_login_read(&logins);
	for (char **pair = environ; pair && *pair; pair++) {
		size_t len = strcspn(*pair, "=");
		for (const char *const *name = sandbox_login_variables; *name && (*pair)[len]; name++) {
			if (strncasecmp(*pair, *name, len) || (*name)[len])
				continue;
			AUTO_FREE char *plain = sandbox_login_strip(&logins, *pair + len + 1, false);
			set(e, mem_printf("%.*s=%s", (int)len, *pair, plain));
		}
	}
	text_put(&trusted, getenv("PIP_TRUSTED_HOST") ? getenv("PIP_TRUSTED_HOST") : "");
	for (size_t i = 0; i < logins.count; i++)
		if (logins.items[i].header)
			text_printf(&trusted, " %s", logins.items[i].host);
	if (trusted.len) {
		set(e, mem_printf("PIP_TRUSTED_HOST=%s", trusted.bytes));
		set(e, mem_printf("UV_INSECURE_HOST=%s", trusted.bytes));
	}
	sandbox_login_done(&logins);
}

static void set_network(struct environment *e)
{
	static const char *const bundle[] = {
		"SSL_CERT_FILE=" CA_BUNDLE,	"CURL_CA_BUNDLE=" CA_BUNDLE,
		"PIP_CERT=" CA_BUNDLE,		"REQUESTS_CA_BUNDLE=" CA_BUNDLE,
		"GIT_SSL_CAINFO=" CA_BUNDLE,	"NODE_EXTRA_CA_CERTS=" CA_BUNDLE,
		"npm_config_cafile=" CA_BUNDLE,
	};
	static const char *const proxies[] = {
		"http_proxy",	   "https_proxy",      "all_proxy",	   "HTTP_PROXY",
		"HTTPS_PROXY",	   "ALL_PROXY",	       "npm_config_proxy", "npm_config_https_proxy",
		"YARN_HTTP_PROXY", "YARN_HTTPS_PROXY",
	};
	/* npm gives up at the third broken answer, uv at the fourth. */
	static const char *const patience[] = { "npm_config_fetch_retries=5", "UV_HTTP_RETRIES=5" };

	set_indexes(e);
	for (size_t i = 0; i < COUNT(patience); i++)
		set(e, patience[i]);
	for (size_t i = 0; i < COUNT(proxies); i++)
		set(e, mem_printf("%s=http://127.0.0.1:%d", proxies[i], SANDBOX_GATE_PORT));
	for (size_t i = 0; host_bundle() && i < COUNT(bundle); i++)
		set(e, bundle[i]);
	for (size_t i = 0; i < COUNT(settings_files); i++) {
		AUTO_FREE char *text = sandbox_login_file(i);
		if (text)
			set(e, mem_printf("%s=%s", settings_files[i].variable, settings_files[i].own));
	}
}

const char **sandbox_host_environment(const struct sandbox *s)
{
	static const char *const defaults[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"LC_ALL=C.UTF-8",
		"HOME=/root",
		"TERM=dumb",
	};
	struct environment e = { 0 };

	for (size_t i = 0; i < COUNT(defaults); i++)
		set(&e, defaults[i]);
	if (s->network)
		set_network(&e);
	else if (getenv(SANDBOX_HOST_LATER))
		set(&e, "LD_PRELOAD=" LATER);
	for (const char *const *pair = s->env; pair && *pair; pair++)
		set(&e, *pair);
	VEC_PUSH(&e, NULL);
	return e.items;
}
