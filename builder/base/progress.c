/* SPDX-License-Identifier: MIT */
#include "base/progress.h"

#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/progress_line.h"
#include "base/utf8.h"

#define TICK_SECONDS 0.1
#define RATE_SECONDS 3.0 /* how long a change of speed takes to show */

/* What all branches share. */
struct screen {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum progress_style style;
	struct progress_look look;
	struct progress *first; /* the open stages, in the order in which they began */
	bool over, ticking;
	pthread_t ticker;
};

struct progress {
	struct screen *screen;
	bool branch;
	struct progress *next;
	char *name, *unit, *item; /* name NULL: no stage is open */
	uint64_t total, done;
	double began, seen, rate; /* seen: when the rate was last measured, and */
	uint64_t seen_done;	  /* how far it was then */
};

static volatile sig_atomic_t drawn; /* a bar is on the last line */

static double now(void)
{
	return (double)clock_ms() / 1e3;
}

static char *plain(const char *words)
{
	char *copy = mem_dup(words);

	utf8_plain(copy);
	return copy;
}

static void emit(const struct text *t)
{
	if (t->len) /* a closed standard error must not stop a build */
		err_free(file_write_all(STDERR_FILENO, t->bytes, t->len, "progress"));
}

static bool speaks_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < COUNT(names); i++) {
		const char *value = getenv(names[i]);
		if (value && *value)
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

static enum progress_style choose(enum progress_style style)
{
	const char *term = getenv("TERM");

	if (style != PROGRESS_AUTO)
		return style;
	return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") ? PROGRESS_BAR : PROGRESS_PLAIN;
}

struct progress *progress_new(enum progress_style style)
{
	struct progress *p = mem_new(sizeof *p);
	struct screen *s = p->screen = mem_new(sizeof *s);
	const char *no_colour = getenv("NO_COLOR");

	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&s->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	s->style = choose(style);
	s->look.utf8 = speaks_utf8();
	s->look.colour = !no_colour || !*no_colour;
	return p;
}

struct progress *progress_branch(struct progress *p)
{
	if (!p)
		return NULL;
	struct progress *own = mem_new(sizeof *own);
	*own = (struct progress){ .screen = p->screen, .branch = true };
	return own;
}

static struct progress_state state_of(const struct progress *p)
{
	return (struct progress_state){ .name = p->name,
					.unit = p->unit,
					.item = p->item,
					.total = p->total,
					.done = p->done,
					.seconds = now() - p->began,
					.rate = p->rate };
}

/* A moving average over about RATE_SECONDS. */
static void measure(struct progress *p)
{
	double at = now(), passed = at - p->seen;

	if (passed < TICK_SECONDS / 2)
		return;
	double lately = (double)(p->done - p->seen_done) / passed;
	p->rate = p->rate > 0 ? p->rate + (lately - p->rate) * passed / (passed + RATE_SECONDS) : lately;
	p->seen = at;
	p->seen_done = p->done;
}

static const struct progress_look *look_of(struct screen *s)
{
	struct winsize size = { 0 };

	s->look.width = !ioctl(STDERR_FILENO, TIOCGWINSZ, &size) && size.ws_col ? size.ws_col : 80;
	return &s->look;
}

static void draw(struct progress *p)
{
	AUTO_TEXT struct text t = { 0 };

	measure(p);
	struct progress_state s = state_of(p);
	text_put(&t, "\r");
	progress_line_running(&t, &s, look_of(p->screen));
	text_put(&t, "\033[K");
	emit(&t);
	drawn = true;
}

/* Redraws while a stage is open, because the rest of the program may be busy. */
static void *tick(void *arg)
{
	struct screen *s = arg;

	pthread_mutex_lock(&s->lock);
	while (!s->over) {
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += (long)(TICK_SECONDS * 1e9);
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		if (!s->first)
			pthread_cond_wait(&s->changed, &s->lock);
		else if (pthread_cond_timedwait(&s->changed, &s->lock, &until) && s->first)
			draw(s->first);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* Signals are left to the thread that builds. */
static void start_ticker(struct screen *s)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	s->ticking = s->ticking || !pthread_create(&s->ticker, NULL, tick, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void emit_json(json_t *taken)
{
	AUTO_TEXT struct text t = { 0 };
	char *line = taken ? json_dumps(taken, JSON_COMPACT | JSON_REAL_PRECISION(4)) : NULL;

	if (line)
		text_printf(&t, "%s\n", line);
	emit(&t);
	free(line);
	json_decref(taken);
}

static json_t *event(const char *what, const struct progress *p)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:s*, s:s*}", "event", what, "stage", p->name, "done",
			 (json_int_t)p->done, "total", (json_int_t)p->total, "unit", p->unit, "item",
			 p->item);
}

static void emit_end(struct progress *p, const char *summary, bool failed)
{
	struct progress_state s = state_of(p);
	AUTO_TEXT struct text t = { 0 };

	if (p->screen->style == PROGRESS_BAR) {
		text_put(&t, "\r");
		progress_line_ended(&t, &s, look_of(p->screen), summary, failed);
		text_put(&t, "\033[K\n");
	} else if (p->screen->style == PROGRESS_PLAIN) {
		text_printf(&t, "%s: %s (", p->name, summary);
		progress_line_time(&t, s.seconds);
		text_put(&t, ")\n");
	} else if (p->screen->style == PROGRESS_JSON) {
		emit_json(json_pack("{s:s, s:s, s:s, s:f}", "event", failed ? "stop" : "end", "stage",
				    p->name, "summary", summary, "seconds", s.seconds));
	}
	emit(&t);
}

/* The default summary of a stage. */
static char *summarise(struct progress *p, bool failed)
{
	AUTO_TEXT struct text amount = { 0 };

	if (!failed && p->done == p->total)
		p->total = 0; /* "258 packages", not "258 / 258" */
	struct progress_state s = state_of(p);
	progress_line_amount(&amount, &s);
	if (!amount.len)
		return mem_dup(failed ? "stopped" : "done");
	return mem_printf("%s%s", failed ? "stopped at " : "", amount.bytes + strspn(amount.bytes, " "));
}

static void end(struct progress *p, const char *summary, bool failed)
{
	if (!p->name)
		return;
	AUTO_FREE char *words = summary ? plain(summary) : summarise(p, failed);
	emit_end(p, words, failed);
	free(p->name);
	free(p->unit);
	free(p->item);
	p->name = p->unit = p->item = NULL;
	struct progress **link = &p->screen->first;
	while (*link != p)
		link = &(*link)->next;
	*link = p->next;
	drawn = false;
}

/* Puts it behind those that are open. */
static void open_stage(struct progress *p)
{
	struct progress **link = &p->screen->first;

	while (*link)
		link = &(*link)->next;
	*link = p;
	p->next = NULL;
}

void progress_stage(struct progress *p, const char *name, uint64_t total, const char *unit)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->screen->lock);
	end(p, NULL, false);
	p->name = mem_dup(name);
	p->unit = unit ? mem_dup(unit) : NULL;
	p->total = total;
	p->done = p->seen_done = 0;
	p->rate = 0;
	p->began = p->seen = now();
	open_stage(p);
	if (p->screen->style == PROGRESS_JSON)
		emit_json(event("begin", p));
	if (p->screen->style == PROGRESS_BAR)
		start_ticker(p->screen);
	pthread_cond_signal(&p->screen->changed);
	pthread_mutex_unlock(&p->screen->lock);
}

