/* SPDX-License-Identifier: MIT */
#include "base/progress.h"

#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/progress_line.h"
#include "t.h"

static void running(const struct progress_state *s, unsigned width, bool utf8, const char *want)
{
	AUTO_TEXT struct text t = { 0 };

	progress_line_running(&t, s, &(struct progress_look){ .width = width, .utf8 = utf8 });
	is(t.bytes ? t.bytes : "", want);
}

static void lines(void)
{
	struct progress_state fetch = {
		.name = "fetch",
		.unit = "bytes",
		.item = "libc6",
		.total = 187000000,
		.done = 93500000,
		.seconds = 2.3,
		.rate = 1500000,
	};
	struct progress_state unpack = {
		.name = "unpack", .unit = "packages", .item = "libc6", .total = 258, .done = 7
	};
	struct progress_state configure = { .name = "configure", .item = "mariadb-server", .seconds = 75 };

	running(&fetch, 80, true,
		"⠇ fetch         ━━━━━━━━━━──────────   93.5 / 187.0 MB    1.5 MB/s   1:02 left");
	running(&fetch, 120, false,
		"- fetch         ==============                 93.5 / 187.0 MB    1.5 MB/s   1:02 left  "
		"libc6");
	running(&fetch, 50, true, "⠇ fetch          93.5 / 187.0 MB    1.5 MB/s   1:");
	running(&fetch, 3, true, "⠇ ");
	running(&fetch, 0, true, "");
	running(&unpack, 80, false, "| unpack        -                       7 / 258 packages  libc6");
	running(&configure, 80, false, "| configure     1:15  mariadb-server");
	fetch.total = 0;
	running(&fetch, 80, false, "- fetch          93.5 MB    1.5 MB/s  libc6");
}

static void ends(void)
{
	struct progress_state s = { .name = "fetch", .seconds = 3725 };
	AUTO_TEXT struct text done = { 0 }, failed = { 0 };

	progress_line_ended(&done, &s, &(struct progress_look){ .width = 80, .utf8 = true }, "258 packages",
			    false);
	is(done.bytes, "✓ fetch         258 packages                                   1:02:05");
	progress_line_ended(&failed, &s, &(struct progress_look){ .width = 80, .colour = true }, "7 / 258",
			    true);
	is(failed.bytes, "\033[31m!\033[0m \033[1mfetch\033[0m         7 / 258                               "
			 "         \033[2m1:02:05\033[0m");
}

/* What a child writes to its standard error, a pipe or a terminal. */
static char *heard(int from, int to, void (*speak)(void))
{
	struct text t = { 0 };
	char bytes[4096];
	pid_t pid = fork();

	if (pid == 0) {
		dup2(to, STDERR_FILENO);
		close(from);
		speak();
		_exit(0);
	}
	close(to);
	for (ssize_t n; (n = read(from, bytes, sizeof bytes)) > 0;)
		text_add(&t, bytes, (size_t)n);
	close(from);
	return text_take(&t);
}

static char *heard_by_pipe(void (*speak)(void))
{
	int ends_of_pipe[2];

	return pipe(ends_of_pipe) < 0 ? NULL : heard(ends_of_pipe[0], ends_of_pipe[1], speak);
}

static void *add_many(void *p)
{
	for (int i = 0; i < 10000; i++) {
		progress_add(p, 1);
		progress_item(p, i % 2 ? "odd" : "even");
	}
	return NULL;
}

