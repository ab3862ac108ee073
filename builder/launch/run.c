/* SPDX-License-Identifier: MIT */
#include "launch/run.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "engine/interrupt.h"
#include "launch/launch.h"
#include "engine/qemu.h"
#include "launch/ready.h"

static struct err *say_where(const struct engine *e, const struct launch *l)
{
	AUTO_TEXT struct text out = { 0 };

	text_printf(&out, "\n%s is ready.\n\n", l->name);
	TRY(ready_addresses(e, l, &out));
	text_printf(&out, "\n  inside: mkbench run --exec %s %s\n", l->name,
		    e == &qemu_row ? "benchctl status" : "bash");
	if (l->detach)
		text_printf(&out, "  stop:   mkbench run --stop %s\n", l->name);
	else
		text_put(&out, "  stop:   Ctrl-C\n");
	text_printf(&out, "  clean:  mkbench run --clean %s   (its data too%s)\n\n", l->name,
		    l->data ? ", but not --data" : "");
	fputs(out.bytes, stdout);
	fflush(stdout);
	return NULL;
}

static struct err *stop_again(const struct engine *e, const struct launch *l)
{
	progress_stage(l->progress, "stop", 0, NULL);
	TRY(e->stop(e, l->name));
	progress_done(l->progress, "in order; its data is kept");
	return NULL;
}

static struct err *attend(const struct engine *e, const struct launch *l)
{
	AUTO_CLOSE int end = -1;
	bool interrupted;

	TRY(ready_wait(e, l, &interrupted));
	if (interrupted) {
		TRY(stop_again(e, l));
		return err_new(ERR_INTERRUPT, "interrupted");
	}
	TRY(say_where(e, l));
	if (l->detach)
		return NULL;
	TRY(e->watch(e, l->name, &end));
	return interrupt_wait(end, -1) ? stop_again(e, l) :
					 err_new(ERR_BUILD, "%s has ended by itself", l->name);
}

/* Says what a failed run has left behind. */
static struct err *say_left(const struct engine *e, const char *name, struct err *failed)
{
	enum err_kind kind = err_kind(failed);

	if (kind == ERR_USAGE || kind == ERR_INTERRUPT || !e->keeps(e, name))
		return failed;
	AUTO_FREE char *text = err_text(failed);
	err_free(failed);
	if (e->find(e, name) == ENGINE_RUNNING)
		return err_new(kind,
			       "%s\n%s still runs: 'mkbench run --stop %s' stops it, --clean removes it with "
			       "its data, too",
			       text, name, name);
	return err_new(kind, "%s\n'mkbench run --clean %s' removes what is left of it", text, name);
}

static const char *const states[] = {
	[ENGINE_ABSENT] = "gone", [ENGINE_STOPPED] = "stopped", [ENGINE_RUNNING] = "running"
};

/* Stop and similar commands take such a word as a name, but the person may have meant an image. */
static struct err *refuse_name(const char *word)
{
	enum engine_state state;
	const struct engine *e = access(word, F_OK) && !strchr(word, '/') ? engine_of(word, &state) : NULL;

	if (!e)
		return NULL;
	if (state == ENGINE_RUNNING)
		return err_new(ERR_USAGE,
			       "%s is the name of a running instance (%s), not an image: 'mkbench run --exec "
			       "%s bash' goes inside",
			       word, e->name, word);
	return err_new(
		ERR_USAGE,
		"%s is the name of a stopped instance (%s), not an image: 'mkbench run IMAGE --name %s' "
		"starts it again with its data, 'mkbench run --clean %s' removes it",
		word, e->name, word, word);
}

struct err *run_image(const struct run_options *o)
{
	TRY(refuse_name(o->image));
	AUTO_LAUNCH struct launch_prepared p;
	TRY(launch_open(o, &p));
	struct err *failed = launch_start(&p);
	if (!failed)
		failed = attend(p.engine, &p.launch);
	if (failed && !o->detach && p.engine->find(p.engine, p.launch.name) == ENGINE_RUNNING)
		err_free(p.engine->stop(p.engine, p.launch.name));
	return failed ? say_left(p.engine, p.launch.name, failed) : NULL;
}

static struct err *nobody(const char *name)
{
	AUTO_TEXT struct text there = { 0 };

	for (const struct engine *const *e = engine_all; *e; e++) {
		AUTO_FREE char *names = (*e)->names(*e);
		char *rest = names;
		for (char *one; (one = strsep(&rest, "\n"));)
			if (*one)
				text_printf(&there, "%s%s", there.len ? ", " : "", one);
	}
	return err_new(ERR_USAGE, "there is no container '%s': known are %s", name,
		       there.len ? there.bytes : "none");
}

static struct err *have(const char *name, const struct engine **ret, enum engine_state *ret_state)
{
	TRY(launch_name(name));
	*ret = engine_of(name, ret_state);
	return *ret ? NULL : nobody(name);
}

struct err *run_list(void)
{
	bool any = false;

	for (const struct engine *const *e = engine_all; *e; e++) {
		AUTO_FREE char *names = (*e)->names(*e);
		char *rest = names;
		for (char *one; (one = strsep(&rest, "\n"));)
			if (*one) {
				printf("%-24s %-7s %s\n", one, (*e)->name, states[(*e)->find(*e, one)]);
				any = true;
			}
	}
	if (!any)
		fputs("nothing that mkbench run has started is here\n", stderr);
	return NULL;
}

struct err *run_stop(const char *name)
{
	const struct engine *e = NULL;
	enum engine_state state;

	TRY(have(name, &e, &state));
	return state == ENGINE_RUNNING ? e->stop(e, name) : NULL;
}

struct err *run_clean(const char *name)
{
	const struct engine *e = NULL;
	enum engine_state state;

	TRY(have(name, &e, &state));
	if (state == ENGINE_RUNNING)
		TRY(e->stop(e, name));
	return e->clean(e, name);
}

struct err *run_enter(const char *name, const char *const *argv)
{
	const struct engine *e = NULL;
	enum engine_state state;

	TRY(have(name, &e, &state));
	if (state != ENGINE_RUNNING)
		return err_new(ERR_USAGE, "%s does not run", name);
	return engine_enter(e, name, argv, isatty(STDIN_FILENO) && isatty(STDOUT_FILENO));
}
