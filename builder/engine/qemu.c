/* SPDX-License-Identifier: MIT */
#include "engine/qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/given_file.h"
#include "base/mem.h"
#include "base/text.h"
#include "contract/bench_json.h"
#include "contract/event.h"
#include "engine/qemu_disks.h"
#include "engine/interrupt.h"
#include "engine/machine.h"
#include "engine/port.h"
#include "engine/qmp.h"
#include "recipe/output.h"

#define STOP_SECONDS 180
#define PRESS_SECONDS 10
#define ASK_MS 5000
#define AGAIN_MS 1000
#define TAIL_BYTES 4096
#define INSIDE_MS 170000 /* the agent stops a program earlier, engine.c waits longer */

/* How long to wait for the first byte on a guest's console, and for its agent. */
struct accelerator {
	const char *name;
	int silent_seconds, ready_seconds;
};

static const struct accelerator accelerate = { "kvm", 20, 180 }, emulate = { "tcg", 300, 900 };

static bool answers(const struct engine *e)
{
	(void)e;
	return false; /* this is asked about containers */
}

bool qemu_is_disk(const char *path)
{
	const struct output_row *row = output_of_file(path);

	return row && row->is_disk;
}

/* Names "demo-1.0.qcow2" demo. */
struct err *qemu_open(const char *path, struct oci_image *ret)
{
	static const char *const health[] = { "/usr/lib/mkbench/health", NULL };
	TRY(given_file_check(path));
	AUTO_FREE char *whole = realpath(path, NULL);
	if (!whole)
		return err_errno(errno, "%s", path);
	const char *file = strrchr(whole, '/') + 1, *dash = strrchr(file, '-');
	AUTO_FREE char *name = mem_ndup(file, dash ? (size_t)(dash - file) : strcspn(file, "."));
	ret->path = arena_dup(&ret->arena, whole, strlen(whole));
	ret->name = arena_dup(&ret->arena, name, strlen(name));
	ret->health = health;
	return NULL;
}

static enum engine_state find(const struct engine *e, const char *name)
{
	AUTO_FREE char *base = machine_path(name, "base"), *path = machine_path(name, "qemu.pid");
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CLOEXEC);
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	(void)e;
	if (fd >= 0 && !fcntl(fd, F_OFD_GETLK, &lock) && lock.l_type != F_UNLCK)
		return ENGINE_RUNNING;
	return access(base, F_OK) ? ENGINE_ABSENT : ENGINE_STOPPED;
}

static char *names(const struct engine *e)
{
	(void)e;
	return machine_names("base");
}

static bool keeps(const struct engine *e, const char *name)
{
	return find(e, name) != ENGINE_ABSENT;
}

static struct err *command(const char *name, const char *command, json_t *arguments, json_t **ret)
{
	AUTO_FREE char *qmp = machine_path(name, "qmp");

	return qmp_execute(qmp, command, arguments, ret);
}

/* QEMU pauses a machine if its disk cannot be written. */
static bool stands_still(const char *name)
{
	json_t *status = NULL;
	struct err *e = command(name, "query-status", NULL, &status);
	const char *word = json_string_value(json_object_get(status, "status"));
	bool still = !e && word && !strcmp(word, "io-error");

	err_free(e);
	json_decref(status);
	return still;
}

static char *tail(const struct engine *e, const char *name)
{
	AUTO_FREE char *path = machine_path(name, "console");
	char *bytes = file_tail(path, TAIL_BYTES);

	(void)e;
	for (char *c = bytes; *c; c++)
		if (((unsigned char)*c < ' ' && *c != '\n') || *c == 0x7f)
			*c = ' ';
	return bytes;
}

/* The guest's reason why it cannot start, the caller's to free; or NULL. */
static char *refusal(const char *name)
{
	AUTO_FREE char *last = tail(NULL, name);
	AUTO_EVENT struct event e;

	if (!event_find(last, EVENT_CANNOT_START, &e) && !event_find(last, EVENT_REFUSED, &e))
		return NULL;
	return mem_dup(e.why);
}

struct err *qemu_check(const char *name)
{
	AUTO_FREE char *why = refusal(name);

	if (why)
		return err_new(ERR_BUILD, "%s cannot start: %s", name, why);
	if (!stands_still(name))
		return NULL;
	err_free(command(name, "cont", NULL, NULL));
	clock_sleep(AGAIN_MS);
	AUTO_FREE char *disk = machine_path(name, "disk");
	return stands_still(name) ? err_new(ERR_SYSTEM,
					    "%s is paused: there is no space for its data (in %s, or on the "
					    "disk of --data)",
					    name, disk) :
				    NULL;
}

