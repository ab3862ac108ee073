#include "init.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "command.h"
#include "machine.h"
#include "memory.h"
#include "provision.h"
#include "say.h"
#include "setting.h"
#include "state.h"
#include "stop.h"
#include "volume.h"
#include "watch.h"

#define TICK_MS 1000
#define LOOK_MS 5000
#define BEAT_MS 5000
#define RETRY_MS 5000
#define RETRY_LONGEST_MS 60000
#define STABLE_MS 60000
#define STOP_SECONDS 10
#define MARGIN_MS 700 /* of the stop's budget: for supervisord itself, and for the stamp */

struct init {
	struct bench bench;
	struct watch watch;
	int signals, lease;
	pid_t supervisor, provision;
	int64_t provision_at, supervisor_at, look_at, beat_at; /* when to do it; 0: not planned */
	int64_t supervisor_since;
	unsigned retry_ms, supervisor_retry_ms;
	enum state state;
	char *why;
	int status;                    /* -1 while running */
};

static void set_state(struct init *i, enum state s, const char *why)
{
	free(i->why);
	i->why = why ? mem_dup(why) : NULL;
	i->state = s;
	state_publish(s, i->why);
}

static _Noreturn void become(const char *path, char *const *argv, char *const *env)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid(); /* a terminal's Ctrl-C is for us alone */
	execve(path, argv, env);
	_exit(127);
}

static pid_t start(const char *path, char *const *argv, char *const *env)
{
	pid_t pid = fork();

	if (pid == 0)
		become(path, argv, env);
	if (pid < 0)
		say("cannot start %s: %s", argv[0], strerror(errno));
	return pid > 0 ? pid : 0;
}

static void start_supervisor(struct init *i)
{
	const struct bench *b = &i->bench;
	char *argv[] = { (char *)b->supervisor_program, (char *)"-n", (char *)"-c", (char *)b->supervisor_configuration, NULL };
	struct memory m = memory_plan(b, "");
	AUTO_FREE char *workers = mem_printf("WEB_CONCURRENCY=%u", m.web_workers);
	AUTO_FREE char **kept = setting_environment(environ);
	size_t count = 0;

	unlink(b->supervisor_socket);
	while (kept[count])
		count++;
	AUTO_FREE char **env = mem_array(count + 2, sizeof *env);
	memcpy(env, kept, count * sizeof *env);
	env[count] = workers;
	i->supervisor = start(argv[0], argv, env);
	i->supervisor_since = clock_ms();
	i->supervisor_at = i->supervisor ? 0 : clock_ms() + RETRY_MS;
}

static void start_provision(struct init *i)
{
	char *argv[] = { (char *)"provision", NULL };

	i->provision_at = 0;
	i->provision = start("/proc/self/exe", argv, environ);
	if (!i->provision)
		i->provision_at = clock_ms() + RETRY_MS;
}

static unsigned next_delay(unsigned ms)
{
	return 2 * ms < RETRY_LONGEST_MS ? 2 * ms : RETRY_LONGEST_MS;
}

static void provision_ended(struct init *i, int status)
{
	i->provision = 0;
	if (WIFSIGNALED(status) && getenv("MKBENCH_CRASH_AT"))
		_exit(137); /* like a power cut: nothing is stopped in order */
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		i->retry_ms = 0;
		set_state(i, STATE_RUNNING, NULL);
		return;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == ERR_USAGE) {
		i->status = ERR_USAGE;
		return;
	}
	i->retry_ms = i->retry_ms ? next_delay(i->retry_ms) : RETRY_MS;
	i->provision_at = clock_ms() + i->retry_ms;
	say("provisioning did not finish: tried again in %u s", i->retry_ms / 1000);
	set_state(i, STATE_DEGRADED, "provisioning did not finish: see its steps");
}

static unsigned left_ms(int64_t until)
{
	int64_t left = until - clock_ms();

	return left > 0 ? (unsigned)left : 0;
}

