/* SPDX-License-Identifier: MIT */
#include "jobs/worker_process.h"

#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "lib/supervisor.h"
#include "lib/sysfile.h"

#define KEPT 256 /* beyond that, dead ones are forgotten */

struct stat_line {
	char state;
	int parent, session;
	uint64_t stack;
};

/* Fields 3, 4, 6 and 28 of /proc/PID/stat; the name before them may hold anything. */
static bool read_stat(pid_t pid, struct stat_line *ret)
{
	AUTO_FREE char *path = mem_printf("/proc/%d/stat", (int)pid), *line = sysfile_read(path, NULL);
	const char *rest = strrchr(line, ')');

	return rest && sscanf(rest,
			      ") %c %d %*d %d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d "
			      "%*u %*u %*d %*u %*u %*u %" SCNu64,
			      &ret->state, &ret->parent, &ret->session, &ret->stack) == 4;
}

/* The value of a variable in a NUL-separated environment, or NULL. */
static const char *variable(const char *block, size_t len, const char *name)
{
	size_t name_len = strlen(name);

	for (size_t at = 0; at < len; at += strlen(block + at) + 1)
		if (!strncmp(block + at, name, name_len) && block[at + name_len] == '=')
			return block + at + name_len + 1;
	return NULL;
}

/* A line of /proc/PID/maps: "FROM-TO rw-s OFFSET DEVICE INODE /memfd:mkbench-program:GROUP:NAME (deleted)".
 * Returns the inode, 0 when there is no such line. */
static uint64_t read_mapping(pid_t pid, char ret_group[100], char ret_name[100])
{
	static const char mark[] = "/memfd:mkbench-program:";
	AUTO_FREE char *path = mem_printf("/proc/%d/maps", (int)pid), *maps = sysfile_read(path, NULL);
	char *at = strstr(maps, mark), *line = at;
	uint64_t inode = 0;

	*ret_group = *ret_name = '\0';
	while (line && line > maps && line[-1] != '\n')
		line--;
	if (!line || sscanf(line, "%*s %*s %*s %*s %" SCNu64, &inode) != 1)
		return 0;
	sscanf(at + strlen(mark), "%99[^:\n]:%99[^: \n]", ret_group, ret_name);
	return inode;
}

static bool is_for_work(const struct bench *b, pid_t pid, uint64_t *ret_mapped)
{
	AUTO_FREE char *path = mem_printf("/proc/%d/environ", (int)pid);
	size_t len = 0;
	AUTO_FREE char *block = sysfile_read(path, &len);
	const char *name = variable(block, len, "SUPERVISOR_PROCESS_NAME"),
		   *group = variable(block, len, "SUPERVISOR_GROUP_NAME");
	char own_group[100], own_name[100];

	*ret_mapped = read_mapping(pid, own_group, own_name);
	if (*ret_mapped) {
		group = own_group;
		name = own_name;
	}
	const struct bench_program *program = name && group ? supervisor_program(b, group, name) : NULL;
	return !name || (program && program->role == ROLE_WORKER);
}

static void remember(struct worker_processes *p, pid_t pid, uint64_t stack, uint64_t mapped, const char *name)
{
	struct worker_process one = { .pid = pid, .stack = stack, .mapped = mapped };

	snprintf(one.name, sizeof one.name, "%s", name);
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].pid == pid) {
			p->items[i] = one;
			return;
		}
	if (p->count == KEPT)
		memmove(p->items, p->items + 1, --p->count * sizeof *p->items);
	VEC_PUSH(p, one);
}

bool worker_process_is(struct worker_processes *p, const struct bench *b, pid_t pid, const char *name)
{
	AUTO_FREE char *path = mem_printf("/proc/%d", (int)pid);
	struct stat_line line;
	struct stat st;
	uint64_t mapped;

	if (pid <= 0 || pid == getpid() || stat(path, &st) < 0 || st.st_uid != b->user.uid ||
	    !read_stat(pid, &line) || line.state == 'Z' || line.state == 'X')
		return false;
	if (!is_for_work(b, pid, &mapped))
		return false;
	remember(p, pid, line.stack, mapped, name);
	return true;
}

pid_t worker_process_called(const struct worker_processes *p, const char *name)
{
	for (size_t i = p->count; i-- > 0;)
		if (!strcmp(p->items[i].name, name))
			return p->items[i].pid;
	return 0;
}

static bool is_horse_of(const struct worker_process *worker, pid_t pid)
{
	struct stat_line line;
	char group[100], name[100];

	return read_stat(pid, &line) && line.stack == worker->stack && line.state != 'Z' &&
	       line.state != 'X' && read_mapping(pid, group, name) == worker->mapped;
}

pid_t worker_process_horse(const struct worker_processes *p, pid_t worker)
{
	const struct worker_process *known = NULL;

	for (size_t i = 0; !known && i < p->count; i++)
		if (p->items[i].pid == worker)
			known = &p->items[i];
	DIR *proc = known && known->stack ? opendir("/proc") : NULL;
	pid_t found = 0;

	for (struct dirent *d; !found && proc && (d = readdir(proc));) {
		pid_t pid = isdigit((unsigned char)d->d_name[0]) ? (pid_t)strtol(d->d_name, NULL, 10) : 0;
		if (pid && pid != worker && is_horse_of(known, pid))
			found = pid;
	}
	if (proc)
		closedir(proc);
	return found;
}
