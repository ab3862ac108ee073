/* SPDX-License-Identifier: MIT */
#include "tools/console.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/bench.h"
#include "lib/durable.h"
#include "disk/identity.h"
#include "provision/resource_plan.h"
#include "lib/console_notice.h"
#include "lib/log.h"
#include "start/state.h"
#include "start/units.h"
#include "disk/verity.h"
#include "provision/volume.h"

#define FOLDER "/etc/issue.d"
#define LOOK_MS 2000
/* a serial console scrolls: steps alone redraw it this often at most, because the log prints them, too */
#define STEP_MS 30000
#define NOTES 6
#define COLUMNS 79 /* a VGA console has 80, and the cursor takes one */

static void put_address(struct text *t, const struct ifaddrs *a, unsigned port)
{
	char name[INET6_ADDRSTRLEN] = "";

	if (!a->ifa_addr || a->ifa_addr->sa_family != AF_INET ||
	    (a->ifa_flags & (IFF_LOOPBACK | IFF_UP)) != IFF_UP)
		return;
	inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)a->ifa_addr)->sin_addr, name,
		  sizeof name);
	text_printf(t, "  Address   http://%s:%u (%s)\n", name, port, a->ifa_name);
}

static void put_addresses(struct text *t, unsigned port)
{
	struct ifaddrs *all = NULL;
	size_t before = t->len;
	bool card = false;

	if (!getifaddrs(&all))
		for (const struct ifaddrs *a = all; a; a = a->ifa_next) {
			card |= !(a->ifa_flags & IFF_LOOPBACK);
			put_address(t, a, port);
		}
	freeifaddrs(all);
	if (t->len == before)
		text_printf(t, "  Address   none%s\n",
			    card ? " yet: no network has answered by DHCP" :
				   ": no network card here that this kernel knows (virtio is one)");
}

/* How many steps of provisioning are done, and which one runs. */
static void put_progress(struct text *t)
{
	json_t *all = NULL, *row;
	bool damaged;
	size_t i, done = 0;
	const char *now = NULL;
	struct err *e = durable_read_json(BENCH_RUN "/progress.json", &all, &damaged);
	json_t *steps = json_object_get(all, "steps");

	err_free(e);
	json_array_foreach(steps, i, row)
	{
		const char *state = json_string_value(json_object_get(row, "state"));
		bool waits = state && (!strcmp(state, "pending") || !strcmp(state, "running"));
		done += !waits;
		if (state && !strcmp(state, "running"))
			now = json_string_value(json_object_get(row, "step"));
	}
	if (now)
		text_printf(t, "  Preparing step %zu of %zu: %s\n", done + 1, json_array_size(steps), now);
	json_decref(all);
}

static void put_state(struct text *t)
{
	AUTO_STATE struct state_report s = { 0 };
	struct err *e = state_read(&s);
	const char *name;
	json_t *row;

	text_printf(t, "  State     %s%s%s\n",
		    e		      ? "starting" :
		    state_is_dead(&s) ? "dead" :
					state_name(s.state),
		    *s.why ? ": " : "", s.why);
	json_object_foreach(s.troubles, name, row)
		text_printf(t, "  Program   %s ends again and again: %s\n", name,
			    json_string_value(json_object_get(row, "why")));
	err_free(e);
}

/* Nothing while there is no error. */
static void put_problem(struct text *t, const char *what, struct err *e)
{
	AUTO_FREE char *why = e ? err_text(e) : NULL;

	if (why)
		text_printf(t, "  %-9s %s\n", what, why);
	err_free(e);
}

/* systemd's failed units. */
static void put_units(struct text *t)
{
	AUTO_TEXT struct text names = { 0 };

	err_free(units_failed(&names));
	if (names.len)
		text_printf(t, "  Units     failed:%s\n", names.bytes);
}

static void put_name(struct text *t)
{
	char name[65] = "";

	if (!gethostname(name, sizeof name - 1) && *name)
		text_printf(t, "  Host      %s\n", name);
}

/* Only if nobody can log in at the prompt below; an empty field lets everybody in. */
static void put_no_password(struct text *t)
{
	AUTO_FREE char *shadow = NULL;
	size_t len;

	err_free(file_read("/etc/shadow", 1 << 20, &shadow, &len));
	const char *line = !shadow || text_starts(shadow, "root:") ? shadow : strstr(shadow, "\nroot:");
	if (line && strchr("*!", strchr(line, ':')[1]))
		text_put(t,
			 "  Login     not here: root was given no password (passwd.hashed-password.root)\n");
}

