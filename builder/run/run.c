#include "run/run.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "run/engine.h"
#include "run/interrupt.h"
#include "run/port.h"
#include "run/qemu.h"
#include "run/ready.h"

#define USUAL_PORT 8080

static struct err *check_name(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && (!i || !strchr("._-", name[i])))
			len = 0;
	return len && len < 64 ? NULL : err_new(ERR_USAGE, "'%s' cannot be the name of a container", name);
}

static struct err *choose_engine(const char *name, const struct engine **ret)
{
	const struct engine *e = name ? engine_named(name) : NULL;

	if (name && !e)
		return err_new(ERR_USAGE, "no engine '%s': docker, podman or own", name);
	if (e && !e->answers(e))
		return err_new(ERR_SYSTEM, "%s does not answer", name);
	for (const struct engine *const *row = engine_all; !e; row++)
		if ((*row)->answers(*row))
			e = *row;
	*ret = e;
	return NULL;
}

static struct err *refuse_running(const char *name)
{
	enum engine_state state;
	const struct engine *e = engine_of(name, &state);

	if (state != ENGINE_RUNNING)
		return NULL;
	return err_new(ERR_USAGE, "%s runs already (%s): 'mkbench run --stop %s' stops it, --name runs another beside it", name,
		       e->name, name);
}

static struct err *choose_port(unsigned wanted, unsigned *ret)
{
	if (!wanted) {
		*ret = port_free(USUAL_PORT);
		return *ret ? NULL : err_new(ERR_SYSTEM, "no port from %d on is free: choose one with --port", USUAL_PORT);
	}
	AUTO_CLOSE int fd = -1;
	*ret = wanted;
	return port_listen(wanted, &fd);
}

static void say_where(const struct engine *e, const struct launch *l)
{
	AUTO_TEXT struct text out = { 0 };

	text_printf(&out, "\n%s is ready.\n\n", l->name);
	ready_addresses(e, l, &out);
	text_printf(&out, "\n  inside: mkbench run --exec %s bash\n", l->name);
	if (l->detach)
		text_printf(&out, "  stop:   mkbench run --stop %s\n", l->name);
	else
		text_put(&out, "  stop:   Ctrl-C\n");
	text_printf(&out, "  clean:  mkbench run --clean %s   (its data too%s)\n\n", l->name, l->data ? ", but not --data" : "");
	fputs(out.bytes, stdout);
	fflush(stdout);
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
	if (!interrupted)
		say_where(e, l);
	if (!interrupted && !l->detach) {
		TRY(e->watch(e, l->name, &end));
		interrupted = interrupt_wait(end, -1);
	}
	if (interrupted)
		return stop_again(e, l);
	return l->detach ? NULL : err_new(ERR_BUILD, "%s has ended by itself", l->name);
}

static struct err *start_and_attend(const struct engine *e, const struct launch *l)
{
	TRY(e->start(e, l));
	struct err *failed = attend(e, l);
	if (failed && !l->detach && e->find(e, l->name) == ENGINE_RUNNING)
		err_free(e->stop(e, l->name));
	return failed;
}

struct err *run_image(const struct run_options *o)
{
	AUTO_BUNDLE struct bundle b = { .archive = -1 };
	const struct engine *e = NULL;
	unsigned port;

	bool disk = qemu_is_disk(o->image);
	TRY(disk ? qemu_open(o->image, &b) : bundle_open(o->image, &b));
	const char *name = o->name ? o->name : b.name;
	TRY(check_name(name));
	TRY(refuse_running(name));
	if (disk)
		e = &qemu_row;
	else
		TRY(choose_engine(o->engine, &e));
	TRY(choose_port(o->port, &port));
	if (o->data)
		TRY(file_make_folder(o->data, 0755));
	AUTO_FREE char *data = o->data ? realpath(o->data, NULL) : NULL;
	if (o->data && !data)
		return err_errno(errno, "open %s", o->data);
	struct launch l = { .bundle = &b, .name = name, .data = data, .port = port, .env = o->env, .detach = o->detach,
			    .progress = progress_new(o->style) };
	struct err *failed = start_and_attend(e, &l);
	progress_free(l.progress);
	return failed;
}

static struct err *have(const char *name, const struct engine **ret, enum engine_state *ret_state)
{
	TRY(check_name(name));
	*ret = engine_of(name, ret_state);
	return *ret ? NULL : err_new(ERR_USAGE, "there is no container '%s'", name);
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
