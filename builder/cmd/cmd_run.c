/* SPDX-License-Identifier: MIT */
/* mkbench run: starts an image; lists, enters, stops and removes what it has started. */
#include "cmd/cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/machine_option.h"
#include "cmd/option.h"
#include "engine/qemu.h"
#include "engine/native_engine.h"
#include "launch/run.h"

enum { NAME = OPTION_OWN, PORT, DATA, ENV, RESTORE, DETACH };

struct wishes {
	struct run_options options;
	const char *output;
	struct {
		const char **items;
		size_t count, room;
	} env;
	char **made; /* the variables allocated here */
	size_t made_count;
};

static struct err *read_port(const char *text, unsigned *ret)
{
	char *end;
	unsigned long port = strtoul(text, &end, 10);

	if (!*text || *end || *text == '-' || port < 1 || port > 65535)
		return err_new(ERR_USAGE, "--port takes a number from 1 to 65535, not '%s'", text);
	*ret = (unsigned)port;
	return NULL;
}

static struct err *add_variable(struct wishes *w, const char *text)
{
	const char *value = strchr(text, '=') ? NULL : getenv(text);

	if (!*text || *text == '=')
		return err_new(ERR_USAGE, "--env takes KEY=VALUE or KEY, not '%s'", text);
	if (!strchr(text, '=') && !value)
		return err_new(ERR_USAGE, "--env %s: there is no such variable here", text);
	char *pair = value ? mem_printf("%s=%s", text, value) : mem_dup(text);
	w->made = mem_resize(w->made, w->made_count + 1, sizeof *w->made);
	w->made[w->made_count++] = pair;
	VEC_PUSH(&w->env, pair);
	return NULL;
}

/* Sets the guest's variable for a restore (services/guest/README.md). */
static struct err *add_restore(struct wishes *w, const char *id)
{
	AUTO_FREE char *pair = mem_printf("MKBENCH_RESTORE=%s", id);

	if (strcmp(id, "latest") && (strlen(id) < 8 || id[strspn(id, "0123456789abcdef")]))
		return err_new(
			ERR_USAGE,
			"--restore takes a backup's id, as 'benchctl backups' shows it, or latest, not '%s'",
			id);
	return add_variable(w, pair);
}

static struct err *take(void *wishes, int option, const char *value)
{
	struct wishes *w = wishes;
	bool known;

	TRY(machine_option(option, value, &w->options, &known));
	if (known)
		return NULL;
	switch (option) {
	case NAME: w->options.name = value; return NULL;
	case DATA: w->options.data = value; return NULL;
	case DETACH: w->options.detach = true; return NULL;
	case OPTION_OUTPUT: w->output = value; return NULL;
	case PORT: return read_port(value, &w->options.port);
	case ENV: return add_variable(w, value);
	case RESTORE: return add_restore(w, value);
	case OPTION_PROGRESS: return option_style(value, &w->options.style);
	default: return err_new(ERR_USAGE, "an option that nobody takes");
	}
}

static struct err *read_options(int argc, char **argv, struct wishes *w)
{
	TRY(option_read(&cmd_run, argc, argv, take, w, &w->options.image));
	VEC_PUSH(&w->env, NULL);
	w->options.env = w->env.items;
	return NULL;
}

/* Handles the forms that begin with an action on a container. */
static struct err *act_on(int argc, char **argv, bool *ret_known)
{
	const char *act = argc > 1 ? argv[1] : "";
	const char *const *words = (const char *const *)argv;
	bool runs_program =
		!strcmp(act, "--exec") || !strcmp(act, "--inside") || !strcmp(act, "--inside-disk");

