/* SPDX-License-Identifier: MIT */
#include "launch/launch.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "engine/docker.h"
#include "engine/qemu_disks.h"
#include "engine/interrupt.h"
#include "engine/port.h"
#include "engine/qemu.h"

#define USUAL_PORT 8080
#define PORT_TRIES 5

struct err *launch_name(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && (!i || !strchr("._-", name[i])))
			len = 0;
	return len && len < 64 ? NULL : err_new(ERR_USAGE, "'%s' cannot be the name of a container", name);
}

/* The next engine that answers, starting with a row; the last one for containers always does. */
static const struct engine *next_engine(const struct engine *const *row)
{
	while (*row && !(*row)->answers(*row))
		row++;
	return *row;
}

static struct err *refuse_silent(const struct engine *e)
{
	AUTO_FREE char *why = docker_why(e);

	return err_new(ERR_SYSTEM, "%s does not answer: %s\n--engine own needs no %s", e->name, why, e->name);
}

/* The engine that keeps data under the name is used; otherwise the first one that answers is tried. */
static struct err *choose_engine(const char *wanted, struct launch_prepared *p)
{
	const struct engine *e = wanted ? engine_named(wanted) : NULL;

	if (wanted && (!e || e == &qemu_row))
		return err_new(ERR_USAGE, "no engine '%s': docker, podman or own", wanted);
	if (e && !e->answers(e))
		return refuse_silent(e);
	for (const struct engine *const *row = engine_all; !e && *row; row++)
		if (*row != &qemu_row && (*row)->keeps(*row, p->launch.name))
			e = *row;
	p->any_engine = !e;
	p->engine = e ? e : next_engine(engine_all);
	return NULL;
}

static struct err *refuse_running(const char *name)
{
	enum engine_state state;
	const struct engine *e = engine_of(name, &state);

	if (state != ENGINE_RUNNING)
		return NULL;
	return err_new(
		ERR_USAGE,
		"%s runs already (%s): 'mkbench run --stop %s' stops it, --name runs another beside it", name,
		e->name, name);
}

static struct err *choose_port(struct launch_prepared *p, unsigned from)
{
	port_drop(&p->listener);
	if (!p->any_port)
		return port_listen(p->launch.port, &p->listener);
	p->launch.port = port_free(from, &p->listener);
	return p->launch.port ?
		       NULL :
		       err_new(ERR_SYSTEM, "no port from %u on is free: choose one with --port", from);
}

static struct err *open_data(const char *path, struct launch_prepared *p)
{
	struct stat st;

	p->launch.data = path;
	if (path && !*path)
		return err_new(ERR_USAGE, "--data needs a path");
	if (!path || p->engine == &qemu_row)
		return NULL;
	if (stat(path, &st) < 0 ? qemu_disks_is_named(path) : !S_ISDIR(st.st_mode))
		return err_new(ERR_USAGE,
			       "--data %s is no folder: a container keeps its data in a folder, only a disk "
			       "in a file",
			       path);
	TRY(file_make_folder(path, 0755));
	p->launch.data = p->data = realpath(path, NULL);
	return p->data ? NULL : err_errno(errno, "open %s", path);
}

struct err *launch_open(const struct run_options *o, struct launch_prepared *ret)
{
	bool disk = qemu_is_disk(o->image);

	*ret = (struct launch_prepared){ .bundle = { .archive = -1 }, .listener = -1, .any_port = !o->port };
	TRY(disk ? qemu_open(o->image, &ret->bundle) : oci_image_open(o->image, &ret->bundle));
	ret->launch = (struct launch){ .bundle = &ret->bundle,
				       .name = o->name ? o->name : ret->bundle.name,
				       .port = o->port,
				       .env = o->env,
				       .machine = o->machine,
				       .detach = o->detach,
				       .listener = &ret->listener,
				       .started_ms = &ret->started_ms,
				       .progress = progress_new(o->style) };
	TRY(launch_name(ret->launch.name));
	TRY(refuse_running(ret->launch.name));
	ret->engine = &qemu_row;
	if (disk && o->engine)
		return err_new(ERR_USAGE, "--engine is for containers, and %s is a disk", o->image);
	if (!disk && machine_option_used(&o->machine))
		return err_new(ERR_USAGE, "%s is for disks, and %s is none", machine_option_used(&o->machine),
			       o->image);
	if (!disk)
		TRY(choose_engine(o->engine, ret));
	TRY(choose_port(ret, USUAL_PORT));
	return open_data(o->data, ret);
}

static bool is_taken(unsigned port)
{
	AUTO_CLOSE int fd = -1;
	struct err *e = port_listen(port, &fd);

	err_free(e);
	return e != NULL;
}

/* The port was free when it was chosen, but if only its number is passed on, another process may take it
 * first. */
static struct err *start_somewhere(struct launch_prepared *p)
{
	for (int turn = 0;; turn++) {
		struct err *e = p->engine->start(p->engine, &p->launch);
		port_drop(&p->listener);
		if (!e || !p->any_port || turn == PORT_TRIES || interrupt_wait(-1, 0) ||
		    !is_taken(p->launch.port))
			return e;
		err_free(e);
		TRY(choose_port(p, p->launch.port + 1));
	}
}

struct err *launch_start(struct launch_prepared *p)
{
	for (const struct engine *const *row = engine_all;; row++) {
		struct err *e = start_somewhere(p);
		while (*row != p->engine)
			row++;
		const struct engine *next =
			e && p->any_engine && err_kind(e) == ERR_SYSTEM && !interrupt_wait(-1, 0) ?
				next_engine(row + 1) :
				NULL;
		if (!next)
			return e;
		AUTO_FREE char *why = err_text(e);
		err_free(e);
		/* nothing with that name existed before */
		err_free(p->engine->clean(p->engine, p->launch.name));
		progress_done(p->launch.progress, "not possible");
		progress_note(p->launch.progress, "%s cannot run it (%s): trying %s", p->engine->name, why,
			      next->program ? next->name : "mkbench itself");
		p->engine = next;
		TRY(choose_port(p, p->any_port ? USUAL_PORT : p->launch.port));
	}
}

void launch_close(struct launch_prepared *p)
{
	progress_free(p->launch.progress);
	port_drop(&p->listener);
	oci_image_close(&p->bundle);
	free(p->data);
}
