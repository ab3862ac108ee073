/* SPDX-License-Identifier: MIT */
/* An answer of Supervisor of any bytes. */
#include "lib/supervisor.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO_FREE char *xml = mem_ndup((const char *)bytes, len);
	struct bench_program programs[] = { { .name = "web", .group = "web" },
					    { .name = "worker", .group = "bench" } };
	struct bench b = { .programs = { programs, COUNT(programs) } };
	AUTO_PROCESSES struct process_list list = { 0 };
	struct err *e = supervisor_parse(&b, xml, &list);

	for (size_t i = 0; i < list.count; i++) {
		const struct process *p = &list.items[i];
		if (!p->name || !p->group || !p->state || !p->problem || !p->log || p->pid < 0 ||
		    p->start < 0 || p->now < 0)
			abort();
		if (p->program && (strcmp(p->program->group, p->group) ||
				   strncmp(p->program->name, p->name, strlen(p->program->name))))
			abort();
	}
	err_free(e);
	return 0;
}
