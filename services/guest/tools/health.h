/* SPDX-License-Identifier: MIT */
/* The program `health`: says whether the bench lives, has started, is ready. */
#pragma once

/* health [--start-period=SECONDS] [live|started|ready]: prints one line, exits with 0 or 1. Without a word
 * it answers for an engine. With the option, which the image's own check uses, it waits for a start that
 * takes longer than that, as long as it makes progress. */
int health_main(int argc, char **argv);
