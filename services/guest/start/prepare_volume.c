/* SPDX-License-Identifier: MIT */
#include "start/prepare_volume.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "backup/view.h"
#include "base/mem.h"
#include "lib/durable.h"
#include "lib/environment.h"
#include "lib/log.h"
#include "provision/owners.h"
#include "provision/provision_steps.h"
#include "provision/redis_aof_repair.h"
#include "provision/resource_plan.h"
#include "provision/torn.h"
#include "provision/torn_redis.h"
#include "provision/volume.h"
#include "start/kernel.h"
#include "upgrade/release.h"
#include "upgrade/upgrade.h"
#include "upgrade/upgrade_server.h"

bool prepare_volume_finished(const struct bench *b, const struct ledger *l, const struct bench_site *row)
{
	AUTO_FREE char *made = mem_printf("site/%s", row->name);
	bool finished = ledger_state(l, made) == LEDGER_DONE;

	for (size_t i = 0; finished && i < b->finish.count; i++) {
		AUTO_FREE char *step = mem_printf("finish/%s/%s", row->name, b->finish.items[i].name);
		finished = ledger_state(l, step) == LEDGER_DONE;
	}
	return finished;
}

struct err *prepare_volume_process(int *ret_signals)
{
	/* read here only to report a wrong one before anything is touched */
	AUTO_FREE char *password = NULL;
	sigset_t all;

	if (geteuid())
		return err_new(ERR_USAGE, "init must run as root: it gives each program its own user");
	TRY(kernel_check_rights());
	TRY(kernel_check_root("/run"));
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	*ret_signals = signalfd(-1, &all, SFD_CLOEXEC);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	TRY(environment_check(environ));
	return environment_text("MKBENCH_ADMIN_PASSWORD", &password);
}

struct err *prepare_volume_stamp(const struct bench *b, bool *ret_was_clean)
{
	AUTO_FREE char *known = volume_id(b);

	TRY(volume_unstamp(b, ret_was_clean));
	if (!*ret_was_clean && known)
		log_line("the last stop was not clean: MariaDB and Redis recover what they have logged");
	*ret_was_clean |= !known;
	return NULL;
}

static void tell_limits(void)
{
	AUTO_FREE char *limits = kernel_limits("");

	if (*limits)
		log_line("warning: the engine limits what programs may have (%s), and some of a bench may "
			 "end for it: docker run --ulimit NAME=-1, "
			 "or --pids-limit -1, lifts that",
			 limits);
}

struct err *prepare_volume(const struct bench *b, bool was_clean)
{
	AUTO_FREE char *path = bench_in_data(b, BENCH_OWN "/ledger");
	AUTO_FREE bool *ready = mem_array(b->sites.count, sizeof *ready);
	struct ledger *l = NULL;

	TRY(kernel_check());
	resource_plan_open_files();
	tell_limits();
	/* the first file on the volume: without it the next start would find foreign files */
	TRY(volume_record(b));
	TRY(view_remove(b)); /* its hard links would hide files from owners_restore */
	TRY(owners_restore(b));
	torn_nginx(b);
	TRY(ledger_open(path, &l));
	bool closed = upgrade_is_due(b, l);
	for (size_t i = 0; i < b->sites.count; i++)
		ready[i] = !closed && prepare_volume_finished(b, l, &b->sites.items[i]);
	struct err *e = release_begin(b, l);
	if (!e && !was_clean)
		e = ledger_note(l, "a start after a stop that was not clean");
	ledger_close(l);
	torn_folders(b);
	for (size_t i = 0; i < b->redis.count; i++)
		torn_redis(b, &b->redis.items[i]);
	if (!was_clean) {
		torn_aria(b);
		redis_aof_repair_mend_all(b);
	}
	if (!e)
		e = provision_steps_prepare(b, ready);
	return e || was_clean ? e : durable_update(UPGRADE_UNCLEAN, "", 0644, &durable_root, NULL);
}
