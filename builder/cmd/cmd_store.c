/* SPDX-License-Identifier: MIT */
/* mkbench store: exports and imports what a lock needs. */
#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "build/build_context.h"
#include "build/build_layers.h"
#include "build/build_packages.h"
#include "cmd/event_line.h"
#include "cmd/option.h"
#include "layer/sandbox/sandbox.h"
#include "store/store_bundle.h"

struct wishes {
	const char *words[2]; /* export or import, RECIPE or FILE */
	const char *output;
	enum progress_style style;
};

static struct err *take(void *wishes, int option, const char *value)
{
	struct wishes *w = wishes;

	switch (option) {
	case OPTION_OUTPUT: w->output = value; return NULL;
	case OPTION_PROGRESS: return option_style(value, &w->style);
	default: return err_new(ERR_USAGE, "an option that nobody takes");
	}
}

/* demo.lock belongs to demo.yml. */
static char *recipe_of(const char *word)
{
	return text_ends(word, ".lock") ?
		       mem_printf("%.*s.yml", (int)(strlen(word) - strlen(".lock")), word) :
		       mem_dup(word);
}

/* Brings everything that a build from the lock needs into the store, also packages that no layer uses any
 * more. */
static struct err *build(struct build_context *j, const char *recipe, enum progress_style style, bool watch)
{
	struct build_layers layers = { 0 };
	bool locked;

	TRY(cmd_check_open(j, recipe, style));
	if (watch)
		store_bundle_watch(j->store);
	TRY(build_context_lock_read(j, &locked));
	if (!locked)
		return err_new(ERR_USAGE, "there is no %s yet: 'mkbench lock %s' makes it", j->lock_path,
			       recipe);
	TRY(build_packages(j));
	struct err *e = build_layers(j, &layers);
	build_layers_done(&layers);
	return e;
}

/* Builds twice: the second time everything is there, so what is used is what the next build will use. */
static struct err *export(const struct wishes *w)
{
	AUTO_BUILD_CONTEXT struct build_context first = { 0 }, second = { 0 };
	AUTO_FREE char *recipe = recipe_of(w->words[1]);
	size_t files;
	uint64_t bytes;
	char size[16];

	if (!w->output)
		return err_new(ERR_USAGE, "store export needs --output FILE.tar");
	TRY(sandbox_enter_user_namespace());
	TRY(build(&first, recipe, w->style, false));
	TRY(build(&second, recipe, PROGRESS_QUIET, true));
	TRY(store_bundle_write(second.store, w->output, &files, &bytes));
	if (w->style == PROGRESS_JSON)
		event_line_result(json_pack("{s:s, s:I, s:I}", "path", w->output, "files", (json_int_t)files,
					    "size_bytes", (json_int_t)bytes));
	else
		printf("%s: %zu file%s of the store, %s\n", w->output, files, text_plural(files),
		       text_size((double)bytes, size));
	return NULL;
}

static struct err *import(const struct wishes *w)
{
	struct store *s;
	size_t files = 0;

	if (w->output)
		return err_new(ERR_USAGE, "store import takes no --output: it fills the store");
	TRY(store_open(NULL, &s));
	struct err *e = store_bundle_read(s, w->words[1], &files);
	if (!e && w->style == PROGRESS_JSON)
		event_line_result(json_pack("{s:s, s:I, s:s}", "path", w->words[1], "files",
					    (json_int_t)files, "store", store_path(s)));
	else if (!e)
		printf("%s: %zu file%s are in the store %s\n", w->words[1], files, text_plural(files),
		       store_path(s));
	store_close(s);
	return e;
}

static struct err *run(int argc, char **argv)
{
	struct wishes w = { 0 };

	TRY(option_read(&cmd_store, argc, argv, take, &w, w.words));
	if (!strcmp(w.words[0], "export"))
		return export(&w);
	if (!strcmp(w.words[0], "import"))
		return import(&w);
	return err_new(ERR_USAGE,
		       "store has no '%s': export RECIPE --output FILE.tar, or import FILE.tar or FOLDER",
		       w.words[0]);
}

static const struct option_row options[] = {
	{ "output", OPTION_OUTPUT, "FILE", NULL, "for export: the tar to write" },
	OPTION_PROGRESS_ROW,
	{ 0 },
};

const struct cmd cmd_store = {
	.name = "store",
	.operand = "export|import RECIPE|FILE",
	.words = "export import",
	.summary = "carry what a lock needs from one machine's store to another's",
	.text = "'mkbench store export RECIPE -o FILE.tar' writes everything that a build from the recipe's "
		"lock needs, fetching first what is missing; the lock itself can be named in place of the "
		"recipe. 'mkbench store import FILE.tar' puts it into the store of another machine, which "
		"then builds the same without a network: for CI, which begins with an empty store each time. "
		"A folder of everything that a lock needs ('mkbench help lock') is imported in the same "
		"way.\n\n"
		"Blobs are checked when they are imported; built layers are trusted: keep the file where "
		"only people who may change the image can write. They are why no network is needed: once "
		"'mkbench "
		"clean' has removed what was built, the file must be imported again.",
	.options = options,
	.run = run,
};
