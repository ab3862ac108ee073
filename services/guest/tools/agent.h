/* SPDX-License-Identifier: MIT */
/* The way in that `mkbench run` has to a disk: a serial port which only the host of the virtual machine can
 * give it. One line of JSON asks, {"id": "…", "argv": ["…"]}, one answers, {"id": "…", "status": 0,
 * "output": "…"}; what takes longer than 150 seconds is ended. The host owns the machine's memory and disk
 * anyway: this adds no power to it. */
#pragma once

int agent_main(int argc, char **argv);
