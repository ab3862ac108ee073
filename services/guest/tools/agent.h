/* SPDX-License-Identifier: MIT */
/* Runs programs for `mkbench run` on a disk: reads requests from a serial port that only the virtual
 * machine's host can attach. A request is one line of JSON, {"id": "…", "argv": ["…"]}, and so is the
 * answer, {"id": "…", "status": 0, "output": "…"}. A program that takes longer than 150 seconds is ended.
 * The host controls the machine's memory and disk anyway: this gives it no more power. */
#pragma once

int agent_main(int argc, char **argv);