/* Programs that supervisord has left to us. New ones beside them would be duplicates, so these stop first. */
static void stop_left(struct init *i, int64_t until, bool *killed)
{
	AUTO_PROCESSES struct process_list orphans = { 0 };

	stop_orphans(&i->bench, &i->watch.last, i->provision, &orphans);
	stop_all(&i->bench, &orphans, 0, left_ms(until), killed);
}

static void supervisor_ended(struct init *i)
{
	bool killed = false;

	say("supervisord has died: its programs are stopped in order, then all is started again");
	i->supervisor = 0;
	unlink(MACHINE_SERVING);
	stop_left(i, clock_ms() + STOP_SECONDS * 1000 - MARGIN_MS, &killed);
	/* One that cannot live, for its configuration or for want of memory, must not make us spin. */
	bool stable = clock_ms() - i->supervisor_since > STABLE_MS || !i->supervisor_retry_ms;
	i->supervisor_retry_ms = stable ? TICK_MS : next_delay(i->supervisor_retry_ms);
	i->supervisor_at = clock_ms() + i->supervisor_retry_ms;
}

static void start_due(struct init *i)
{
	int64_t now = clock_ms();

	if (i->supervisor_at && now >= i->supervisor_at) {
		start_supervisor(i);
		i->provision_at = now; /* it starts the phases in their order */
	}
	if (i->provision_at && !i->provision && now >= i->provision_at)
		start_provision(i);
}

static void reap(struct init *i)
{
	int status;

	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
		if (pid == i->supervisor)
			supervisor_ended(i);
		else if (pid == i->provision)
			provision_ended(i, status);
	}
}

static void reload(struct init *i)
{
	struct err *e = supervisor_signal_role(&i->bench, ROLE_NGINX, "HUP");

	if (e)
		say_err(e, "nginx could not be told to reload");
	else
		say("nginx was told to reload");
}

static void take_signal(struct init *i)
{
	struct signalfd_siginfo info;

	if (read(i->signals, &info, sizeof info) != sizeof info)
		return;
	if (info.ssi_signo == SIGHUP && i->supervisor)
		reload(i);
	if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT || info.ssi_signo == SIGQUIT) {
		say("%s: stopping", strsignal((int)info.ssi_signo));
		i->status = 0;
	}
}

/* One turn: a signal or a second, whichever comes first. SIGCHLD may stand for several children. */
static void turn(struct init *i)
{
	struct pollfd p = { i->signals, POLLIN, 0 };

	if (poll(&p, 1, TICK_MS) > 0)
		take_signal(i);
	reap(i);
	if (clock_ms() >= i->beat_at) {
		state_publish(i->state, i->why);
		i->beat_at = clock_ms() + BEAT_MS;
	}
}

/* Says it once, however often it is met in a row. */
static void wait_in(struct init *i, enum state s, const char *why)
{
	if (!i->why || strcmp(i->why, why))
		say("%s: %s", state_name(s), why);
	set_state(i, s, why);
	turn(i);
}

/* There is nobody to start this again when a person has made room, and he may want to do it from inside. */
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
			wait_in(i, STATE_STANDBY, "another instance uses the volume");
	}
	return NULL;
}

static void run(struct init *i)
{
	start_supervisor(i);
	start_provision(i);
	while (i->status < 0) {
		turn(i);
		start_due(i);
		if (clock_ms() >= i->look_at) {
			if (watch_look(&i->watch, &i->bench))
				watch_revive(&i->watch, &i->bench);
			i->look_at = clock_ms() + LOOK_MS;
		}
	}
}

static unsigned stop_seconds(void)
{
	const char *text = getenv("MKBENCH_STOP_SECONDS");
	unsigned long seconds = text ? strtoul(text, NULL, 10) : 0;

	return seconds >= 1 && seconds <= 3600 ? (unsigned)seconds : STOP_SECONDS;
}

static void wait_for_supervisor(struct init *i, int64_t until)
{
	while (stop_is_alive(i->supervisor) && clock_ms() < until)
		clock_sleep(10);
}

