/* SPDX-License-Identifier: MIT */
#include "provision/resource_plan.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "lib/durable.h"
#include "lib/log.h"
#include "lib/sysfile.h"

#define MIB (1ull << 20)
#define LEAST (900 * MIB) /* a machine of 1 GiB, without what its firmware and its kernel keep */
#define CONNECTION 8192u  /* measured: pool, header buffer, kernel memory */
#define NGINX_WORKERS 2
#define FEWEST 4096u /* a few thousand idle connections must leave room for others */
#define MOST 32768u
#define FEW_FILES 8192u
/* some engines allow a million, and there are programs that close every possible descriptor, which takes
 * time */
#define ENOUGH_FILES 65536u
#define OTHER_FILES 128u /* files that nginx opens beside its connections */

static char *slurp(const char *root, const char *path)
{
	AUTO_FREE char *whole = mem_printf("%s%s", root, path);

	return sysfile_read(whole, NULL);
}

static void lower(uint64_t *total, const char *text)
{
	char *end;
	uint64_t limit = strtoull(text, &end, 10);

	if (end > text && limit && limit < *total)
		*total = limit;
}

/* Parses "QUOTA PERIOD"; without a limit the quota is "max" or -1. */
static void lower_processors(unsigned *processors, const char *text)
{
	long quota, period;

	if (sscanf(text, "%ld %ld", &quota, &period) != 2 || quota <= 0 || period <= 0)
		return;
	unsigned whole = (unsigned)((quota + period - 1) / period);
	if (whole && whole < *processors)
		*processors = whole;
}

/* Cgroup version 1: a container sees its own group at the top of the mount. */
static void read_groups_v1(struct resource_plan *m, const char *root)
{
	AUTO_FREE char *limit = slurp(root, "/sys/fs/cgroup/memory/memory.limit_in_bytes");
	AUTO_FREE char *quota = slurp(root, "/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
		       *period = slurp(root, "/sys/fs/cgroup/cpu/cpu.cfs_period_us");
	AUTO_FREE char *both = mem_printf("%s %s", quota, period);

	lower(&m->total_bytes, limit);
	lower_processors(&m->processors, both);
}

/* Every group from ours up to the visible root: a parent's limit counts, too. */
static void read_groups(struct resource_plan *m, const char *root)
{
	AUTO_FREE char *own = slurp(root, "/proc/self/cgroup");
	char *v2 = strstr(own, "0::/");
	AUTO_FREE char *group = mem_ndup(v2 ? v2 + 3 : "/", v2 ? strcspn(v2 + 3, "\n") : 1);

	for (;;) {
		static const char *const limits[] = { "memory.max", "memory.high" };
		for (size_t i = 0; i < COUNT(limits); i++) {
			AUTO_FREE char *path = mem_printf("/sys/fs/cgroup%s/%s", group, limits[i]);
			AUTO_FREE char *text = slurp(root, path);
			lower(&m->total_bytes, text);
		}
		AUTO_FREE char *path = mem_printf("/sys/fs/cgroup%s/cpu.max", group);
		AUTO_FREE char *text = slurp(root, path);
		lower_processors(&m->processors, text);
		char *slash = strrchr(group, '/');
		if (!slash || (slash == group && !slash[1]))
			break;
		slash[slash == group] = '\0';
	}
}

/* Connections for each nginx worker. One with an incomplete request takes CONNECTION bytes; all of them may
 * take a sixteenth of the memory. */
static unsigned plan_connections(uint64_t total)
{
	uint64_t count = total / 16 / CONNECTION / NGINX_WORKERS;
	struct rlimit files;

	count = count < FEWEST ? FEWEST : count > MOST ? MOST : count;
	if (!getrlimit(RLIMIT_NOFILE, &files) && files.rlim_cur != RLIM_INFINITY &&
	    count + OTHER_FILES > files.rlim_cur)
		count = files.rlim_cur > 2 * OTHER_FILES ? files.rlim_cur - OTHER_FILES : OTHER_FILES;
	return (unsigned)count;
}

struct resource_plan resource_plan_make(const struct bench *b, const char *root)
{
	struct resource_plan m = { .total_bytes = UINT64_MAX, .processors = 1 };
	AUTO_FREE char *info = slurp(root, "/proc/meminfo");
	const char *total = strstr(info, "MemTotal:");
	cpu_set_t set;

	m.total_bytes = total ? strtoull(total + 9, NULL, 10) * 1024 : 1024 * MIB;
	if (!sched_getaffinity(0, sizeof set, &set))
		m.processors = (unsigned)CPU_COUNT(&set);
	read_groups(&m, root);
	read_groups_v1(&m, root);
	m.pool_bytes = b->sql_pool_bytes ? b->sql_pool_bytes : m.total_bytes / 100 * b->sql_pool_percent;
	if (!b->sql_pool_bytes && m.pool_bytes < 128 * MIB)
		m.pool_bytes = m.total_bytes < 1024 * MIB ? 64 * MIB : 128 * MIB;
	if (m.pool_bytes > m.total_bytes / 4 * 3)
		m.pool_bytes = m.total_bytes / 4 * 3; /* MariaDB ends at once when it cannot get all of it */
	m.pool_bytes -= m.pool_bytes % MIB;
	uint64_t fit = b->web_worker_bytes ? m.total_bytes / 100 * 30 / b->web_worker_bytes : UINT64_MAX;
	uint64_t wish = 2 * m.processors + 1;
	m.web_workers = b->web_workers ? b->web_workers : (unsigned)(fit < wish ? fit : wish);
	if (m.web_workers < 1)
		m.web_workers = 1;
	m.connections = plan_connections(m.total_bytes);
	return m;
}

void resource_plan_open_files(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files))
		return;
	rlim_t most = files.rlim_max == RLIM_INFINITY || files.rlim_max > ENOUGH_FILES ? ENOUGH_FILES :
											 files.rlim_max;
	if (files.rlim_cur == RLIM_INFINITY || files.rlim_cur < most) {
		files.rlim_cur = most;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	if (files.rlim_cur < FEW_FILES)
		log_line("warning: only %llu files may be open (nofile): fewer visitors and database "
			 "connections fit; docker run --ulimit nofile=65536",
			 (unsigned long long)files.rlim_cur);
}

