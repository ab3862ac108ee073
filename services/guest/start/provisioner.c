/* SPDX-License-Identifier: MIT */
#include "start/provisioner.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "lib/durable.h"
#include "lib/spawn.h"
#include "provision/volume.h"
#include "start/start_progress.h"

#define RETRY_MS 5000

void provisioner_start(struct provisioner *p)
{
	char *argv[] = { (char *)"provision", NULL };

	p->pid = spawn("/proc/self/exe", argv, environ, -1);
	p->at = p->pid ? 0 : clock_ms() + RETRY_MS;
}

char *provisioner_failed(struct provisioner *p, const struct bench *b, const char *supervisor)
{
	json_t *steps = NULL;
	bool damaged, of_site = false;
	struct err *e = durable_read_json(BENCH_RUN "/steps.json", &steps, &damaged), *full = volume_room(b);
	AUTO_FREE char *step = start_progress_failure(steps, &of_site);
	const char *why = supervisor ? supervisor :
			  step	     ? step :
				       "provisioning did not finish: see its words in the log";
	unsigned ms = attempts_failed(&p->attempts, b, why, !of_site || full || supervisor);

	err_free(e);
	err_free(full);
	json_decref(steps);
	p->at = ms ? clock_ms() + ms : 0;
	attempts_told(&p->attempts, ms);
	return mem_dup(why);
}
