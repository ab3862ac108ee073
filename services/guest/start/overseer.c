/* SPDX-License-Identifier: MIT */
#include "start/overseer.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "provision/resource_plan.h"
#include "lib/reason.h"
#include "lib/log.h"
#include "lib/process_stat.h"
#include "lib/environment.h"
#include "lib/spawn.h"
#include "lib/supervisor.h"

#define FIRST_MS 1000
#define LONGEST_MS 60000
#define CANNOT_MS 5000
#define STABLE_MS 60000
#define KILLED_MS 700

void overseer_start(struct overseer *o, const struct bench *b)
{
	char *program = (char *)b->supervisor_program, *configuration = (char *)b->supervisor_configuration;
	char *argv[] = { program, (char *)"-n", (char *)"-s", (char *)"-c", configuration, NULL };
	struct resource_plan m = resource_plan_make(b, "");
	AUTO_FREE char *workers = mem_printf("WEB_CONCURRENCY=%u", m.web_workers);
	AUTO_FREE char **kept = environment_environment(environ);
	AUTO_CLOSE int out =
		open(OVERSEER_WORDS, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	size_t count = 0;

	unlink(b->supervisor_socket);
	while (kept[count])
		count++;
	AUTO_FREE char **env = mem_array(count + 2, sizeof *env);
	memcpy(env, kept, count * sizeof *env);
	env[count] = workers;
	o->pid = spawn(argv[0], argv, env, out);
	o->since = clock_ms();
	o->at = o->pid ? 0 : o->since + CANNOT_MS;
}

static char *how(int status)
{
	return WIFEXITED(status) ? mem_printf("with status %d", WEXITSTATUS(status)) :
				   mem_printf("by signal %d", WTERMSIG(status));
}

/* A longer pause each time: one that ends at once, by its configuration or for lack of memory, must not keep
 * us busy. */
void overseer_ended(struct overseer *o, int status)
{
	bool stable = clock_ms() - o->since > STABLE_MS;
	AUTO_FREE char *way = how(status), *words = reason_of_file(OVERSEER_WORDS);

	o->pid = 0;
	if (stable || !o->retry_ms)
		o->retry_ms = FIRST_MS;
	else
		o->retry_ms = 2 * o->retry_ms < LONGEST_MS ? 2 * o->retry_ms : LONGEST_MS;
	o->at = clock_ms() + o->retry_ms;
	free(o->why);
	o->why = stable || !*words ? NULL : mem_printf("supervisord ends %s: %s", way, words);
	log_line("supervisord has died %s%s%s: its programs are stopped in order, then all is started again, "
		 "in %u s",
		 way, *words ? ": " : "", words, o->retry_ms / 1000);
}

void overseer_look(struct overseer *o)
{
	if (o->pid && o->why && clock_ms() - o->since > STABLE_MS) {
		free(o->why);
		o->why = NULL;
	}
}

static void await(const struct overseer *o, int64_t until)
{
	while (process_stat_is_alive(o->pid) && clock_ms() < until)
		clock_sleep(10);
}

void overseer_end(struct overseer *o, const struct bench *b, int64_t until)
{
	struct process_list list = { 0 };

	if (!process_stat_is_alive(o->pid))
		return;
	kill(o->pid, SIGTERM);
	err_free(supervisor_list(b, &list)); /* it sleeps for a second at a time, and a request wakes it */
	supervisor_list_done(&list);
	await(o, until);
	kill(o->pid, SIGKILL);
	await(o, clock_ms() + KILLED_MS);
}

void overseer_done(struct overseer *o)
{
	free(o->why);
	o->why = NULL;
}