/* One JSON line a tick is enough; the bar has its ticker. */
static void changed(struct progress *p)
{
	if (p->screen->style == PROGRESS_JSON && p->name && now() - p->seen >= TICK_SECONDS) {
		measure(p);
		emit_json(event("progress", p));
	}
}

void progress_add(struct progress *p, uint64_t units)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->screen->lock);
	p->done += units;
	changed(p);
	pthread_mutex_unlock(&p->screen->lock);
}

void progress_item(struct progress *p, const char *item)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->screen->lock);
	free(p->item);
	p->item = item ? plain(item) : NULL;
	changed(p);
	pthread_mutex_unlock(&p->screen->lock);
}

void progress_done(struct progress *p, const char *summary)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->screen->lock);
	end(p, summary, false);
	pthread_mutex_unlock(&p->screen->lock);
}

bool progress_stands(void)
{
	return drawn;
}

void progress_note(struct progress *p, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	AUTO_FREE char *note = mem_vprintf(fmt, ap);
	va_end(ap);
	AUTO_TEXT struct text t = { 0 };

	if (!p || p->screen->style == PROGRESS_QUIET)
		return;
	utf8_plain(note);
	pthread_mutex_lock(&p->screen->lock);
	if (p->screen->style == PROGRESS_JSON) {
		emit_json(json_pack("{s:s, s:s}", "event", "note", "text", note));
	} else {
		text_printf(&t, "%s%s%s\n", drawn ? "\r\033[K" : "",
			    p->screen->style == PROGRESS_BAR ? "  " : "", note);
		emit(&t);
		drawn = false;
		if (p->screen->first && p->screen->style == PROGRESS_BAR)
			draw(p->screen->first);
	}
	pthread_mutex_unlock(&p->screen->lock);
}

void progress_free(struct progress *p)
{
	if (!p)
		return;
	struct screen *s = p->screen;
	bool branch = p->branch;

	pthread_mutex_lock(&s->lock);
	end(p, NULL, true);
	s->over = !branch;
	pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
	free(p);
	if (branch)
		return;
	if (s->ticking)
		pthread_join(s->ticker, NULL);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
