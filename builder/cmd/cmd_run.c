#include "cmd/cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/machine_option.h"
#include "cmd/option.h"
#include "run/qemu.h"
#include "run/room.h"
#include "run/run.h"

static const char help[] =
	"       mkbench run --stop NAME     stop it in order; its data is kept\n"
	"       mkbench run --clean NAME    stop it, remove it with its data; from docker\n"
	"                                   and podman the image loaded for it, too\n"
	"       mkbench run --exec NAME PROGRAM [ARGUMENTS]\n"
	"                                   run a program inside; a disk's gets no\n"
	"                                   terminal, no input and 150 s\n"
	"\n"
	"Starts it, waits until it is ready, and says where it answers. IMAGE is what\n"
	"mkbench build wrote: a NAME-TAG.oci folder, a .tar, or a disk (.raw, .qcow2,\n"
	".raw.zst: in QEMU). A RECIPE is built first.\n"
	"\n"
	"  --name NAME         of the container; the image's name unless given\n"
	"  --port PORT         where it answers on 127.0.0.1; 8080 or the next free one\n"
	"                      unless given\n"
	"  --data PATH         where its data are: a container's in a folder, else in a\n"
	"                      volume NAME-data; a disk's in a disk of their own,\n"
	"                      FILE.qcow2, FILE.raw or FOLDER/data.qcow2, where the next\n"
	"                      version of the image finds them\n"
	"  --env KEY[=VALUE]   a variable for the container; without a value it has this\n"
	"                      shell's\n"
	"  --detach            leave it running; otherwise Ctrl-C stops it in order\n"
	MACHINE_HELP
	"  --output FOLDER     where the image of a RECIPE is written; here unless given\n"
	PROGRESS_HELP;

enum { NAME = 1, PORT, DATA, ENV, DETACH, OUTPUT, PROGRESS };

static const struct option options[] = {
	{ "name", required_argument, NULL, NAME },     { "port", required_argument, NULL, PORT },
	{ "data", required_argument, NULL, DATA },     { "env", required_argument, NULL, ENV },
	{ "detach", no_argument, NULL, DETACH },       { "output", required_argument, NULL, OUTPUT },
	{ "progress", required_argument, NULL, PROGRESS },
	MACHINE_OPTIONS,
	{ 0 },
};

struct wishes {
	struct run_options options;
	const char *output;
	struct { const char **items; size_t count, room; } env;
	char **made;             /* the variables that were put together here */
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

static struct err *take(struct wishes *w, int option, const char *value)
{
	bool known;

	TRY(machine_option(option, value, &w->options, &known));
	if (known)
		return NULL;
	switch (option) {
	case NAME: w->options.name = value; return NULL;
	case DATA: w->options.data = value; return NULL;
	case DETACH: w->options.detach = true; return NULL;
	case OUTPUT: w->output = value; return NULL;
	case PORT: return read_port(value, &w->options.port);
	case ENV: return add_variable(w, value);
	case PROGRESS: return option_style(value, &w->options.style);
	default: return err_new(ERR_USAGE, "run: unknown option, or one without its value: see 'mkbench help run'");
	}
}

static struct err *read_options(int argc, char **argv, struct wishes *w)
{
	opterr = 0;
	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
		TRY(take(w, option, optarg));
	if (argc - optind != 1)
		return err_new(ERR_USAGE, "run takes one image or recipe: see 'mkbench help run'");
	w->options.image = argv[optind];
	VEC_PUSH(&w->env, NULL);
	w->options.env = w->env.items;
	return NULL;
}

/* The forms that begin with what is to be done to a container. */
static struct err *act_on(int argc, char **argv, bool *ret_known)
{
	const char *act = argc > 1 ? argv[1] : "";
	const char *const *words = (const char *const *)argv;
	bool runs_program = !strcmp(act, "--exec") || !strcmp(act, "--inside") || !strcmp(act, "--inside-disk");

	*ret_known = runs_program || !strcmp(act, "--stop") || !strcmp(act, "--clean");
	if (!*ret_known)
		return NULL;
	if (runs_program ? argc < 4 : argc != 3)
		return err_new(ERR_USAGE, "run %s takes a name%s: see 'mkbench help run'", act, runs_program ? " and a program" : "");
	if (!strcmp(act, "--stop"))
		return run_stop(argv[2]);
	if (!strcmp(act, "--clean"))
		return run_clean(argv[2]);
	if (!strcmp(act, "--inside-disk"))
		return qemu_inside(argv[2], words + 3);
	return !strcmp(act, "--exec") ? run_enter(argv[2], words + 3) : room_inside(argv[2], words + 3);
}

struct err *cmd_run_image(const struct option_set *o, char **ret_path)
{
	if (text_ends(o->recipe, ".yml") || text_ends(o->recipe, ".yaml"))
		return cmd_build_image(&(struct option_set){ .recipe = o->recipe, .style = o->style, .folder = o->folder ? o->folder : "." },
				       ret_path);
	if (o->folder)
		return err_new(ERR_USAGE, "--output is for a recipe, and %s is none", o->recipe);
	*ret_path = mem_dup(o->recipe);
	return NULL;
}

static struct err *build_and_run(struct wishes *w)
{
	const struct option_set o = { .recipe = w->options.image, .style = w->options.style, .folder = w->output };
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

const struct cmd cmd_run = {
	.name = "run",
	.args = "[OPTIONS] IMAGE|RECIPE",
	.summary = "start an image, say where it answers; stop it, enter it",
	.help = help,
	.run = run,
};
