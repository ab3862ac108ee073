/* SPDX-License-Identifier: MIT */
#include "engine/docker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "engine/container_probe.h"
#include "engine/interrupt.h"
#include "engine/load.h"
#include "engine/port.h"

/* Marks the containers that mkbench may remove. */
#define LABEL "mkbench.run=yes"
#define LABEL_FORMAT "{{index .Config.Labels \"mkbench.run\"}}"
/* The image's id if it was loaded for this container: then both are removed together. */
#define LOADED "mkbench.loaded"
#define LOADED_FORMAT "{{index .Config.Labels \"mkbench.loaded\"}}"

static void trim(char *text)
{
	size_t len = strlen(text);

	while (len && strchr(" \n", text[len - 1]))
		text[--len] = '\0';
}

/* Runs the engine's command; the error carries its last lines. */
static struct err *command(const char *const *argv, int input_fd, char **ret_output)
{
	AUTO_FREE char *output = NULL;
	int status;

	TRY(child_run(&(struct child){ .argv = argv, .input_fd = input_fd }, &output, NULL, &status));
	trim(output);
	for (char *c = output; status && *c; c++)
		if (*c == '\n')
			*c = ' ';
	if (status)
		return err_new(ERR_SYSTEM, "%s %s failed with status %d: %s", argv[0], argv[1], status,
			       output);
	if (ret_output)
		*ret_output = TAKE(output);
	return NULL;
}

/* Runs a query; a failed one has no answer. */
static char *ask(const char *const *argv)
{
	AUTO_FREE char *output = NULL, *errors = NULL;
	int status;
	struct err *e = child_run(&(struct child){ .argv = argv }, &output, &errors, &status);

	if (e || status) {
		err_free(e);
		return NULL;
	}
	trim(output);
	return TAKE(output);
}

static bool answers(const struct engine *e)
{
	const char *const argv[] = { e->program, "info", "--format", "{{json .}}", NULL };
	AUTO_FREE char *version = ask(argv);

	return version && *version == '{' && !strstr(version, "\"ServerErrors\":[\"");
}

char *docker_why(const struct engine *e)
{
	const char *const argv[] = { e->program, "ps", "--quiet", NULL };
	AUTO_FREE char *output = NULL, *errors = NULL;
	int status;
	struct err *failed = child_run(&(struct child){ .argv = argv }, &output, &errors, &status);

	if (failed) {
		AUTO_FREE char *why = err_text(failed);
		err_free(failed);
		return TAKE(why);
	}
	if (status == 127)
		return mem_dup("it is not installed");
	trim(errors);
	const char *last = strrchr(errors, '\n');
	return *errors ? mem_dup(last ? last + 1 : errors) : mem_printf("'%s info' fails", e->program);
}

static enum engine_state find(const struct engine *e, const char *name)
{
	const char *const argv[] = {
		e->program, "container", "inspect", "--format", "{{.State.Running}}", name, NULL,
	};
	AUTO_FREE char *running = ask(argv);

	return !running ? ENGINE_ABSENT : strcmp(running, "true") ? ENGINE_STOPPED : ENGINE_RUNNING;
}

static char *names(const struct engine *e)
{
	const char *const argv[] = {
		e->program, "ps", "--all", "--filter", "label=" LABEL, "--format", "{{.Names}}", NULL,
	};
	char *all = ask(argv);

	return all ? all : mem_dup("");
}

static bool has_volume(const struct engine *e, const char *name)
{
	AUTO_FREE char *volume = mem_printf("%s-data", name);
	const char *const argv[] = { e->program, "volume", "inspect", volume, NULL };
	AUTO_FREE char *found = ask(argv);

	return found != NULL;
}

static bool keeps(const struct engine *e, const char *name)
{
	return find(e, name) != ENGINE_ABSENT || has_volume(e, name);
}