static bool ask(const char *name, const char *const *argv, char **ret_output)
{
	AUTO_FREE char *agent = machine_path(name, "agent");
	int status = 1;
	struct err *e = qmp_agent(agent, argv, ASK_MS, ret_output, &status);

	err_free(e);
	return !e && !status;
}

static bool has_spoken(const char *name)
{
	AUTO_FREE char *console = machine_path(name, "console");
	struct stat st;

	return !stat(console, &st) && st.st_size > 0;
}

/* Only the image knows the port that it listens on. 0: it ended, gave up, timed out or was interrupted. */
static unsigned wait_for_port(const char *name, const struct accelerator *a, bool *ret_interrupted)
{
	static const char *const argv[] = { "cat", BENCH_JSON, NULL };
	time_t began = time(NULL);
	unsigned port = 0;

	*ret_interrupted = false;
	while (!port && !*ret_interrupted && find(NULL, name) == ENGINE_RUNNING) {
		AUTO_FREE char *text = NULL, *why = refusal(name);
		if (why || stands_still(name) ||
		    time(NULL) - began > (has_spoken(name) ? a->ready_seconds : a->silent_seconds))
			break;
		if (ask(name, argv, &text)) {
			AUTO_BENCH struct bench b = { 0 };
			struct err *e = bench_json_read_some(text, strlen(text), &b);
			port = e ? 0 : b.http_port;
			err_free(e);
		}
		*ret_interrupted = interrupt_wait(-1, port ? 0 : 100);
	}
	return port;
}

static void wait_for_end(const char *name, int seconds)
{
	for (int i = 0; i < seconds * 10 && find(NULL, name) == ENGINE_RUNNING; i++)
		usleep(100000);
}

static pid_t pid_of(const char *name)
{
	AUTO_FREE char *path = machine_path(name, "qemu.pid"), *text = NULL;
	size_t len;
	struct err *e = file_read(path, 64, &text, &len);

	err_free(e);
	return e ? 0 : (pid_t)strtol(text, NULL, 10);
}

/* Powers it off; QEMU itself ends in order if possible and writes all its data. */
static void force_end(const char *name)
{
	static const int signals[] = { SIGTERM, SIGKILL };
	pid_t pid = pid_of(name);

	for (size_t i = 0; i < COUNT(signals) && pid > 0 && find(NULL, name) == ENGINE_RUNNING; i++) {
		kill(pid, signals[i]);
		wait_for_end(name, 10);
	}
}

/* Starts the machine and waits for its agent. *ret_port 0: no agent answered, or it was interrupted.
 * ERR_BUILD: it refuses to start. */
static struct err *boot(const struct launch *l, const struct qemu_disks *d, const struct accelerator *a,
			unsigned *ret_port, bool *ret_interrupted)
{
	*ret_port = 0;
	*ret_interrupted = false;
	progress_stage(l->progress, "boot", 0, NULL);
	progress_item(l->progress, a->name);
	*l->started_ms = clock_ms();
	TRY(machine_start(l, d, a->name));
	*ret_port = wait_for_port(l->name, a, ret_interrupted);
	AUTO_FREE char *why = *ret_port ? NULL : refusal(l->name);
	struct err *still = *ret_port || *ret_interrupted ? NULL : qemu_check(l->name);
	if (!why && !still)
		return NULL;
	force_end(l->name);
	return still ? still : err_new(ERR_BUILD, "%s does not start: %s", l->name, why);
}

static struct err *choose(const char *wanted, bool *ret_kvm, bool *ret_tcg)
{
	const char *word = wanted ? wanted : getenv("MKBENCH_ACCEL");

	*ret_kvm = *ret_tcg = true;
	if (!word || !*word || !strcmp(word, "auto"))
		*ret_kvm = !access("/dev/kvm", R_OK | W_OK);
	else if (!strcmp(word, "tcg"))
		*ret_kvm = false;
	else if (!strcmp(word, "kvm"))
		*ret_tcg = false;
	else
		return err_new(ERR_USAGE, "%s takes auto, kvm or tcg, not '%s'",
			       wanted ? "--accel" : "MKBENCH_ACCEL", word);
	return NULL;
}

/* A /dev/kvm that exists need not work: if a guest does not start with it, it is emulated. */
static struct err *boot_somehow(const struct launch *l, const struct qemu_disks *d, bool kvm, bool tcg,
				unsigned *ret_port, bool *ret_interrupted)
{
	if (kvm) {
		struct err *e = boot(l, d, &accelerate, ret_port, ret_interrupted);
		if (!tcg || (e ? err_kind(e) == ERR_BUILD : *ret_port || *ret_interrupted))
			return e;
		bool running = find(NULL, l->name) == ENGINE_RUNNING;
		AUTO_FREE char *why = e ? err_text(e) : NULL;
		err_free(e);
		progress_done(l->progress, "not with KVM");
		progress_note(l->progress,
			      "KVM does not work here (%s): the machine is emulated, which is slower",
			      why		  ? why :
			      !running		  ? "QEMU ended by itself" :
			      has_spoken(l->name) ? "the guest did not finish its start" :
						    "the guest printed nothing and its agent did not answer");
		force_end(l->name);
	}
	return boot(l, d, &emulate, ret_port, ret_interrupted);
}

