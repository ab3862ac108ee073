/* SPDX-License-Identifier: MIT */
/* as USER PROGRAM [ARGUMENT...]: runs a program for root as another user. It gets a session of its own and,
 * if root has a terminal, a terminal of its own: so the user can neither type into root's (TIOCSTI) nor read
 * from it. The exit status is the program's, or 128 + signal. */
#pragma once

int as_main(int argc, char **argv);
