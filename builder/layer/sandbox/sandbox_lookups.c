/* SPDX-License-Identifier: MIT */
#include "layer/sandbox/sandbox_lookups.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define LINKS_MAX 40  /* Linux' own limit */
#define SCRIPTS_MAX 4 /* Linux allows 5 nested interpreters that are scripts */

void sandbox_lookups_doubt(struct sandbox_lookups *l, const char *why)
{
	fprintf(l->out, "? %s\n", why);
}

/* Paths of the machine: lookups there do not depend on the image's files. */
static bool is_passing(const char *path)
{
	return text_starts(path, "/tmp/") || text_starts(path, "/run/");
}

static unsigned slot_of(char kind, const char *path)
{
	uint32_t h = 2166136261u ^ (unsigned char)kind;

	for (; *path; path++)
		h = (h ^ (unsigned char)*path) * 16777619u;
	return (h ^ h >> 16) % SANDBOX_LOOKUPS_SLOTS;
}

/* The same name was resolved a moment ago. Anything created there since is the programs' own work, unless it
 * is a link. */
static bool is_known(struct sandbox_lookups *l, char kind, const char *name)
{
	unsigned at = slot_of(kind, name);

	if (l->asked[at].name && l->asked[at].turn == l->turn && *l->asked[at].name == kind &&
	    !strcmp(l->asked[at].name + 1, name))
		return true;
	free(l->asked[at].name);
	l->asked[at].name = mem_printf("%c%s", kind, name);
	l->asked[at].turn = l->turn;
	return false;
}

static void note(struct sandbox_lookups *l, char kind, const char *path)
{
	if (is_passing(path))
		return;
	char **slot = &l->slots[slot_of(kind, path)];
	if (*slot && **slot == kind && !strcmp(*slot + 1, path))
		return;
	free(*slot);
	*slot = mem_printf("%c%s", kind, path);
	if (strchr(path, '\n'))
		sandbox_lookups_doubt(l, "a name has a new line in it");
	else
		fprintf(l->out, "%c %s\n", kind, path);
}

/* Whether a path below a process' entry in /proc leads back into the files. */
static bool leads_back(const char *rest)
{
	const char *found = strstr(rest, "/root");

	found = found ? found : strstr(rest, "/cwd");
	found = found ? found : strstr(rest, "/map_files");
	const char *fd = strstr(rest, "/fd/");
	return found || (fd && strchr(fd + 4, '/'));
}

static void cut_last(char *done)
{
	char *slash = strrchr(done, '/');

	if (slash)
		*slash = '\0';
}

/* Moves the next name of *at onto done; false if there is none. */
static bool step_on(const char **at, char *done)
{
	for (;;) {
		*at += strspn(*at, "/");
		size_t len = strcspn(*at, "/");
		const char *name = *at;
		if (!len)
			return false;
		*at += len;
		if (len == 1 && *name == '.')
			continue;
		if (len == 2 && name[0] == '.' && name[1] == '.') {
			cut_last(done);
			continue;
		}
		size_t have = strlen(done);
		snprintf(done + have, SANDBOX_LOOKUPS_ROOM - have, "/%.*s", (int)len, name);
		return true;
	}
}

/* Records the links on the way and the end: a file, or the first name that is missing. done receives that
 * path; it has SANDBOX_LOOKUPS_ROOM bytes. */
static void follow(struct sandbox_lookups *l, char kind, const char *path, char *done)
{
	char rest[SANDBOX_LOOKUPS_ROOM], target[PATH_MAX], next[SANDBOX_LOOKUPS_ROOM];
	const char *at = rest;
	struct stat st;
	int links = 0;

	snprintf(rest, sizeof rest, "%s", path);
	*done = '\0';
	while (step_on(&at, done)) {
		if (!strcmp(done, "/proc") || !strcmp(done, "/dev")) {
			if (leads_back(at))
				sandbox_lookups_doubt(l, "a file was asked for by way of /proc");
			return;
		}
		if (lstat(done, &st) < 0) {
			note(l, 'l', done);
			return;
		}
		if (!S_ISLNK(st.st_mode))
			continue;
		note(l, 'l', done);
		ssize_t n = readlink(done, target, sizeof target - 1);
		if (n < 0 || ++links > LINKS_MAX)
			return;
		target[n] = '\0';
		*target == '/' ? (void)(*done = '\0') : cut_last(done);
		snprintf(next, sizeof next, "%s/%s", target, at);
		memcpy(rest, next, sizeof rest);
		at = rest;
	}
	note(l, kind, *done ? done : "/");
}

/* Follows what the kernel opens to run a script. For a program it opens the loader, which is part of the C
 * library. */
static void follow_program(struct sandbox_lookups *l, const char *path)
{
	char done[SANDBOX_LOOKUPS_ROOM], line[PATH_MAX];

	follow(l, 'o', path, done);
	for (int i = 0; i < SCRIPTS_MAX; i++) {
		AUTO_CLOSE int fd = open(done, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof line - 1);
		if (n < 3 || line[0] != '#' || line[1] != '!')
			return;
		line[n] = '\0';
		char *interpreter = line + 2 + strspn(line + 2, " \t");
		interpreter[strcspn(interpreter, " \t\n")] = '\0';
		if (*interpreter != '/')
			return;
		follow(l, 'o', interpreter, done);
	}
}

void sandbox_lookups_note(struct sandbox_lookups *l, char kind, const char *path)
{
	char done[SANDBOX_LOOKUPS_ROOM];

	if (kind == 'm')
		l->turn++;
	else if (is_known(l, kind, path))
		return;
	if (kind == 'x')
		follow_program(l, path);
	else
		follow(l, kind == 'o' ? 'o' : 'l', path, done);
}
