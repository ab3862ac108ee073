/* SPDX-License-Identifier: MIT */
#include "lib/process_stat.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lib/sysfile.h"

bool process_stat_read(pid_t pid, char ret_name[static 17], char *ret_state, pid_t *ret_parent)
{
	AUTO_FREE char *path = mem_printf("/proc/%d/stat", (int)pid), *line = sysfile_read(path, NULL);
	const char *name = strchr(line, '('), *rest = strrchr(line, ')');
	int parent;
	if (!name || !rest || sscanf(rest, ") %c %d", ret_state, &parent) != 2)
		return false;
	*ret_parent = parent;
	snprintf(ret_name, 17, "%.*s", (int)(rest - name - 1), name + 1);
	return true;
}

bool process_stat_is_alive(pid_t pid)
{
	char name[17], state;
	pid_t parent;

	return pid > 0 && process_stat_read(pid, name, &state, &parent) && state != 'Z' && state != 'X';
}

bool process_stat_has_child(pid_t pid)
{
	DIR *proc = opendir("/proc");
	bool found = false;

	for (struct dirent *d; !found && proc && (d = readdir(proc));) {
		char name[17], state;
		pid_t parent,
			one = isdigit((unsigned char)d->d_name[0]) ? (pid_t)strtol(d->d_name, NULL, 10) : 0;
		found = one && process_stat_read(one, name, &state, &parent) && parent == pid && state != 'Z';
	}
	if (proc)
		closedir(proc);
	return found;
}
