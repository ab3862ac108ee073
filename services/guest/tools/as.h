/* SPDX-License-Identifier: MIT */
/* as USER PROGRAM [ARGUMENT...]: a program of another user's that root starts from a shell. It gets a session
 * of its own and, where root has a terminal, a terminal of its own: into root's nobody types (TIOCSTI), and
 * from root's nobody reads. Its exit status, 128 + signal. */
#pragma once

int as_main(int argc, char **argv);
