/* How an image is started: options that 'run' and 'verify' have alike. */
#pragma once
#include <getopt.h>

#include "run/run.h"

enum { MACHINE_ENGINE = 100, MACHINE_ACCEL, MACHINE_FIRMWARE, MACHINE_MEMORY, MACHINE_CPUS };

#define MACHINE_OPTIONS \
	{ "engine", required_argument, NULL, MACHINE_ENGINE }, { "accel", required_argument, NULL, MACHINE_ACCEL }, \
	{ "firmware", required_argument, NULL, MACHINE_FIRMWARE }, { "memory", required_argument, NULL, MACHINE_MEMORY }, \
	{ "cpus", required_argument, NULL, MACHINE_CPUS }

#define MACHINE_HELP \
	"  --engine ENGINE     docker, podman, or own (mkbench itself); unless given, the\n" \
	"                      first that can run it\n" \
	"  --accel KIND        of a disk: kvm, tcg (emulated), or auto, which is kvm\n" \
	"                      where it works; MKBENCH_ACCEL says the same\n" \
	"  --firmware KIND     of a disk: bios, which it is unless given, or uefi\n" \
	"  --memory SIZE       of a disk: 2G unless given\n" \
	"  --cpus NUMBER       of a disk: 2 unless given\n"

/* *ret_known: whether it was one of these. ERR_USAGE for a value that is none. */
struct err *machine_option(int option, const char *value, struct run_options *o, bool *ret_known) MUST_CHECK;