static void end_supervisor(struct init *i, int64_t until)
{
	if (!stop_is_alive(i->supervisor))
		return;
	kill(i->supervisor, SIGTERM);
	watch_look(&i->watch, &i->bench); /* it sleeps for a second at a time: a question wakes it */
	wait_for_supervisor(i, until);
	kill(i->supervisor, SIGKILL);
	wait_for_supervisor(i, clock_ms() + MARGIN_MS);
}

/* Through supervisor, so that it starts nothing again; one that does not answer is killed instead, and
 * what it, or somebody else, has left running is stopped by us. */
static void stop_programs(struct init *i, int64_t until, bool *killed)
{
	if (watch_look(&i->watch, &i->bench))
		stop_all(&i->bench, &i->watch.last, i->supervisor, left_ms(until), killed);
	else if (i->supervisor)
		kill(i->supervisor, SIGKILL);
	end_supervisor(i, until + MARGIN_MS / 2);
	stop_left(i, until, killed);
}

/* Returns whether everything that holds data has stopped by itself. */
static bool stop(struct init *i)
{
	int64_t begun = clock_ms(), until = begun + stop_seconds() * 1000 - MARGIN_MS;
	bool killed = false;

	set_state(i, STATE_STOPPING, NULL);
	if (i->provision) {
		kill(i->provision, SIGKILL); /* it may be killed at any point: that is its nature */
		command_end_leftovers();
	}
	stop_programs(i, until, &killed);
	if (getpid() == 1)
		kill(-1, SIGKILL);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	say("stopped in %.1f s%s", (double)(clock_ms() - begun) / 1000, killed ? ": not all by itself, the next start recovers" : "");
	return !killed;
}

static struct err *prepare(struct init *i)
{
	AUTO_FREE char *password = NULL; /* only looked at: a wrong one is to be told before anything is touched */
	sigset_t all;
	bool was_clean;

	if (geteuid())
		return err_new(ERR_USAGE, "init must run as root: it gives each program its own user");
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	i->signals = signalfd(-1, &all, SFD_CLOEXEC);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	TRY(setting_check(environ));
	TRY(setting_text("MKBENCH_ADMIN_PASSWORD", &password));
	TRY(bench_read(&i->bench));
	say("%s %s (%.12s)", i->bench.name, i->bench.version, i->bench.build);
	TRY(volume_check(&i->bench));
	TRY(take_lease(i));
	if (i->lease < 0)
		return NULL;
	AUTO_FREE char *known = volume_id(&i->bench);
	TRY(volume_unstamp(&i->bench, &was_clean));
	if (!was_clean && known)
		say("the last stop was not clean: MariaDB and Redis recover what they have logged");
	set_state(i, STATE_STARTING, NULL);
	return provision_prepare(&i->bench, was_clean || !known);
}

/* Runs to the end; the exit status. */
static int live(struct init *i)
{
	struct err *e = prepare(i);

	if (e) {
		int status = err_kind(e) == ERR_USAGE || err_kind(e) == ERR_RECIPE ? ERR_USAGE : ERR_SYSTEM;
		say_err(e, "cannot start");
		return status;
	}
	if (i->lease < 0)
		return 0;
	run(i);
	bool clean = stop(i);
	sync();
	e = clean ? volume_stamp(&i->bench) : NULL;
	if (e)
		say_err(e, "the clean stamp");
	return i->status ? i->status : clean ? 0 : 1;
}

int init_main(int argc, char **argv)
{
	struct init i = { .status = -1, .lease = -1, .signals = -1 };

	say_as("init");
	if (argc > 1 && strcmp(argv[1], "--")) {
		fprintf(stderr, "usage: init (it takes no arguments; settings are in the environment)\n");
		return ERR_USAGE;
	}
	int status = live(&i);
	bench_done(&i.bench);
	watch_done(&i.watch);
	free(i.why);
	return status;
}
