/* SPDX-License-Identifier: MIT */
/* What /proc says of a process: its name, whether it lives, whether it has children. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

/* The name, state letter and parent of a process; false if there is none. The name may hold any character,
 * even a parenthesis. */
bool process_stat_read(pid_t pid, char ret_name[static 17], char *ret_state, pid_t *ret_parent);
bool process_stat_is_alive(pid_t pid);	/* it exists and is no zombie */
bool process_stat_has_child(pid_t pid); /* an RQ worker without one is idle */