static char *image_id(const struct engine *e, const char *image)
{
	const char *const argv[] = { e->program, "image", "inspect", "--format", "{{.Id}}", image, NULL };

	return ask(argv);
}

/* Without force, so that an image stays if another container needs it or it has another name as well. */
static void remove_image(const struct engine *e, const char *id)
{
	const char *const argv[] = { e->program, "rmi", id, NULL };

	free(ask(argv));
}

/* The id in the container's label, the caller's to free; NULL: its image was not loaded for it. */
static char *loaded_for(const struct engine *e, const char *name)
{
	const char *const argv[] = {
		e->program, "container", "inspect", "--format", LOADED_FORMAT, name, NULL
	};
	AUTO_FREE char *id = ask(argv);

	return id && *id && *id != '<' ? TAKE(id) : NULL; /* "<no value>" */
}

/* Depending on its store, Docker identifies an image by the digest of its configuration or of its
 * manifest. */
static bool has_image(const struct engine *e, const struct oci_image *b, const char *image)
{
	AUTO_FREE char *id = image_id(e, image);
	char hex[DIGEST_HEX];

	return id &&
	       (text_ends(id, digest_hex(&b->config, hex)) || text_ends(id, digest_hex(&b->manifest, hex)));
}

static struct err *load(const struct engine *e, const struct launch *l, const char *image, bool *ret_loaded)
{
	const char *const argv[] = { e->program, "load", NULL };
	AUTO_CLOSE int stream = -1;
	pid_t writer = 0;

	progress_stage(l->progress, "load", 0, NULL);
	progress_item(l->progress, image);
	*ret_loaded = !has_image(e, l->bundle, image);
	if (*ret_loaded) {
		TRY(container_probe(e));
		TRY(load_open(l->bundle, &stream, &writer));
		struct err *failed = command(argv, stream, NULL);
		file_closep(&stream);
		stream = -1;
		TRY(load_close(writer, failed));
		progress_done(l->progress, image);
		return NULL;
	}
	AUTO_FREE char *there = mem_printf("%s, there already", image);
	progress_done(l->progress, there);
	return NULL;
}

static struct err *remove_stopped(const struct engine *e, const char *name)
{
	const char *const owner[] = {
		e->program, "container", "inspect", "--format", LABEL_FORMAT, name, NULL
	};
	const char *const argv[] = { e->program, "rm", name, NULL };
	AUTO_FREE char *label = ask(owner);

	if (!label)
		return NULL;
	if (strcmp(label, "yes"))
		return err_new(ERR_USAGE,
			       "%s has a container '%s' that mkbench did not start: choose another --name",
			       e->name, name);
	return command(argv, 0, NULL);
}

/* The value of --env. Everyone can read an argv, so a value that is also in our environment is not put there:
 * the engine's command inherits it. Any other came from our own argv; setting it for the command could change
 * what the command does. */
static const char *variable(struct arena *a, const char *pair)
{
	size_t len = strcspn(pair, "=");
	const char *key = arena_dup(a, pair, len), *value = getenv(key);

	return value && !strcmp(value, pair + len + 1) ? key : pair;
}

/* Loads the image. The label says that it is to be removed with the container, the caller's to free; NULL if
 * the image was there before. Removes an image that an earlier container of that name left. */
static struct err *provide(const struct engine *e, const struct launch *l, const char *image,
			   char **ret_label)
{
	AUTO_FREE char *before = loaded_for(e, l->name);
	bool loaded;

	TRY(remove_stopped(e, l->name));
	struct err *failed = load(e, l, image, &loaded);
	AUTO_FREE char *id = failed ? NULL : image_id(e, image);
	bool same = before && id && !strcmp(before, id);
	if (before && !same)
		remove_image(e, before);
	*ret_label = id && (loaded || same) ? mem_printf(LOADED "=%s", id) : NULL;
	return failed;
}

