/* SPDX-License-Identifier: MIT */
#include "verify/http_probe.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define SILENCE_SECONDS 120L /* nginx itself waits as long for the application */
#define ANSWER_LIMIT (4u << 20)
#define REDIRECTS 5L
#define KEY_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* RFC 6455, 1.3 */

static struct err *ask(const struct http_probe *x, const char *path, const char *more, int *ret_fd)
{
	AUTO_CLOSE int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)x->port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval silence = { .tv_sec = SILENCE_SECONDS };
	AUTO_FREE char *text = mem_printf("GET %s HTTP/1.1\r\nHost: %s:%u\r\nUser-Agent: mkbench\r\n%s\r\n",
					  path, x->host, x->port, more);
	size_t len = strlen(text);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &silence, sizeof silence) < 0)
		return err_errno(errno, "make a socket");
	if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
		return err_errno(errno, "connect to port %u", x->port);
	if (send(fd, text, len, MSG_NOSIGNAL) != (ssize_t)len)
		return err_errno(errno, "send");
	*ret_fd = fd;
	fd = -1;
	return NULL;
}

/* ret_more is false at the end of the stream. */
static struct err *hear(int fd, struct text *t, bool *ret_more)
{
	char bytes[16384];
	ssize_t n;

	do
		n = recv(fd, bytes, sizeof bytes, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return err_errno(ETIMEDOUT, "no answer for %ld s", SILENCE_SECONDS);
	if (n < 0)
		return err_errno(errno, "receive");
	if (t->len + (size_t)n > ANSWER_LIMIT)
		return err_new(ERR_BUILD, "the answer is too long");
	text_add(t, bytes, (size_t)n);
	*ret_more = n > 0;
	return NULL;
}

static size_t head_length(const struct text *t)
{
	const char *end = t->bytes ? strstr(t->bytes, "\r\n\r\n") : NULL;

	return end ? (size_t)(end + 4 - t->bytes) : 0;
}

/* The value of a header field, the caller's to free; NULL if it is missing. */
static char *field(const char *head, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = strstr(head, "\r\n"); line && strncmp(line, "\r\n\r\n", 4);
	     line = strstr(line + 2, "\r\n"))
		if (!strncasecmp(line + 2, name, len) && line[2 + len] == ':') {
			const char *value = line + 3 + len + strspn(line + 3 + len, " \t");
			return mem_ndup(value, strcspn(value, "\r"));
		}
	return NULL;
}

static struct err *hear_head(int fd, struct text *t, int *ret_status)
{
	for (bool more = true; more && !head_length(t);)
		TRY(hear(fd, t, &more));
	if (!head_length(t) || sscanf(t->bytes, "HTTP/1.%*1[01] %d", ret_status) != 1)
		return err_new(ERR_BUILD, "the answer is not HTTP");
	return NULL;
}

static size_t receive(char *bytes, size_t size, size_t count, void *arg)
{
	struct text *t = arg;

	if (t->len + size * count > ANSWER_LIMIT)
		return 0;
	text_add(t, bytes, size * count);
	return size * count;
}

/* Connects to this machine for every host, whatever a resolver, a proxy or a redirect says. */
static struct err *get(CURL *easy, const struct http_probe *x, struct text *body, long *ret_status)
{
	AUTO_FREE char *url = mem_printf("http://%s:%u%s", x->host, x->port, x->path),
		       *here = mem_printf("::127.0.0.1:%u", x->port);
	struct curl_slist *to = curl_slist_append(NULL, here);

	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_CONNECT_TO, to);
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(easy, CURLOPT_MAXREDIRS, REDIRECTS);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, SILENCE_SECONDS);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "mkbench");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
	CURLcode code = curl_easy_perform(easy);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, ret_status);
	curl_slist_free_all(to);
	return code == CURLE_OK ? NULL : err_new(ERR_BUILD, "%s: %s", x->path, curl_easy_strerror(code));
}

