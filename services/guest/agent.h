/* The way in that `mkbench run` has to a disk: a serial port which only the host of the virtual machine can
 * give it. One line of JSON asks, {"id": "…", "argv": ["…"]}, one answers, {"id": "…", "status": 0, "output": "…"}; a minute at
 * most each. The host owns the machine's memory and disk anyway: this adds no power to it. */
#pragma once

int agent_main(int argc, char **argv);
