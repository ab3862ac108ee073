/* SPDX-License-Identifier: MIT */
/* Options for how an image is started, shared by 'run' and 'verify'. */
#pragma once
#include "launch/run.h"

enum { MACHINE_ENGINE = 400, MACHINE_ACCEL, MACHINE_FIRMWARE, MACHINE_MEMORY, MACHINE_CPUS };

/* clang-format off */
#define MACHINE_OPTION_ROWS \
	{ "engine", MACHINE_ENGINE, "ENGINE", "docker podman own", \
	  "docker, podman, or own (mkbench itself); unless given, the first that can run it" }, \
	{ "accel", MACHINE_ACCEL, "KIND", "auto kvm tcg", \
	  "of a disk: kvm, tcg (emulated), or auto, which is kvm where it works; " \
	  "MKBENCH_ACCEL says the same" }, \
	{ "firmware", MACHINE_FIRMWARE, "KIND", "bios uefi", \
	  "of a disk: bios, which it is unless given, or uefi" }, \
	{ "memory", MACHINE_MEMORY, "SIZE", NULL, "of a disk: 2G unless given" }, \
	{ "cpus", MACHINE_CPUS, "NUMBER", NULL, "of a disk: 2 unless given" }
/* clang-format on */

/* *ret_known: whether the option is one of these. ERR_USAGE for an invalid value. */
struct err *machine_option(int option, const char *value, struct run_options *o, bool *ret_known) MUST_CHECK;
