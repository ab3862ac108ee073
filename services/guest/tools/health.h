/* SPDX-License-Identifier: MIT */
/* The program health: whether the bench lives, has started, is ready. */
#pragma once

/* health [--start-period=SECONDS] [live|started|ready]: one line, 0 or 1. Without a word it says what an
 * engine should act upon; with the option, which the image's own check has, a start that takes longer than
 * that is waited for while it goes on. */
int health_main(int argc, char **argv);