/* Reads "KEY NUMBER" lines. */
static int64_t number_of(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
		if (!strncmp(line, key, len) && line[len] == ' ')
			return strtoll(line + len, NULL, 10);
	return -1;
}

/* A disk's machine is the bench's own; a container sees the numbers of the whole host. */
static bool is_machine(const char *root)
{
	AUTO_FREE char *systemd = mem_printf("%s/run/systemd/system", root);

	return !access(systemd, F_OK);
}

int64_t resource_plan_killed(const char *root)
{
	if (is_machine(root)) {
		AUTO_FREE char *all = slurp(root, "/proc/vmstat");
		return number_of(all, "oom_kill");
	}
	AUTO_FREE char *own = slurp(root, "/proc/self/cgroup"),
		       *old = slurp(root, "/sys/fs/cgroup/memory/memory.oom_control");
	char *v2 = strstr(own, "0::/");
	AUTO_FREE char *group = mem_ndup(v2 ? v2 + 3 : "/", v2 ? strcspn(v2 + 3, "\n") : 1);
	AUTO_FREE char *path = mem_printf("/sys/fs/cgroup%s/memory.events", group),
		       *events = slurp(root, path);
	int64_t killed = number_of(events, "oom_kill");

	return killed < 0 ? number_of(old, "oom_kill") : killed;
}

struct err *resource_plan_check(const struct resource_plan *m)
{
	char size[16];

	return m->total_bytes >= LEAST ? NULL :
					 err_new(ERR_SYSTEM, "%s: a bench needs 1 GB, better 2 GB",
						 text_size((double)m->total_bytes, size));
}

struct err *resource_plan_write(const struct bench *b, const struct resource_plan *m)
{
	AUTO_FREE char *options = mem_printf("[mariadbd]\ninnodb_buffer_pool_size = %lluM\n",
					     (unsigned long long)(m->pool_bytes / MIB));

	TRY(durable_update(b->sql_memory_file, options, 0644, &durable_root, NULL));
	AUTO_FREE char *events = mem_printf("worker_connections %u;\n", m->connections);
	return b->events_file ? durable_update(b->events_file, events, 0644, &durable_root, NULL) : NULL;
}