static struct err *start(const struct engine *e, const struct launch *l)
{
	AUTO_FREE char *image = mem_printf("%s:%s", l->bundle->name, l->bundle->tag);
	AUTO_FREE char *publish = mem_printf("127.0.0.1:%u:%u", l->port, l->bundle->port);
	AUTO_FREE char *volume =
		l->data ? mem_printf("%s:%s", l->data, l->bundle->volume) :
			  mem_printf("%s-data:%s", l->name, l->bundle->volume ? l->bundle->volume : "");
	AUTO_FREE char *label = NULL;
	struct {
		const char **items;
		size_t count, room;
	} argv = { 0 };
	AUTO_ARENA struct arena words = { 0 };

	TRY(provide(e, l, image, &label));
	const char *const first[] = {
		e->program, "run", "--detach", "--name", l->name, "--label", LABEL, "--label", label,
	};
	for (size_t i = 0; i < COUNT(first) - (label ? 0 : 2); i++)
		VEC_PUSH(&argv, first[i]);
	if (l->bundle->port) {
		VEC_PUSH(&argv, "--publish");
		VEC_PUSH(&argv, publish);
	}
	if (l->bundle->volume) {
		VEC_PUSH(&argv, "--volume");
		VEC_PUSH(&argv, volume);
	}
	for (const char *const *pair = l->env; pair && *pair; pair++) {
		VEC_PUSH(&argv, "--env");
		VEC_PUSH(&argv, variable(&words, *pair));
	}
	VEC_PUSH(&argv, image);
	VEC_PUSH(&argv, NULL);
	interrupt_catch();
	port_drop(l->listener);
	*l->started_ms = clock_ms();
	struct err *failed = command(argv.items, 0, NULL);
	free(argv.items);
	if (failed && label && find(e, l->name) == ENGINE_ABSENT)
		remove_image(e, label + strlen(LOADED "="));
	return failed ?
		       err_wrap(failed, "start %s (mkbench run --engine own needs no %s)", l->name, e->name) :
		       NULL;
}

static struct err *stop(const struct engine *e, const char *name)
{
	const char *const argv[] = { e->program, "stop", "-t", "30", name, NULL };

	return command(argv, 0, NULL);
}

static struct err *clean(const struct engine *e, const char *name)
{
	AUTO_FREE char *volume = mem_printf("%s-data", name);
	const char *const remove_volume[] = { e->program, "volume", "rm", volume, NULL };
	AUTO_FREE char *image = loaded_for(e, name);

	TRY(remove_stopped(e, name));
	if (image)
		remove_image(e, image);
	return has_volume(e, name) ? command(remove_volume, 0, NULL) : NULL;
}

static struct err *watch(const struct engine *e, const char *name, int *ret_fd)
{
	const char *const argv[] = { e->program, "wait", name, NULL };
	pid_t child = fork();

	if (child < 0)
		return err_errno(errno, "fork");
	if (!child) {
		int nothing = open("/dev/null", O_RDWR);
		if (nothing >= 0 && dup2(nothing, 0) >= 0 && dup2(nothing, 1) >= 0 && dup2(nothing, 2) >= 0)
			execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	*ret_fd = pidfd_open(child, 0);
	return *ret_fd < 0 ? err_errno(errno, "watch %s", name) : NULL;
}

static char *tail(const struct engine *e, const char *name)
{
	const char *const argv[] = { e->program, "logs", "--tail", "15", name, NULL };
	char *output = NULL;
	int status;
	struct err *failed = child_run(&(struct child){ .argv = argv }, &output, NULL, &status);

	err_free(failed);
	return output ? output : mem_dup("");
}

static const char *const enter_docker[] = { "docker", "exec", NULL };
static const char *const enter_podman[] = { "podman", "exec", NULL };

const struct engine docker_row = {
	"docker", "docker", answers, names, keeps, start, find, enter_docker, stop, clean, watch, tail,
};
const struct engine docker_podman = {
	"podman", "podman", answers, names, keeps, start, find, enter_podman, stop, clean, watch, tail,
};
