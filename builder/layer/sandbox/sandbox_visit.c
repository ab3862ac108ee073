/* SPDX-License-Identifier: MIT */
#include "layer/sandbox/sandbox_visit.h"

#include <curl/curl.h>
#include <errno.h>
#include <fnmatch.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/pace.h"
#include "base/text.h"
#include "layer/sandbox/sandbox_reach.h"

#define HEAD_LIMIT 65536
#define PAGE_LIMIT (64u << 20)
#define CONNECT_SECONDS 60L
#define WINDOWS 4 /* windows of base/pace.h: how long an index may take before its first byte */

struct visit {
	int client;
	const struct sandbox_login *logins;
	char *const *hosts;
	const struct sandbox_index *index; /* the requested host's, or NULL: an unknown host */
	struct text head, page;		   /* the head of the host's answer; a page that has links in it */
	bool rewrites, begun;
	bool refused; /* an address that no step may reach */
	long status;
};

static void answer(int client, const char *status, const char *why)
{
	AUTO_FREE char *all = mem_printf("HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: "
					 "%zu\r\nConnection: close\r\n\r\n%s\n",
					 status, strlen(why) + 1, why);

	err_free(file_write_all(client, all, strlen(all), "the answer"));
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct visit *v = arg;

	(void)purpose;
	v->refused = !v->index && (!sandbox_reach_is_public(&a->addr) || sandbox_reach_is_near(&a->addr));
	if (v->refused)
		return CURL_SOCKET_BAD;
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static bool through_proxy(bool tls)
{
	static const char *const names[] = { "https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy",
					     "ALL_PROXY" };

	for (size_t i = tls ? 0 : 2; i < COUNT(names); i++) {
		const char *value = getenv(names[i]);
		if (value && *value)
			return true;
	}
	return false;
}

static bool is_listed(char *const *hosts, const char *name)
{
	bool listed = !*hosts;

	for (; *hosts && !listed; hosts++)
		listed = !fnmatch(*hosts, name, FNM_CASEFOLD);
	return listed;
}

/* With a proxy of the machine's, we connect to the proxy, which resolves the host itself: then only the name
 * can be checked. */
static bool may_ask(struct visit *v, const char *host, bool tls)
{
	const char *colon = strrchr(host, ':'), *port = colon && !strchr(colon, ']') ? colon + 1 : NULL;
	AUTO_FREE char *name = mem_ndup(host, port ? (size_t)(colon - host) : strlen(host));

	if (!sandbox_reach_is_plain(host))
		return false;
	v->index = sandbox_login_find(v->logins, host, tls);
	if (!v->index && !tls)
		/* the step was told to use http:// */
		v->index = sandbox_login_find(v->logins, host, true);
	if (v->index)
		return true;
	if ((port && strcmp(port, "443") && strcmp(port, "80")) || !is_listed(v->hosts, name))
		return false;
	return !through_proxy(tls) ||
	       !(sandbox_reach_is_number(name) || !strchr(name, '.') || text_ends(name, ".localhost") ||
		 text_ends(name, ".local") || text_ends(name, ".internal"));
}

static void set_common(CURL *c, struct visit *v, const char *url)
{
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	if (!through_proxy(!strncmp(url, "https", 5))) {
		curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
		curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, v);
	}
	if (getenv("SSL_CERT_FILE"))
		curl_easy_setopt(c, CURLOPT_CAINFO, getenv("SSL_CERT_FILE"));
}

/* The progress of a tunnel. */
struct pace {
	int64_t begun, window;	/* ms of base/clock.h */
	uint64_t bytes, before; /* total; those before this window */
};

/* An idle tunnel counts as slow, too: its client can open another. */
static bool is_slow(struct pace *p)
{
	int64_t now = clock_ms(), long_ms = WINDOWS * pace_window() * 1000;

	if (now - p->begun > WINDOWS * pace_longest(p->bytes))
		return true;
	if (now - p->window < long_ms)
		return false;
	bool slow = p->bytes - p->before < (uint64_t)(PACE_LEAST * WINDOWS * pace_window());
	p->window = now;
	p->before = p->bytes;
	return slow;
}

