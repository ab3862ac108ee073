/* SPDX-License-Identifier: MIT */
#include "provision/resource_plan.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "t.h"

#define MIB (1ull << 20)

static char root[] = "/tmp/guest_memory.XXXXXX";

static void put(const char *path, const char *text)
{
	AUTO_FREE char *whole = mem_printf("%s%s", root, path);
	AUTO_FREE char *folder = mem_ndup(whole, (size_t)(strrchr(whole, '/') - whole));

	err_free(file_make_folder(folder, 0755));
	err_free(file_write(whole, text, strlen(text), 0644));
}

int main(void)
{
	struct bench b = { .sql_pool_percent = 25, .web_worker_bytes = 180 * MIB };

	ok(mkdtemp(root) != NULL);
	put("/proc/meminfo", "MemFree: 1 kB\nMemTotal:       8388608 kB\n");
	put("/proc/self/cgroup", "0::/a/b\n");
	struct resource_plan m = resource_plan_make(&b, root);
	ok(m.total_bytes == 8192 * MIB && m.pool_bytes == 2047 * MIB);
	ok(m.processors >= 1 && m.web_workers <= 2 * m.processors + 1);
	put("/sys/fs/cgroup/a/b/memory.max", "max\n");
	put("/sys/fs/cgroup/a/memory.max", "2147483648\n"); /* a parent's limit binds */
	put("/sys/fs/cgroup/a/b/memory.high", "4294967296\n");
	put("/sys/fs/cgroup/a/b/cpu.max", "50000 100000\n");
	m = resource_plan_make(&b, root);
	ok(m.total_bytes == 2048 * MIB && m.pool_bytes == 511 * MIB && m.processors == 1 &&
	   m.web_workers == 3);
	put("/sys/fs/cgroup/a/b/memory.max", "805306368\n");
	m = resource_plan_make(&b, root);
	ok(m.total_bytes == 768 * MIB && m.pool_bytes == 192 * MIB - MIB && m.web_workers == 1);
	put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "268435456\n"); /* the old hierarchy */
	m = resource_plan_make(&b, root);
	ok(m.total_bytes == 256 * MIB && m.pool_bytes == 64 * MIB && m.web_workers == 1);
	put("/sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
	unsigned all = resource_plan_make(&b, root).processors;
	put("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
	put("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
	ok(resource_plan_make(&b, root).processors == all);
	put("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "90000\n");
	ok(resource_plan_make(&b, root).processors == 1);
	b.web_workers = 9;
	b.sql_pool_bytes = 4096ull << 30; /* MariaDB could not start with it */
	m = resource_plan_make(&b, root);
	ok(m.pool_bytes <= m.total_bytes / 4 * 3 && m.pool_bytes + MIB > m.total_bytes / 4 * 3);
	b.sql_pool_bytes = 100 * MIB;
	m = resource_plan_make(&b, root);
	ok(m.web_workers == 9 && m.pool_bytes == 100 * MIB);
	ok(resource_plan_killed(root) == -1);
	put("/sys/fs/cgroup/memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
	ok(resource_plan_killed(root) == 3);
	put("/sys/fs/cgroup/a/b/memory.events", "low 0\nmax 7\noom 2\noom_kill 2\noom_group_kill 0\n");
	ok(resource_plan_killed(root) == 2);
	put("/proc/vmstat", "nr_free_pages 7\noom_kill 5\ndrop_pagecache 0\n");
	ok(resource_plan_killed(root) == 2); /* the host's number, which is not a container's */
	put("/run/systemd/system/here", "");
	ok(resource_plan_killed(root) == 5);
	m.total_bytes = 978000 * 1024; /* what a machine of 1 GiB may have left of it */
	ok(!resource_plan_check(&m));
	m.total_bytes = 800 * MIB;
	struct err *e = resource_plan_check(&m);
	ok(e != NULL);
	err_free(e);
	err_free(file_remove_tree(root));
	return t_done();
}
