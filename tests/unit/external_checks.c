/* SPDX-License-Identifier: MIT */
/* The checks through the published port, against a server that answers well or in one of many wrong ways. */
#include "launch/image_bench.h"
#include "verify/external_checks.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "says.h"

/* What the server does wrong. */
enum fault {
	NONE,
	STATUS,
	NO_SID,
	NO_UPGRADE,
	WRONG_KEY,
	NO_FRAME,
	BINARY_FRAME,
	WRONG_HELLO,
	HANGS_UP,
	EVERYBODY,
	ELSEWHERE
};

static void say(int fd, const char *text)
{
	if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		_exit(1);
}

static void page(int fd, int status, const char *body)
{
	dprintf(fd, "HTTP/1.1 %d Words\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n%s", status,
		body);
}

static void upgrade(int fd, const char *request, enum fault f)
{
	static const char hello[] = "0{\"sid\":\"abc\",\"upgrades\":[]}";
	const char *key = strstr(request, "Sec-WebSocket-Key: ");
	AUTO_FREE char *whole = mem_printf("%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
					   f == WRONG_KEY ? "AAAAAAAAAAAAAAAAAAAAAA==" : key + 19);
	unsigned char digest[EVP_MAX_MD_SIZE], accept[64];
	unsigned len = 0;

	EVP_Digest(whole, strlen(whole), digest, &len, EVP_sha1(), NULL);
	EVP_EncodeBlock(accept, digest, (int)len);
	dprintf(fd,
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
		"Upgrade\r\nsec-websocket-accept: %s\r\n\r\n",
		accept);
	if (f == NO_FRAME)
		return;
	usleep(20000); /* the frame comes in pieces of its own */
	dprintf(fd, "%c", f == BINARY_FRAME ? 0x82 : 0x81);
	usleep(20000);
	dprintf(fd, "%c%s", (int)strlen(hello),
		f == WRONG_HELLO ? "4{\"sid\":\"abc\",\"upgrades\":[]}" : hello);
}

static void answer(int fd, enum fault f)
{
	char request[4096] = "";
	size_t len = 0;

	for (ssize_t n;
	     !strstr(request, "\r\n\r\n") && (n = read(fd, request + len, sizeof request - 1 - len)) > 0;)
		len += (size_t)n;
	if (f == HANGS_UP)
		return;
	if (strstr(request, "Host: nobody.invalid:"))
		page(fd, f == EVERYBODY ? 200 : 404, "");
	else if (f == ELSEWHERE && !strncmp(request, "GET / ", 6))
		say(fd, "HTTP/1.1 302 Found\r\nLocation: http://elsewhere.invalid/\r\n\r\n");
	else if (!strncmp(request, "GET / ", 6))
		say(fd, "HTTP/1.1 302 Found\r\nLocation: http://one.test:99/home\r\n\r\n");
	else if (!strncmp(request, "GET /home ", 10))
		say(fd, "HTTP/1.1 301 Moved\r\nlocation: /login\r\n\r\n");
	else if (strstr(request, "transport=websocket") && f != NO_UPGRADE)
		upgrade(fd, request, f);
	else if (strstr(request, "transport=polling"))
		page(fd, 200, f == NO_SID ? "0{}" : "0{\"sid\":\"abc\"}");
	else
		page(fd, f == STATUS ? 500 : 200, "fine");
}

static pid_t serve(enum fault f, unsigned *ret_port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 16) ||
	    getsockname(fd, (struct sockaddr *)&at, &size))
		exit(1);
	*ret_port = ntohs(at.sin_port);
	pid_t pid = fork();
	for (int client; !pid && (client = accept(fd, NULL, NULL)) >= 0; close(client))
		answer(client, f);
	close(fd);
	return pid;
}

static void take(void *arg, const char *check, const char *of, struct err *e, const char *says)
{
	char *line = arg;

	(void)says;
	if (e)
		snprintf(line + strlen(line), 900 - strlen(line), "%s %s;", check, of);
	err_free(e);
}