static void carry(int client, int server)
{
	struct pollfd fds[] = { { client, POLLIN, 0 }, { server, POLLIN, 0 } };
	struct pace pace = { .begun = clock_ms(), .window = clock_ms() };
	char bytes[65536];

	for (int open = 2; open && poll(fds, 2, 1000) >= 0 && !is_slow(&pace);)
		for (int i = 0; i < 2; i++) {
			if (!fds[i].revents)
				continue;
			ssize_t n = recv(fds[i].fd, bytes, sizeof bytes, 0);
			pace.bytes += n > 0 ? (uint64_t)n : 0;
			int to = i ? client : server;
			struct err *e = n > 0 ? file_write_all(to, bytes, (size_t)n, "a connection") : NULL;
			if (n <= 0 || e) {
				shutdown(to, SHUT_WR);
				fds[i].fd = -1;
				open -= e ? open : 1;
			}
			err_free(e);
		}
}

/* A host or a proxy that fails for the moment is tried again: the step has sent nothing yet. */
static CURLcode reach(const struct visit *v, CURL *c)
{
	static const useconds_t pauses_us[] = { 500000, 2000000 };
	CURLcode code = curl_easy_perform(c);

	for (size_t i = 0; i < COUNT(pauses_us) && !v->refused; i++) {
		if (code != CURLE_COULDNT_CONNECT && code != CURLE_RECV_ERROR && code != CURLE_SEND_ERROR &&
		    code != CURLE_GOT_NOTHING)
			break;
		usleep(pauses_us[i]);
		code = curl_easy_perform(c);
	}
	return code;
}

/* CONNECT host:port: the bytes are passed through unseen. */
static void tunnel(struct visit *v, const char *target)
{
	static const char fine[] = "HTTP/1.1 200 Connection established\r\n\r\n";
	AUTO_FREE char *host = mem_dup(target), *url = mem_printf("http://%s/", target);
	curl_socket_t server = CURL_SOCKET_BAD;

	if (text_ends(host, ":443"))
		host[strlen(host) - 4] = '\0';
	if (!may_ask(v, host, true)) {
		answer(v->client, "403 Forbidden", "mkbench: a build step may not reach that host");
		return;
	}
	CURL *c = curl_easy_init();
	const char *proxy = getenv("https_proxy") ? getenv("https_proxy") : getenv("HTTPS_PROXY");
	set_common(c, v, url);
	curl_easy_setopt(c, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(c, CURLOPT_HTTPPROXYTUNNEL, 1L);
	if (!through_proxy(true))
		curl_easy_setopt(c, CURLOPT_PROXY, "");
	else if (proxy)
		curl_easy_setopt(c, CURLOPT_PROXY, proxy);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, through_proxy(true) ? NULL : open_socket);
	CURLcode code = reach(v, c);
	if (code == CURLE_OK)
		code = curl_easy_getinfo(c, CURLINFO_ACTIVESOCKET, &server);
	if (code != CURLE_OK || server == CURL_SOCKET_BAD) {
		/* Most programs show of a proxy's answer this line alone. */
		AUTO_FREE char *status = mem_printf("502 Bad Gateway: %s", curl_easy_strerror(code));
		answer(v->client, status, curl_easy_strerror(code));
	} else {
		err_free(file_write_all(v->client, fine, strlen(fine), "the answer"));
		carry(v->client, server);
	}
	curl_easy_cleanup(c);
}

/* Passes on header lines that the step may see; URLs of an index are rewritten to the form that the step was
 * told to use. */
static size_t take_head(char *bytes, size_t size, size_t count, void *arg)
{
	static const char *const kept[] = {
		"content-type:",  "etag:",	    "last-modified:",  "location:",	    "content-range:",
		"cache-control:", "accept-ranges:", "content-length:", "content-encoding:",
	};
	struct visit *v = arg;
	AUTO_FREE char *line = mem_ndup(bytes, size * count);

	line[strcspn(line, "\r\n")] = '\0';
	if (text_starts(line, "HTTP/")) {
		v->head.len = 0;
		v->rewrites = false;
		v->status = strchr(line, ' ') ? strtol(strchr(line, ' '), NULL, 10) : 502;
	}
	if (v->index && v->index->header && !strncasecmp(line, "content-type:", 13))
		v->rewrites = strcasestr(line, "json") || strcasestr(line, "text/html");
	for (size_t i = 0; i < COUNT(kept); i++)
		if (!strncasecmp(line, kept[i], strlen(kept[i]))) {
			AUTO_FREE char *plain = sandbox_login_strip(v->logins, line, false);
			text_printf(&v->head, "%s\r\n", plain);
		}
	return size * count;
}

