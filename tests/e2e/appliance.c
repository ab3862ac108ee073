/* SPDX-License-Identifier: MIT */
/* A whole appliance in one static program, for appliance.bash: process 1, its health program, benchctl and
 * the `cat` that mkbench reads its files with. It keeps a file on its volume, answers HTTP, and
 * takes each step of its start when the test tells it to by a file on the volume. */
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef FAILS /* its second step, without being told to */
#define FAILS 0
#endif
#ifndef HOLDS /* for ever at its first one */
#define HOLDS 0
#endif
#ifndef BENCH /* in place of the image's bench.json */
#define BENCH NULL
#endif
#ifndef REPORT /* of benchctl verify */
#define REPORT "no bench"
#endif

static volatile sig_atomic_t over;

static void stop(int signal)
{
	(void)signal;
	over = 1;
}

static void put(const char *path, const char *mode, const char *text)
{
	FILE *f = fopen(path, mode);

	if (!f || fputs(text, f) < 0 || fclose(f)) {
		perror(path);
		exit(1);
	}
}

/* A word that the test may choose. */
static const char *chosen(const char *variable, const char *otherwise)
{
	const char *word = getenv(variable);

	return word ? word : otherwise;
}

static void report(const char *all, const char *first, const char *second)
{
	char text[512];

	snprintf(text, sizeof text,
		 "{\"state\":\"%s\",\"steps\":[{\"step\":\"database\",\"state\":\"%s\",\"seconds\":1.5},"
		 "{\"step\":\"%s\",\"state\":\"%s\",\"seconds\":0.5}]}",
		 all, first, chosen("STEP", "site one"), second);
	put("/run/mkbench/.progress", "w", text);
	rename("/run/mkbench/.progress", "/run/mkbench/progress.json");
}

static int cat(const char *path)
{
	FILE *f = fopen(path, "r");

	if (BENCH && strstr(path, "/bench.json"))
		return puts(BENCH) < 0;
	if (!f)
		return 1;
	for (int c; (c = getc(f)) != EOF;)
		putchar(c);
	return fclose(f);
}

static int healthy(void)
{
	int ready = !access("/run/ready", F_OK);

	puts(ready ? "ready" : chosen("HEALTH", "the database starts"));
	return !ready;
}

static int listener(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(8080) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 64)) {
		perror("listen");
		exit(1);
	}
	return fd;
}

/* Echoes until the client has sent everything: the forwarder must carry both ends of a stream. */
static void answer(int client)
{
	static const char head[] = "HTTP/1.0 200 OK\r\n\r\n";
	char bytes[65536];
	size_t total = 0;
	ssize_t n;

	for (int first = 1; (n = read(client, bytes, sizeof bytes)) > 0; first = 0) {
		total += (size_t)n;
		if (first && n > 4 && !memcmp(bytes, "GET ", 4)) {
			dprintf(client, "%shello\n", head);
			close(client);
			return;
		}
	}
	dprintf(client, "%zu bytes\n", total);
	for (size_t i = 0; i < 40; i++)
		if (write(client, bytes, sizeof bytes) < 0)
			break;
	close(client);
}

static int serve(void)
{
	int fd = listener(), ready = 0;

	puts(chosen("LOG", "a first line"));
	fflush(stdout);
	put("/data/starts", "a", "start\n");
	mkdir("/run/mkbench", 0755);
	report("running", "running", "pending");
	for (; !over;) {
		struct pollfd p = { fd, POLLIN, 0 };
		if (poll(&p, 1, 50) > 0)
			answer(accept(fd, NULL, NULL));
		if (HOLDS || ready || !access("/data/hold", F_OK))
			continue;
		if (FAILS || getenv("FAIL_STEP")) {
			report("failed", "done", "failed");
			continue;
		}
		report("done", "done", "done");
		if (getenv("NEVER_READY"))
			continue;
		put("/run/ready", "w", "");
		ready = 1;
	}
	put("/data/stopped", "w", "in order\n");
	return 0;
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
	struct sigaction action = { .sa_handler = stop };

	if (!strcmp(name, "cat"))
		return argc > 1 ? cat(argv[1]) : 1;
	if (!strcmp(name, "benchctl"))
		return puts(REPORT) < 0;
	if (argc > 1 && !strcmp(argv[1], "healthy"))
		return healthy();
	if (argc > 2 && !strcmp(argv[1], "env"))
		return puts(getenv(argv[2]) ? getenv(argv[2]) : "unset") < 0;
	if (argc > 1 && !strcmp(argv[1], "tty"))
		return printf("terminal %s, %s\n", ttyname(0),
			      tcgetpgrp(0) == getpgrp() ? "ours" : "another's") < 0;
	if (argc > 1 && !strcmp(argv[1], "pid"))
		return printf("%d of group %d\n", getpid(), getppid()) < 0;
	if (argc > 2 && !strcmp(argv[1], "exit"))
		return atoi(argv[2]);
	if (getenv("FAIL")) {
		puts("the appliance fails at once");
		return 3;
	}
	sigaction(SIGTERM, &action, NULL);
	return serve();
}