struct err *http_probe_get(const struct http_probe *x, int *ret_status, char **ret_body)
{
	AUTO_TEXT struct text body = { 0 };
	CURL *easy = curl_easy_init();
	long status = 0;

	if (!easy)
		mem_exhausted();
	struct err *e = get(easy, x, &body, &status);
	curl_easy_cleanup(easy);
	*ret_status = (int)status;
	*ret_body = e ? NULL : mem_dup(body.bytes ? body.bytes : "");
	return e;
}

static char *base64(const void *bytes, size_t len)
{
	char *text = mem_new(4 * ((len + 2) / 3) + 1);

	EVP_EncodeBlock((unsigned char *)text, bytes, (int)len);
	return text;
}

static struct err *check_accept(const char *head, const char *key)
{
	AUTO_FREE char *whole = mem_printf("%s" KEY_GUID, key), *found = field(head, "Sec-WebSocket-Accept");
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (EVP_Digest(whole, strlen(whole), digest, &len, EVP_sha1(), NULL) != 1)
		return err_new(ERR_SYSTEM, "SHA-1 is not to be had");
	AUTO_FREE char *wanted = base64(digest, len);
	return found && !strcmp(found, wanted) ?
		       NULL :
		       err_new(ERR_BUILD, "the websocket's Sec-WebSocket-Accept does not match the request");
}

/* One unfragmented text frame of less than 64 KiB (RFC 6455, 5.2): servers do not mask. */
static struct err *hear_message(int fd, struct text *t, size_t at, char **ret)
{
	size_t head = 2, len = 0;

	for (bool more = true; more;) {
		const unsigned char *frame = (const unsigned char *)t->bytes + at;
		size_t have = t->len - at;
		if (have >= 2 && (frame[0] != 0x81 || frame[1] > 126))
			return err_new(ERR_BUILD, "the first frame is no text (%02x %02x)", frame[0],
				       frame[1]);
		head = have >= 2 && frame[1] == 126 ? 4 : 2;
		if (have >= head)
			len = head == 4 ? (size_t)frame[2] << 8 | frame[3] : frame[1];
		if (have >= head && have >= head + len) {
			*ret = mem_ndup((const char *)frame + head, len);
			return NULL;
		}
		TRY(hear(fd, t, &more));
	}
	return err_new(ERR_BUILD, "the connection ended before a message came");
}

struct err *http_probe_hear(int fd, const char *key, char **ret_message)
{
	AUTO_TEXT struct text t = { 0 };
	int status = 0;

	TRY(hear_head(fd, &t, &status));
	if (status != 101)
		return err_new(ERR_BUILD, "HTTP status %d instead of 101", status);
	TRY(check_accept(t.bytes, key));
	return hear_message(fd, &t, head_length(&t), ret_message);
}

struct err *http_probe_websocket(const struct http_probe *x, char **ret_message)
{
	/* masked, as a client's must be */
	static const unsigned char close_frame[] = { 0x88, 0x80, 1, 2, 3, 4 };
	AUTO_CLOSE int fd = -1;
	unsigned char nonce[16];

	if (getrandom(nonce, sizeof nonce, 0) != sizeof nonce)
		return err_errno(errno, "draw a number");
	AUTO_FREE char *key = base64(nonce, sizeof nonce);
	AUTO_FREE char *more = mem_printf("Origin: http://%s:%u\r\nUpgrade: websocket\r\nConnection: "
					  "Upgrade\r\nSec-WebSocket-Version: 13\r\n"
					  "Sec-WebSocket-Key: %s\r\n",
					  x->host, x->port, key);
	TRY(ask(x, x->path, more, &fd));
	TRY(http_probe_hear(fd, key, ret_message));
	if (send(fd, close_frame, sizeof close_frame, MSG_NOSIGNAL) < 0)
		return err_errno(errno, "send");
	return NULL;
}