static void begin(struct visit *v, const char *length)
{
	AUTO_TEXT struct text out = { 0 };
	AUTO_FREE char *head = v->head.len ? mem_dup(v->head.bytes) : mem_dup("");
	char *rest = head;

	text_printf(&out, "HTTP/1.1 %ld As said\r\nConnection: close\r\n", v->status);
	for (char *line; (line = strsep(&rest, "\n"));)
		if (*line && (!length || strncasecmp(line, "content-length:", 15)))
			text_printf(&out, "%s\n", line);
	text_printf(&out, "%s\r\n", length ? length : "");
	v->begun = true;
	err_free(file_write_all(v->client, out.bytes, out.len, "the answer"));
}

static size_t take_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct visit *v = arg;
	size_t len = size * count;

	if (v->rewrites) {
		text_add(&v->page, bytes, len);
		return v->page.len > PAGE_LIMIT ? 0 : len;
	}
	if (!v->begun)
		begin(v, NULL);
	struct err *e = file_write_all(v->client, bytes, len, "the answer");
	bool gone = e != NULL;
	err_free(e);
	return gone ? 0 : len;
}

/* Ends the answer. */
static void finish(struct visit *v, CURLcode code)
{
	if (code != CURLE_OK && !v->begun) {
		answer(v->client, "502 Bad Gateway", curl_easy_strerror(code));
	} else if (v->rewrites && v->page.len) {
		AUTO_FREE char *page = sandbox_login_strip(v->logins, v->page.bytes, false);
		AUTO_FREE char *length = mem_printf("Content-Length: %zu\r\n", strlen(page));
		begin(v, length);
		err_free(file_write_all(v->client, page, strlen(page), "the answer"));
	} else if (!v->begun) {
		begin(v, NULL);
	}
}

static struct curl_slist *headers_for(const struct visit *v, char *lines)
{
	static const char *const passed[] = {
		"accept:", "range:", "if-none-match:", "if-modified-since:", "user-agent:", "cache-control:"
	};
	struct curl_slist *all =
		v->index && v->index->header ? curl_slist_append(NULL, v->index->header) : NULL;

	for (char *line; (line = strsep(&lines, "\n"));) {
		line[strcspn(line, "\r")] = '\0';
		for (size_t i = 0; i < COUNT(passed); i++)
			if (!strncasecmp(line, passed[i], strlen(passed[i])))
				all = curl_slist_append(all, line);
	}
	return all;
}

/* GET http://host/path: asks the host with the scheme and login of its index. */
static void fetch(struct visit *v, const char *target, bool head, char *lines)
{
	const char *from = target + strlen("http://"), *path = from + strcspn(from, "/?");
	AUTO_FREE char *host = mem_ndup(from, (size_t)(path - from));

	if (!may_ask(v, host, false)) {
		answer(v->client, "403 Forbidden", "mkbench: a build step may not reach that host");
		return;
	}
	AUTO_FREE char *url =
		mem_printf("%s://%s%s", v->index && v->index->tls ? "https" : "http", host, path);
	struct curl_slist *headers = headers_for(v, lines);
	CURL *c = curl_easy_init();
	set_common(c, v, url);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_NOBODY, (long)head);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)PACE_LEAST);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, WINDOWS * pace_window());
	curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_head);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, v);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, v);
	finish(v, curl_easy_perform(c));
	curl_easy_cleanup(c);
	curl_slist_free_all(headers);
	text_done(&v->head);
	text_done(&v->page);
}

/* The complete head of the request, or NULL. */
static char *read_head(int client)
{
	struct text t = { 0 };
	char byte;

	while (t.len < HEAD_LIMIT && recv(client, &byte, 1, 0) == 1) {
		text_add(&t, &byte, 1);
		if (t.len >= 4 && !memcmp(t.bytes + t.len - 4, "\r\n\r\n", 4))
			return text_take(&t);
	}
	text_done(&t);
	return NULL;
}

void sandbox_visit(int client, const struct sandbox_login *logins, char *const *hosts)
{
	struct visit v = { .client = client, .logins = logins, .hosts = hosts };
	AUTO_FREE char *head = read_head(client);
	char *rest = head, *line = head ? strsep(&rest, "\n") : NULL;
	char *method = line ? strsep(&line, " ") : NULL, *target = line ? strsep(&line, " ") : NULL;

	if (!target)
		answer(client, "400 Bad Request", "mkbench: no request");
	else if (!strcmp(method, "CONNECT"))
		tunnel(&v, target);
	else if (strcmp(method, "GET") && strcmp(method, "HEAD"))
		answer(client, "405 Method Not Allowed", "mkbench: a build step may only read (GET, HEAD)");
	else if (strncasecmp(target, "http://", 7))
		answer(client, "400 Bad Request", "mkbench: this is a proxy");
	else
		fetch(&v, target, !strcmp(method, "HEAD"), rest);
}