	if ((*ret_known = !strcmp(act, "--list")))
		return argc == 2 ? run_list() : err_new(ERR_USAGE, "run --list takes nothing more");
	*ret_known = runs_program || !strcmp(act, "--stop") || !strcmp(act, "--clean");
	if (!*ret_known)
		return NULL;
	if (runs_program ? argc < 4 : argc != 3)
		return err_new(ERR_USAGE, "run %s takes a name%s: see 'mkbench help run'", act,
			       runs_program ? " and a program" : "");
	if (!strcmp(act, "--stop"))
		return run_stop(argv[2]);
	if (!strcmp(act, "--clean"))
		return run_clean(argv[2]);
	if (!strcmp(act, "--inside-disk"))
		return qemu_inside(argv[2], words + 3);
	return !strcmp(act, "--exec") ? run_enter(argv[2], words + 3) :
					native_engine_inside(argv[2], words + 3);
}

struct err *cmd_run_image(const struct option_set *o, char **ret_path)
{
	if (text_ends(o->recipe, ".yml") || text_ends(o->recipe, ".yaml"))
		return cmd_build_image(&(struct option_set){ .recipe = o->recipe,
							     .style = o->style,
							     .folder = o->folder ? o->folder : "." },
				       ret_path);
	if (o->folder)
		return err_new(ERR_USAGE, "--output is for a recipe, and %s is none", o->recipe);
	*ret_path = mem_dup(o->recipe);
	return NULL;
}

static struct err *build_and_run(struct wishes *w)
{
	const struct option_set o = { .recipe = w->options.image,
				      .style = w->options.style,
				      .folder = w->output };
	AUTO_FREE char *image = NULL;

	TRY(cmd_run_image(&o, &image));
	w->options.image = image;
	return run_image(&w->options);
}

static struct err *run(int argc, char **argv)
{
	struct wishes w = { 0 };
	bool known;
	struct err *e = act_on(argc, argv, &known);

	if (known)
		return e;
	e = read_options(argc, argv, &w);
	if (!e)
		e = build_and_run(&w);
	for (size_t i = 0; i < w.made_count; i++)
		free(w.made[i]);
	free(w.made);
	free(w.env.items);
	return e;
}

static const struct option_row options[] = {
	{ "name", NAME, "NAME", NULL, "of the container; the image's name unless given" },
	{ "port", PORT, "PORT", NULL,
	  "where it answers on 127.0.0.1; 8080 or the next free one unless given" },
	{ "data", DATA, "PATH", NULL,
	  "where its data are: a container's in a folder, else in a volume NAME-data; a disk's in a disk of "
	  "their own, FILE.qcow2, FILE.raw or FOLDER/data.qcow2, where the next version of the image finds "
	  "them" },
	{ "env", ENV, "KEY[=VALUE]", NULL,
	  "a variable for the container; without a value it has this shell's" },
	{ "restore", RESTORE, "ID", NULL,
	  "restore this backup (an id, or latest) into the empty data; needs --env MKBENCH_BACKUP_PASSWORD" },
	{ "detach", DETACH, NULL, NULL, "leave it running; otherwise Ctrl-C stops it in order" },
	MACHINE_OPTION_ROWS,
	{ "output", OPTION_OUTPUT, "FOLDER", NULL,
	  "where the image of a RECIPE is written; here unless given" },
	OPTION_PROGRESS_ROW,
	{ 0 },
};

static const struct option_row acts[] = {
	{ "list", 0, NULL, NULL, "what it has started and is still there" },
	{ "stop", 0, "NAME", NULL, "stop it in order; its data is kept" },
	{ "clean", 0, "NAME", NULL,
	  "stop it, remove it with its data; from docker and podman the image loaded for it, too" },
	{ "exec", 0, "NAME PROGRAM [ARGUMENTS]", NULL,
	  "run a program inside; a disk's gets no terminal, no input and 150 s" },
	{ 0 },
};

const struct cmd cmd_run = {
	.name = "run",
	.operand = "IMAGE|RECIPE",
	.summary = "start an image, say where it answers; stop it, enter it",
	.text = "Starts it, waits until it is ready, and says where it answers. IMAGE is what mkbench build "
		"wrote: a NAME-TAG.oci folder, a .tar, or a disk (.raw, .qcow2, .vmdk, .raw.zst: in QEMU). A "
		"RECIPE is built first.",
	.options = options,
	.acts = acts,
	.run = run,
};
