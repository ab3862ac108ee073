/* health [live|started|ready]: one line, exit status 0 or 1 (2 for a wrong word). */
#pragma once

int health_main(int argc, char **argv);