/* QMP has no command for this; QEMU's text monitor complains in words, and prints nothing on success. */
static struct err *forward_port(const char *name, unsigned outside, unsigned inside)
{
	AUTO_FREE char *line = mem_printf("hostfwd_add net tcp:127.0.0.1:%u-:%u", outside, inside);
	json_t *said = NULL;

	TRY(command(name, "human-monitor-command", json_pack("{s:s}", "command-line", line), &said));
	const char *words = json_string_value(said);
	struct err *e = words && *words ?
				err_new(ERR_SYSTEM, "qemu: %.*s", (int)strcspn(words, "\r\n"), words) :
				NULL;
	json_decref(said);
	return e;
}

static struct err *start(const struct engine *e, const struct launch *l)
{
	AUTO_FREE char *disk = machine_path(l->name, "disk");
	AUTO_FREE char *folder = mem_ndup(disk, strlen(disk) - strlen("/disk"));
	AUTO_QEMU_DISKS struct qemu_disks d = { 0 };
	bool kvm, tcg, interrupted;
	unsigned port;

	(void)e;
	TRY(choose(l->machine.accelerator, &kvm, &tcg));
	TRY(file_make_folder(folder, 0700));
	struct err *failed = qemu_disks_prepare(l, folder, &d);
	if (failed) {
		rmdir(folder); /* fails if files of an earlier run are in it */
		return failed;
	}
	interrupt_catch();
	TRY(boot_somehow(l, &d, kvm, tcg, &port, &interrupted));
	if (!port)
		force_end(l->name); /* nobody there reacts to the power button */
	if (!port && interrupted) {
		progress_done(l->progress, "interrupted");
		return err_new(ERR_INTERRUPT, "interrupted");
	}
	if (!port) {
		return err_new(ERR_BUILD, "%s does not boot: %s/console has what it said", l->name, folder);
	}
	progress_done(l->progress, NULL);
	if (interrupted)
		return NULL;
	port_drop(l->listener);
	return forward_port(l->name, l->port, port);
}

/* Presses the power button repeatedly: a system that is still starting does not react to it. */
static struct err *stop(const struct engine *e, const char *name)
{
	for (int waited = 0; waited < STOP_SECONDS && find(e, name) == ENGINE_RUNNING;
	     waited += PRESS_SECONDS) {
		struct err *failed = qemu_check(name);
		if (failed) {
			force_end(name);
			return err_wrap(failed, "%s was switched off", name);
		}
		failed = command(name, "system_powerdown", NULL, NULL);
		if (failed && find(e, name) == ENGINE_RUNNING)
			return failed;
		err_free(failed);
		wait_for_end(name, PRESS_SECONDS);
	}
	if (find(e, name) != ENGINE_RUNNING)
		return NULL;
	force_end(name);
	return err_new(ERR_SYSTEM, "%s did not stop within %d s: it was switched off", name, STOP_SECONDS);
}

static struct err *clean(const struct engine *e, const char *name)
{
	AUTO_FREE char *disk = machine_path(name, "disk");

	(void)e;
	disk[strlen(disk) - strlen("/disk")] = '\0';
	return file_remove_tree(disk);
}

static struct err *watch(const struct engine *e, const char *name, int *ret_fd)
{
	(void)e;
	*ret_fd = pidfd_open(pid_of(name), 0);
	return *ret_fd < 0 ? err_errno(errno, "watch %s", name) : NULL;
}

struct err *qemu_inside(const char *name, const char *const *argv)
{
	AUTO_FREE char *agent = machine_path(name, "agent"), *output = NULL;
	int status = 0;

	TRY(qemu_check(name));
	TRY(qmp_agent(agent, argv, INSIDE_MS, &output, &status));
	if (status == 127 && !*output)
		fprintf(stderr, "mkbench: %s: there is no such program in %s\n", argv[0], name);
	fputs(output, stdout);
	fflush(stdout);
	_exit(status);
}

static const char *const enter[] = { "/proc/self/exe", "run", "--inside-disk", NULL };

const struct engine qemu_row = {
	"qemu", NULL, answers, names, keeps, start, find, enter, stop, clean, watch, tail,
};
