/* SPDX-License-Identifier: MIT */
#include "start/init.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "jobs/keeper.h"
#include "backup/backup.h"
#include "start/backup_clock.h"
#include "lib/command.h"
#include "provision/door.h"
#include "lib/durable.h"
#include "provision/provision_steps.h"
#include "start/overseer.h"
#include "start/ports.h"
#include "start/prepare_volume.h"
#include "start/provision.h"
#include "start/provisioner.h"
#include "start/pulse.h"
#include "start/restorer.h"
#include "start/log_relay.h"
#include "lib/log.h"
#include "start/standby.h"
#include "start/state.h"
#include "start/stop.h"
#include "upgrade/upgrade.h"
#include "upgrade/upgrade_expiry.h"
#include "upgrade/upgrade_rehearsal.h"
#include "provision/volume.h"
#include "lib/restart_backoff.h"

#define TICK_MS 1000
#define LOOK_MS 5000
#define LEASE_MS 100 /* short, so that a hand-over is short */
#define DOOR_MS 30000
#define DOOR_TURN_MS 10
#define BEAT_MS 5000
#define PORTS_MS 10000
#define MARGIN_MS 700 /* kept free at a stop for supervisord itself and for the stamp */

struct init {
	struct bench bench;
	struct restart_backoff watch;
	struct overseer overseer;
	struct provisioner provisioner;
	int signals, lease;
	struct standby standby;
	pid_t relay, keeper, backup;	     /* 0: none */
	int64_t look_at, beat_at, expire_at; /* when to start it; 0: not planned */
	struct state_report state;
	bool keeps_cache; /* at a stop: whether it can; then whether Redis has written it */
	int status;	  /* -1 while running */
};

static void publish(struct init *i)
{
	i->state.troubles = i->watch.troubles;
	state_publish(&i->state);
}

static void set_state(struct init *i, enum state s, const char *why)
{
	i->state.troubles = i->watch.troubles;
	state_set(&i->state, s, why);
}

static void provision_failed(struct init *i)
{
	AUTO_FREE char *why = provisioner_failed(&i->provisioner, &i->bench, i->overseer.why);

	set_state(i, STATE_DEGRADED, why);
}

/* Tries again what was given up, when a person asks for it or has changed a setting. */
static void look_for_change(struct init *i)
{
	if (!attempts_changed(&i->provisioner.attempts, &i->bench))
		return;
	bool again = i->state.state == STATE_FAILED && upgrade_record_retry();
	if ((again || i->state.state == STATE_DEGRADED) && !i->provisioner.pid)
		i->provisioner.at = clock_ms();
}

static void provision_ended(struct init *i, int status)
{
	i->provisioner.pid = 0;
	if (WIFSIGNALED(status) && getenv("MKBENCH_CRASH_AT"))
		_exit(137); /* as after a power cut: nothing is stopped in order */
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		attempts_reset(&i->provisioner.attempts);
		set_state(i, STATE_RUNNING, NULL);
	} else if (WIFEXITED(status) && WEXITSTATUS(status) == PROVISION_WENT_BACK) {
		AUTO_FREE char *why = upgrade_record_why(&i->bench);
		set_state(i, STATE_FAILED, why);
		i->status = upgrade_record_ends(&i->bench) ? PROVISION_WENT_BACK : i->status;
	} else if (WIFEXITED(status) && WEXITSTATUS(status) == ERR_USAGE) {
		i->status = ERR_USAGE;
	} else {
		provision_failed(i);
	}
	if (upgrade_rehearsal_wanted()) /* a rehearsal is over then; one that went back ends with that status
					 */
		i->status = i->state.state == STATE_DEGRADED ? ERR_SYSTEM : i->status < 0 ? 0 : i->status;
}

static unsigned left_ms(int64_t until)
{
	return until > clock_ms() ? (unsigned)(until - clock_ms()) : 0;
}

/* Stops programs that supervisord has left to us: new ones beside them would be duplicates. */
static void stop_left(struct init *i, int64_t until, bool *killed)
{
	AUTO_PROCESSES struct process_list orphans = { 0 };
	const pid_t others[] = { i->relay ? i->relay : -1, i->keeper ? i->keeper : -1,
				 i->provisioner.pid ? i->provisioner.pid : -1, i->backup ? i->backup : -1,
				 0 };

	stop_orphans(&i->bench, &i->watch.last, others, &orphans);
	stop_all(&i->bench, &orphans, 0, left_ms(until), killed, NULL);
}

static void supervisor_ended(struct init *i, int status)
{
	bool killed = false;

	overseer_ended(&i->overseer, status);
	unlink(PROVISION_STEPS_SERVING);
	stop_left(i, clock_ms() + STOP_SECONDS * 1000 - MARGIN_MS, &killed);
	if (i->overseer.why)
		set_state(i, STATE_DEGRADED, i->overseer.why);
}

