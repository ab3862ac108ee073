/* SPDX-License-Identifier: MIT */
#include "cmd/machine_option.h"

#include <stdlib.h>
#include <string.h>

#define MEMORY_LEAST 512
#define MEMORY_MOST (1ul << 24)
#define CPUS_MOST 255

/* A whole number at the beginning of text; 0: none. *ret_rest is what follows. */
static unsigned long number(const char *text, const char **ret_rest)
{
	char *end;
	unsigned long n = *text >= '0' && *text <= '9' ? strtoul(text, &end, 10) : 0;

	*ret_rest = n ? end : text;
	return n > MEMORY_MOST ? 0 : n;
}

static struct err *read_memory(const char *text, unsigned *ret_mb)
{
	const char *unit;
	unsigned long n = number(text, &unit);

	if (!strcmp(unit, "G"))
		n *= 1024;
	if ((strcmp(unit, "G") && strcmp(unit, "M")) || n < MEMORY_LEAST || n > MEMORY_MOST)
		return err_new(ERR_USAGE, "--memory takes a size from 512M, such as 4G, not '%s'", text);
	*ret_mb = (unsigned)n;
	return NULL;
}

static struct err *read_cpus(const char *text, unsigned *ret)
{
	const char *rest;
	unsigned long n = number(text, &rest);

	if (!n || n > CPUS_MOST || *rest)
		return err_new(ERR_USAGE, "--cpus takes a number from 1 to %d, not '%s'", CPUS_MOST, text);
	*ret = (unsigned)n;
	return NULL;
}

struct err *machine_option(int option, const char *value, struct run_options *o, bool *ret_known)
{
	*ret_known = true;
	switch (option) {
	case MACHINE_ENGINE: o->engine = value; return NULL;
	case MACHINE_ACCEL: o->machine.accelerator = value; return NULL;
	case MACHINE_FIRMWARE: o->machine.firmware = value; return NULL;
	case MACHINE_MEMORY: return read_memory(value, &o->machine.memory_mb);
	case MACHINE_CPUS: return read_cpus(value, &o->machine.cpus);
	default: *ret_known = false; return NULL;
	}
}