/* The checks that fail, each with what it was about. */
static const char *failing(enum fault f, const char *unknown_host)
{
	static char line[1000];
	static const char *const hosts[] = { "one.test", NULL };
	struct bench_program programs[] = { { .role = ROLE_NGINX }, { .role = ROLE_SOCKETIO } };
	struct bench_site site = { .name = "one.test", .hosts = hosts };
	struct bench bench = {
		.sites = { &site, 1 },
		.programs = { programs, 2 },
		.probe_path = "/ping",
		.socketio_path = "/socket.io/?EIO=4&transport=polling",
		.unknown_host = unknown_host,
	};
	struct external_checks o = { .bench = &bench, .take = take, .arg = line };
	pid_t pid = serve(f, &o.port);

	*line = '\0';
	for (size_t i = 0; external_checks_run(&o, i); i++)
		continue;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return line;
}

#define NO_HOST "a site of its bench.json has no host name where one belongs"

/* Whether an image with these sites is damaged, for that reason; NULL: it is whole. */
static bool judged(const char *sites, const char *why)
{
	AUTO_FREE char *text = mem_printf("{\"sites\": %s}", sites),
		       *wanted = why ? mem_printf("x.oci is damaged: %s", why) : NULL;
	AUTO_BENCH struct bench b = { 0 };
	struct err *e = image_bench_parse(text, "x.oci", &b);

	return why ? e && says(e, ERR_BUILD, wanted) : !e;
}

static void sites(void)
{
	static const char *const whole[] = {
		"[]", "[{\"name\": \"one.test\", \"hosts\": [\"www.xn--one-2.test\"]}, {\"name\": \"two\"}]"
	};
	static const char *const no_host[] = {
		"[{\"hosts\": []}]",
		"[{\"name\": \"\"}]",
		"[{\"name\": \"-v\"}]",
		"[{\"name\": \"a b\"}]",
		"[{\"name\": \"one.test;reboot\"}]",
		"[{\"name\": \"\\u001b[2J\"}]",
		"[{\"name\": \"../x\"}]",
	};

	for (size_t i = 0; i < COUNT(whole); i++)
		ok(judged(whole[i], NULL));
	for (size_t i = 0; i < COUNT(no_host); i++)
		ok(judged(no_host[i], NO_HOST));
	ok(judged("[\"one.test\"]", "bench.json: 'sites' must be a list of objects"));
	ok(judged("[{\"name\": [\"one.test\"]}]", "bench.json: 'name' must be a string"));
	ok(judged("[{\"name\": \"one.test\"}, {\"name\": \"two.test\", \"hosts\": [\"www.two.test\", null]}]",
		  "bench.json: 'hosts' must be a list of strings"));
	ok(judged("[", "bench.json is no JSON"));
}

int main(void)
{
	sites();
	is(failing(NONE, "refuse"), "");
	is(failing(STATUS, "refuse"), "page one.test;page one.test;ping one.test;");
	is(failing(ELSEWHERE, "refuse"), "page one.test;page one.test;");
	is(failing(NO_SID, "refuse"), "polling one.test;");
	is(failing(NO_UPGRADE, "refuse"), "websocket one.test;");
	is(failing(WRONG_KEY, "refuse"), "websocket one.test;");
	is(failing(NO_FRAME, "refuse"), "websocket one.test;");
	is(failing(BINARY_FRAME, "refuse"), "websocket one.test;");
	is(failing(WRONG_HELLO, "refuse"), "websocket one.test;");
	is(failing(EVERYBODY, "refuse"), "unknown nobody.invalid;");
	is(failing(EVERYBODY, "one.test"), "");
	is(failing(NONE, "one.test"), "unknown nobody.invalid;");
	is(failing(HANGS_UP, "refuse"), "page one.test;page one.test;ping one.test;unknown "
					"nobody.invalid;polling one.test;websocket one.test;");
	return t_done();
}