static void start_due(struct init *i)
{
	int64_t now = clock_ms();

	if (i->overseer.at && now >= i->overseer.at) {
		overseer_start(&i->overseer, &i->bench);
		i->provisioner.at = now; /* provision starts the phases in their order */
	}
	if (i->provisioner.at && !i->provisioner.pid && now >= i->provisioner.at)
		provisioner_start(&i->provisioner);
}

static void reap(struct init *i)
{
	pid_t *const others[] = { &i->relay, &i->keeper, &i->backup, &i->standby.pid };

	for (int pid, status; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
		if (pid == i->overseer.pid)
			supervisor_ended(i, status);
		else if (pid == i->provisioner.pid)
			provision_ended(i, status);
		for (size_t k = 0; k < COUNT(others); k++)
			if (*others[k] == pid)
				*others[k] = 0;
	}
}

static void take_signal(struct init *i)
{
	struct signalfd_siginfo info;

	if (read(i->signals, &info, sizeof info) != sizeof info)
		return;
	if (info.ssi_signo == SIGHUP && i->overseer.pid)
		door_reload(&i->bench);
	if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT || info.ssi_signo == SIGQUIT) {
		log_line("%s: stopping", strsignal((int)info.ssi_signo));
		i->status = 0;
	}
}

/* One turn: waits for a signal, at most so many milliseconds. SIGCHLD may stand for several children. */
static void turn(struct init *i, int ms)
{
	struct pollfd p = { i->signals, POLLIN, 0 };

	if (poll(&p, 1, ms) > 0)
		take_signal(i);
	reap(i);
	if (clock_ms() >= i->beat_at) {
		publish(i);
		i->beat_at = clock_ms() + BEAT_MS;
	}
}

/* Logs a state once, even if it is met many times in a row. */
static void wait_in(struct init *i, enum state s, const char *why)
{
	if (!i->state.why || strcmp(i->state.why, why)) {
		log_line("%s: %s", state_name(s), why);
		set_state(i, s, why);
	}
	turn(i, s == STATE_STANDBY ? LEASE_MS : TICK_MS);
}

/* A proxy may send visitors here already: the wait page answers them. */
static void stand_by(struct init *i)
{
	AUTO_FREE char *why = standby_look(&i->standby, &i->bench);

	i->state.stood_by = true;
	i->state.serves = i->standby.pid != 0;
	wait_in(i, STATE_STANDBY, why);
}

/* On a full volume it waits: nobody would start it again once a person has made room, and he may want to
 * make room from inside. */
static struct err *take_lease(struct init *i)
{
	while (i->lease < 0 && i->status < 0) {
		struct err *e = volume_lease(&i->bench, &i->lease);
		bool full = e && (err_code(e) == ENOSPC || err_code(e) == EDQUOT);
		if (e && !full)
			return e;
		err_free(e);
		if (full)
			wait_in(i, STATE_STARTING, "the volume is full: waiting for room");
		else if (i->lease < 0)
			stand_by(i);
	}
	return NULL;
}

/* The standby's wait page answers until nginx can: nginx starts once Supervisor has its socket. */
static void hand_door_over(struct init *i)
{
	int64_t until = clock_ms() + DOOR_MS;

	while (i->standby.pid && i->overseer.pid && i->status < 0 &&
	       access(i->bench.supervisor_socket, F_OK) < 0 && clock_ms() < until)
		turn(i, DOOR_TURN_MS);
	standby_end(&i->standby);
}

static void run(struct init *i)
{
	i->relay = log_relay_start(&i->bench);
	overseer_start(&i->overseer, &i->bench);
	provisioner_start(&i->provisioner);
	hand_door_over(i);
	while (i->status < 0) {
		turn(i, TICK_MS);
		start_due(i);
		if (clock_ms() >= i->look_at) {
			if (restart_backoff_look(&i->watch, &i->bench))
				restart_backoff_revive(&i->watch, &i->bench);
			if (!i->relay)
				i->relay = log_relay_start(&i->bench);
			if (!i->keeper)
				i->keeper = keeper_start(&i->bench);
			overseer_look(&i->overseer);
			pulse_turn(&i->bench);
			look_for_change(i);
			upgrade_expiry_turn(&i->bench, &i->expire_at);
			if (i->state.state == STATE_RUNNING)
				backup_clock_turn(&i->bench, &i->backup);
			i->look_at = clock_ms() + LOOK_MS;
		}
	}
}

/* Stops the programs through Supervisor, so that it restarts none. If Supervisor does not answer it is
 * killed. Then stops whatever it, or another program, has left running. */