/* The key's fingerprint exists once somebody may log in. */
static void put_login(struct text *t)
{
	AUTO_FREE char *print = NULL;
	size_t len;

	err_free(file_read(IDENTITY_SHOWN, 4096, &print, &len));
	if (print)
		text_printf(t, "  SSH       root, by key; the machine's is %s\n", print);
}

static void put_notes(struct text *t)
{
	AUTO_FREE char *lines = NULL;
	size_t len, shown = 0;

	err_free(file_read(CONSOLE_NOTICE_FILE, 1 << 16, &lines, &len));
	char *rest = lines;
	for (char *line; rest && (line = strsep(&rest, "\n"));)
		if (*line && shown++ < NOTES)
			text_printf(t, "  Note      %s\n", line);
	if (shown > NOTES)
		text_printf(t, "  Note      and %zu more in " CONSOLE_NOTICE_FILE "\n", shown - NOTES);
}

/* Folds one line to the width of the screen and indents what follows. */
static void fold(struct text *t, const char *line)
{
	while (strlen(line) > COLUMNS) {
		size_t at = COLUMNS;
		while (at > COLUMNS / 2 && line[at] != ' ')
			at--;
		if (line[at] != ' ')
			break;
		text_add(t, line, at);
		text_put(t, "\n            ");
		line += at + 1;
	}
	text_printf(t, "%s\n", line);
}

/* Escapes text for agetty, to which a backslash begins a code. */
static char *as_issue(char *lines)
{
	AUTO_TEXT struct text folded = { 0 };
	struct text safe = { 0 };

	for (char *line; (line = strsep(&lines, "\n"));)
		if (*line || lines)
			fold(&folded, line);
	for (size_t i = 0; i < folded.len; i++)
		text_add(&safe, folded.bytes[i] == '\\' ? "\\\\" : &folded.bytes[i],
			 folded.bytes[i] == '\\' ? 2 : 1);
	return text_take(&safe);
}

static char *screen(const struct bench *b)
{
	AUTO_TEXT struct text t = { 0 };
	struct resource_plan m = resource_plan_make(b, "");

	text_printf(&t, "\n%s %s (%.12s)\n\n", b->name, b->version, b->build);
	put_name(&t);
	put_state(&t);
	put_problem(&t, "Root", verity_check());
	put_problem(&t, "Data", volume_room(b));
	put_problem(&t, "Memory", resource_plan_check(&m));
	put_units(&t);
	put_addresses(&t, (unsigned)b->http_port);
	for (size_t i = 0; i < b->sites.count && i < 8; i++)
		text_printf(&t, "  %s %s\n", i ? "         " : "Sites    ", b->sites.items[i].name);
	put_no_password(&t);
	put_login(&t);
	text_put(&t, "  Admin     password as it was given, else in /data/secrets/SITE/admin_password\n");
	put_notes(&t);
	return as_issue(t.bytes);
}

static char *step(void)
{
	AUTO_TEXT struct text t = { 0 };

	put_progress(&t);
	return t.len ? as_issue(t.bytes) : mem_dup("");
}

static void reload(void)
{
	static const char *const argv[] = { "/sbin/agetty", "--reload", NULL };
	const struct child c = { .argv = argv, .limit_seconds = 10 };
	int status;

	err_free(child_run(&c, NULL, NULL, &status)); /* without a login prompt there is nothing to redraw */
}

struct shown {
	char *screen, *step; /* as the consoles show it now */
	int64_t at_ms;
};

static struct err *show(const struct bench *b, struct shown *s)
{
	AUTO_FREE char *now = screen(b), *doing = step(), *text = mem_printf("%s%s\n", now, doing);

	TRY(durable_folder(FOLDER, 0755, &durable_root));
	TRY(durable_update(FOLDER "/50-mkbench.issue", text, 0644, &durable_root, NULL));
	if (s->screen && !strcmp(now, s->screen) &&
	    (!strcmp(doing, s->step) || clock_ms() < s->at_ms + STEP_MS))
		return NULL;
	reload();
	free(s->screen);
	free(s->step);
	*s = (struct shown){ .screen = TAKE(now), .step = TAKE(doing), .at_ms = clock_ms() };
	return NULL;
}

int console_main(int argc, char **argv)
{
	struct bench b = { 0 };
	struct shown s = { 0 };

	(void)argc, (void)argv;
	log_as("console");
	struct err *e = bench_read(&b);
	while (!e) {
		e = show(&b, &s);
		if (!e)
			clock_sleep(LOOK_MS);
	}
	log_err(e, "the console shows nothing");
	return ERR_SYSTEM;
}