static void a_build(enum progress_style style)
{
	struct progress *p = progress_new(style);
	pthread_t threads[4];

	progress_note(p, "from %s", "recipe.yml");
	progress_stage(p, "unpack", 40000, "packages");
	for (size_t i = 0; i < COUNT(threads); i++)
		pthread_create(&threads[i], NULL, add_many, p);
	for (size_t i = 0; i < COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	progress_stage(p, "configure", 0, NULL); /* ends the one before */
	progress_done(p, "cached");
	progress_done(p, "nothing is open");
	progress_stage(p, "pour", 10, "layers");
	progress_add(p, 4);
	progress_free(p);
	progress_add(NULL, 1);
}

/* Two stages at the same time, of which the first ends last; and one that is stopped. */
static void branched(void)
{
	struct progress *p = progress_new(PROGRESS_PLAIN), *one = progress_branch(p),
			*other = progress_branch(p);

	progress_stage(one, "environment", 2, "steps");
	progress_stage(other, "packages", 1, "steps");
	progress_add(one, 1);
	progress_add(other, 1);
	progress_done(other, NULL);
	progress_add(one, 1);
	progress_done(one, NULL);
	progress_stage(other, "assets", 3, "steps");
	progress_free(one);
	progress_free(other);
	progress_stage(p, "pour", 0, NULL);
	progress_done(p, NULL);
	progress_free(p);
	progress_free(progress_branch(NULL));
}

static void plain(void)
{
	a_build(PROGRESS_AUTO);
}
static void json(void)
{
	a_build(PROGRESS_JSON);
}
static void quiet(void)
{
	a_build(PROGRESS_QUIET);
}

static void bar(void)
{
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("TERM", "xterm", 1);
	setenv("NO_COLOR", "1", 1);
	struct progress *p = progress_new(PROGRESS_AUTO);

	progress_stage(p, "pour", 10, "layers");
	usleep(350000); /* a few ticks: nothing below depends on how many */
	progress_note(p, "by the way");
	progress_done(p, "10 layers");
	struct progress *beside = progress_branch(p);
	progress_stage(p, "first", 0, NULL);
	progress_stage(beside, "second", 0, NULL);
	usleep(350000);
	progress_done(p, NULL);
	usleep(350000); /* the one that is left is the bar now */
	progress_free(beside);
	progress_free(p);
}

/* Times vary: digits before " s)" become 0. */
static void hide_times(char *text)
{
	for (char *at = text; (at = strstr(at, " s)")); at++)
		for (char *digit = at; digit > text && strchr("0123456789.", digit[-1]); digit--)
			if (digit[-1] != '.')
				digit[-1] = '0';
}

static void styles(void)
{
	AUTO_FREE char *a = heard_by_pipe(plain), *b = heard_by_pipe(quiet);

	hide_times(a);
	is(a, "from recipe.yml\nunpack: 40000 packages (0.0 s)\nconfigure: cached (0.0 s)\npour: stopped at "
	      "4 / 10 layers (0.0 s)\n");
	is(b, "");
	AUTO_FREE char *c = heard_by_pipe(branched);
	hide_times(c);
	is(c,
	   "packages: 1 step (0.0 s)\nenvironment: 2 steps (0.0 s)\nassets: stopped at 0 / 3 steps (0.0 s)\n"
	   "pour: done (0.0 s)\n");
}

static void json_lines(void)
{
	AUTO_FREE char *text = heard_by_pipe(json);
	AUTO_TEXT struct text events = { 0 };
	char *rest = text;

	for (char *line; (line = strsep(&rest, "\n")) && *line;) {
		json_t *j = json_loads(line, 0, NULL);
		const char *event = json_string_value(json_object_get(j, "event"));
		if (!event)
			text_put(&events, "(not JSON)");
		else if (strcmp(event, "progress"))
			text_printf(&events, "%s ", event);
		if (event && !strcmp(event, "stop"))
			text_put(&events, json_string_value(json_object_get(j, "summary")));
		json_decref(j);
	}
	is(events.bytes, "note begin end begin end begin stop stopped at 4 / 10 layers");
}

static void terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), side;
	struct winsize size = { .ws_row = 24, .ws_col = 70 };

	if (master < 0 || grantpt(master) || unlockpt(master) ||
	    (side = open(ptsname(master), O_RDWR | O_NOCTTY)) < 0) {
		t_ok(0, "a terminal could be had", __FILE__, __LINE__);
		return;
	}
	ioctl(side, TIOCSWINSZ, &size);
	AUTO_FREE char *text = heard(master, side, bar);
	ok(strstr(text, " pour          ──────────   0 / 10 layers\033[K") != NULL);
	ok(strstr(text, "\r\033[K  by the way\r\n\r") != NULL);
	ok(strstr(text, "\r✓ pour          10 layers ") != NULL);
	char *first = strstr(text, " first "), *second = strstr(text, " second ");
	ok(first && second && strstr(text, "✓ first") < second);
	char *last = strstr(text, "stopped");
	ok(last && text_ends(last, " s\033[K\r\n"));
	ok(!strstr(text, "\033[3") && !strstr(text, "\033[1m"));
}

int main(void)
{
	lines();
	ends();
	styles();
	json_lines();
	terminal();
	return t_done();
}