static void stop_programs(struct init *i, int64_t until, bool *killed)
{
	if (restart_backoff_look(&i->watch, &i->bench))
		stop_all(&i->bench, &i->watch.last, i->overseer.pid, left_ms(until), killed,
			 i->keeps_cache ? &i->keeps_cache : NULL);
	else if (i->overseer.pid)
		kill(i->overseer.pid, SIGKILL);
	overseer_end(&i->overseer, &i->bench, until + MARGIN_MS / 2);
	stop_left(i, until, killed);
}

/* Returns whether all programs with data have stopped by themselves. */
static bool stop(struct init *i)
{
	int64_t begun = clock_ms(), until = begun + stop_seconds() * 1000 - MARGIN_MS;
	bool killed = false;

	set_state(i, STATE_STOPPING, NULL);
	/* what has begun to change tables may be cut off before it empties the cache */
	i->keeps_cache = !i->provisioner.pid && (i->backup || !backup_is_busy(&i->bench));
	keeper_end(i->keeper); /* it would report MariaDB as lost */
	if (i->backup)
		kill(-i->backup, SIGKILL); /* an interrupted backup does not count */
	if (i->provisioner.pid) {
		kill(i->provisioner.pid, SIGKILL); /* it may be killed at any point */
		command_end_leftovers();
	}
	stop_programs(i, until, &killed);
	log_relay_end(i->relay, MARGIN_MS);
	if (getpid() == 1)
		kill(-1, SIGKILL);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	stop_told(clock_ms() - begun, killed);
	return !killed;
}

/* Keeps init going while a backup is restored. */
static bool goes_on(void *init)
{
	struct init *i = init;

	turn(i, TICK_MS);
	return i->status < 0;
}

static struct err *prepare(struct init *i)
{
	AUTO_FREE char *format = NULL;
	bool was_clean;

	TRY(prepare_volume_process(&i->signals));
	publish(i); /* what follows may wait, for a port as an example */
	TRY(bench_read(&i->bench));
	log_line("%s %s (%.12s)", i->bench.name, i->bench.version, i->bench.build);
	TRY(volume_check(&i->bench, format = upgrade_format(&i->bench)));
	/* checked already beside an instance that serves: a platform then keeps that one */
	TRY(upgrade_check(&i->bench, false));
	TRY(take_lease(i));
	if (i->lease >= 0)
		TRY(restorer_run(&i->bench, goes_on, i));
	if (i->lease < 0 || i->status >= 0)
		return NULL;
	TRY(upgrade_check(&i->bench, true));
	TRY(ports_wait(&i->bench, i->standby.pid != 0, PORTS_MS));
	TRY(prepare_volume_stamp(&i->bench, &was_clean));
	TRY(upgrade_ask_back(&i->bench));
	set_state(i, STATE_STARTING, NULL);
	return prepare_volume(&i->bench, was_clean);
}

/* Runs to the end and returns the exit status. */
static int live(struct init *i)
{
	struct err *e = prepare(i);

	if (e) {
		int status = err_kind(e) == ERR_USAGE || err_kind(e) == ERR_RECIPE ? ERR_USAGE : ERR_SYSTEM;
		AUTO_FREE char *why = err_text(e);
		log_event(&(struct event){ .name = EVENT_REFUSED, .why = why });
		log_err(e, "cannot start"); /* the log's last line is a sentence for people */
		return status;
	}
	if (i->lease < 0 || i->status >= 0)
		return i->status > 0 ? i->status : 0;
	run(i);
	bool failed = i->state.state == STATE_FAILED, clean = stop(i);
	/* not sync(2), which would wait for other volumes of this machine, too */
	e = durable_sync_all(i->bench.data);
	if (!e && clean)
		e = volume_stamp(&i->bench, i->keeps_cache);
	if (e)
		log_err(e, "the clean stamp");
	return i->status ? i->status : !clean ? 1 : failed ? PROVISION_WENT_BACK : 0;
}

int init_main(int argc, char **argv)
{
	struct init i = {
		.status = -1,
		.lease = -1,
		.signals = -1,
		.state = { .state = STATE_STARTING, .begun_ms = clock_ms(), .since_ms = clock_ms() },
	};

	log_as("init");
	if (argc > 1 && strcmp(argv[1], "--")) {
		fprintf(stderr, "usage: init (it takes no arguments; settings are in the environment)\n");
		return ERR_USAGE;
	}
	int status = live(&i);
	bench_json_done(&i.bench);
	restart_backoff_done(&i.watch);
	standby_end(&i.standby);
	overseer_done(&i.overseer);
	attempts_reset(&i.provisioner.attempts);
	free(i.state.why);
	return status;
}
