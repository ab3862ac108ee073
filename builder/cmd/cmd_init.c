/* SPDX-License-Identifier: MIT */
/* mkbench init: writes a recipe from answers, from a list of apps, from a repository or from a bench. */
#include "build/share.h"
#include "cmd/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "cmd/init_ask.h"
#include "cmd/init_bench.h"
#include "cmd/init_ci.h"
#include "cmd/init_guess.h"
#include "cmd/init_place.h"
#include "cmd/init_source.h"
#include "cmd/option.h"
#include "recipe/apps_json.h"
#include "recipe/recipe.h"
#include "service/service.h"

struct beginning {
	const char *word;		   /* a name, a folder or a recipe; NULL: here */
	const char *ci;			   /* the CI system whose workflow is written instead of a recipe */
	const char *from;		   /* an existing bench */
	const char *apps_json, *framework; /* framework: URL@REF of the app that such lists omit */
	struct draft draft;
	char *folder, *path; /* where the recipe goes; path is NULL until its name is known */
	const char *zone_from, *language_from;
	bool named, asked, has_framework;
	bool incomplete; /* the apps may lack the framework: from a list or a single repository */
};

enum { APPS_JSON = OPTION_OWN, FRAMEWORK, FROM, CI };

static struct err *take(void *wishes, int id, const char *value)
{
	struct beginning *b = wishes;

	*(id == CI	  ? &b->ci :
	  id == APPS_JSON ? &b->apps_json :
	  id == FROM	  ? &b->from :
			    &b->framework) = value;
	return NULL;
}

static const char *name_for(struct draft *d, const char *text)
{
	AUTO_FREE char *whole = realpath(*text ? text : ".", NULL);
	const char *name = draft_image_name(&d->arena, whole ? whole : text);

	return *name ? name : "bench";
}

/* Adds the app in a folder, as a path relative to the recipe beside it. */
static void take_app(struct beginning *b, const char *folder, const char *name)
{
	AUTO_FREE char *whole = realpath(folder, NULL);
	AUTO_FREE char *path = whole ? mem_printf("./%s", strrchr(whole, '/') + 1) : mem_dup(folder);

	b->folder = init_place_beside(folder);
	b->draft.name = draft_image_name(&b->draft.arena, name);
	VEC_PUSH(&b->draft.apps,
		 (struct draft_app){ .name = name, .path = arena_dup(&b->draft.arena, path, strlen(path)) });
}

static void settle_folder(struct beginning *b, const char *folder)
{
	const char *app = b->apps_json || b->from ? NULL : init_guess_app(&b->draft.arena, folder);

	if (app) {
		take_app(b, folder, app);
		return;
	}
	b->folder = strcmp(folder, ".") ? mem_printf("%s/", folder) : mem_dup("");
	b->draft.name = name_for(&b->draft, folder);
}

static struct err *settle_name(struct beginning *b, const char *name)
{
	struct problems p = { .arena = &b->draft.arena };

	if (!draft_accepts(&pattern_name, "name", name, (struct mark){ 0 }, &p))
		return err_new(ERR_USAGE, "init: %s", p.first->text);
	b->draft.name = name;
	b->named = true;
	return NULL;
}

/* One repository is the first app; a recipe of the same name goes here, or beside a repository of this
 * machine. */
static struct err *settle_source(struct beginning *b, const char *word, const char *folder)
{
	b->folder = mem_dup(folder);
	b->incomplete = true;
	TRY(init_source_add(&b->draft, word, "repository"));
	b->draft.name = draft_image_name(&b->draft.arena, b->draft.apps.items[0].name);
	return NULL;
}

static struct err *settle_place(struct beginning *b)
{
	const char *word = b->word;

	TRY(init_place_refuse(b->from, word ? word : "."));
	if (word && init_source_is(word) && !init_place_is_folder(word))
		return settle_source(b, word, "");
	if (word && init_place_is_bare(word)) {
		AUTO_FREE char *whole = realpath(word, NULL), *folder = init_place_beside(word),
			       *path = mem_printf("./%s", whole ? strrchr(whole, '/') + 1 : word);
		return settle_source(b, path, folder);
	}
	if (!word || init_place_is_folder(word)) {
		settle_folder(b, word ? word : ".");
		return NULL;
	}
	b->folder = init_place_of(word);
	const char *file = word + strlen(b->folder);
	if (!text_ends(word, ".yml") && !text_ends(word, ".yaml"))
		return settle_name(b, word);
	AUTO_FREE char *stem = mem_ndup(file, (size_t)(strrchr(file, '.') - file));
	const char *name = draft_image_name(&b->draft.arena, stem);
	if (!init_place_is_folder(*b->folder ? b->folder : "."))
		return err_new(ERR_USAGE, "init: there is no folder %s", b->folder);
	b->path = mem_dup(word);
	b->draft.name = *name ? name : "bench";
	return NULL;
}

static struct err *refuse_existing(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return NULL;
	return err_new(ERR_USAGE,
		       "init never overwrites: %s is there already; name another: mkbench init NAME", path);
}

static struct err *import_apps(struct beginning *b)
{
	AUTO_FREE char *bytes = NULL;
	struct problems p = { .arena = &b->draft.arena };
	size_t len;

	struct err *e = file_read_text(b->apps_json, APPS_JSON_LIMIT, &bytes, &len);
	if (e) {
		int code = err_code(e);
		err_free(e);
		return err_new(ERR_RECIPE, "cannot read the list of apps %s: %s", b->apps_json,
			       code == EILSEQ ? "it is not a text: save it as UTF-8" : strerror(code));
	}
	apps_json_read(bytes, len, &b->draft, &p);
	AUTO_FREE char *report = problem_report(&p, b->apps_json);
	fputs(report, stderr);
	return p.count ?
		       err_new(ERR_RECIPE, "%s: %zu problem%s", b->apps_json, p.count, text_plural(p.count)) :
		       NULL;
}

/* Puts the framework's own app before those of the list. */
static struct err *add_framework(struct beginning *b, const char *word)
{
	if (!init_source_has_ref(word))
		return err_new(ERR_USAGE, "--framework needs a repository and a ref: "
					  "https://git.example.org/you/framework@version-15");
	return init_source_add(&b->draft, word, "framework");
}

static struct err *look_at_sources(struct beginning *b)
{
	AUTO_FREE char *recipe = mem_printf("%srecipe", b->folder);

	return init_source_names(recipe, &b->draft, &b->has_framework);
}

/* Asks for what the list omits, if someone can answer. */
static struct err *complete_list(struct beginning *b)
{
	const char *word;

	if (b->framework)
		TRY(add_framework(b, b->framework));
	TRY(look_at_sources(b));
	if (b->has_framework || !init_ask_possible())
		return NULL;
	TRY(init_ask_framework(&b->draft, &word));
	if (!*word)
		return NULL;
	TRY(add_framework(b, word));
	return look_at_sources(b);
}

static struct err *fill(struct beginning *b)
{
	struct draft *d = &b->draft;

	d->suite = "bookworm";
	d->time_zone = init_guess_time_zone(&d->arena, &b->zone_from);
	d->language = init_guess_language(&d->arena, &b->language_from);
	if (b->framework && b->from)
		return err_new(
			ERR_USAGE,
			"--from has the framework of a bench: --framework goes with apps that lack it");
	if (b->from && b->apps_json)
		return err_new(
			ERR_USAGE,
			"--from has the apps of a bench and --apps-json those of a list: give one of them");
	if (b->from) {
		TRY(init_bench_read(b->from, d));
	} else if (b->apps_json) {
		TRY(import_apps(b));
	} else if (!d->apps.count) {
		init_guess_apps(*b->folder ? b->folder : ".", d);
	}
	if (b->apps_json || b->framework || b->incomplete)
		TRY(complete_list(b));
	b->asked = !b->from && init_ask_possible();
	if (b->asked)
		return init_ask(d, !b->named);
	if (!d->apps.count) {
		AUTO_FREE char *path = mem_printf("./%s", d->name);
		struct draft_app app = { .name = draft_app_name(&d->arena, path),
					 .path = arena_dup(&d->arena, path, strlen(path)) };
		VEC_PUSH(&d->apps, app);
	}
	if (!d->sites.count)
		VEC_PUSH(&d->sites, init_ask_host(&d->arena, d->name));
	return NULL;
}

/* Creates the file in one step, only if the name is free. */
static struct err *write_new(const char *path, const struct text *t)
{
	AUTO_FREE char *part = mem_printf("%s.%d.part", path, (int)getpid());

	TRY(file_write(part, t->bytes, t->len, 0644));
	int failed = link(part, path) < 0 ? errno : 0;
	/* Not every file system has links; then rename without replacing. */
	if (failed && failed != EEXIST && !renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_NOREPLACE))
		return NULL;
	unlink(part);
	if (failed == EEXIST)
		return refuse_existing(path);
	return failed ? err_errno(failed, "write %s", path) : NULL;
}

static const char *from(const char *where, bool asked)
{
	return asked ? "" : where ? where : "nothing here says another";
}

static void report(const struct beginning *b)
{
	const struct draft *d = &b->draft;

	printf("wrote %s\n", b->path);
	printf("  name       %s\n", d->name);
	for (size_t i = 0; i < d->apps.count; i++)
		printf("  app        %-20s %s%s%s\n", d->apps.items[i].name,
		       d->apps.items[i].git ? d->apps.items[i].git : d->apps.items[i].path,
		       d->apps.items[i].git ? " at " : "", d->apps.items[i].git ? d->apps.items[i].ref : "");
	for (size_t i = 0; i < d->sites.count; i++)
		printf("  site       %s\n", d->sites.items[i]);
	printf("  time zone  %-20s %s\n", d->time_zone, from(b->zone_from, b->asked));
	printf("  language   %-20s %s\n", d->language, from(b->language_from, b->asked));
}

static void report_framework(const struct beginning *b, const struct recipe *r, const char *share)
{
	struct service_set *s = NULL;
	struct err *e = service_load(share, r, &s);
	AUTO_FREE char *why = e ? err_text(e) : NULL;

	if (why)
		printf("note: %s\n", why);
	else
		printf("  framework  %-20s from the first app\nnext: mkbench build %s\n",
		       service_framework(s), b->path);
	service_free(s);
	err_free(e);
}

/* Reports what check would: no framework for the first app, a missing app. */
static void note_what_is_missing(const struct beginning *b, struct recipe *r)
{
	struct problems p = { .arena = &r->arena };
	AUTO_FREE char *share = NULL;
	struct err *e = share_folder(&share);

	e = e ? e : service_check(share, r, &p);
	AUTO_FREE char *why = e ? err_text(e) : NULL;
	for (const struct problem *one = p.first; one; one = one->next)
		if (!one->warning)
			printf("note: %s\n", one->text);
	if (why)
		printf("note: %s\n", why);
	if (b->incomplete && !b->has_framework)
		printf("note: that app is no framework: add the framework as the first app, or give "
		       "--framework URL@REF\n");
	else if (b->apps_json && !b->has_framework)
		printf("note: such lists leave the framework itself out: add it as the first app, or give "
		       "--framework URL@REF\n");
	else if (!p.count && !e)
		report_framework(b, r, share);
	err_free(e);
}

static struct err *write_recipe(struct beginning *b)
{
	AUTO_TEXT struct text t = { 0 };
	struct recipe r = { 0 };
	struct problems p;

	if (!b->path)
		b->path = mem_printf("%s%s.yml", b->folder, b->draft.name);
	draft_text(&b->draft, &t);
	struct err *e = recipe_parse(b->path, t.bytes, t.len, &r, &p);
	AUTO_FREE char *wrong = problem_report(&p, b->path);
	fputs(wrong, stderr);
	if (!e)
		e = write_new(b->path, &t);
	if (!e) {
		report(b);
		note_what_is_missing(b, &r);
	}
	recipe_done(&r);
	return e;
}

static struct err *begin(struct beginning *b)
{
	TRY(settle_place(b));
	if (b->path || b->named || !init_ask_possible()) {
		AUTO_FREE char *path =
			b->path ? mem_dup(b->path) : mem_printf("%s%s.yml", b->folder, b->draft.name);
		TRY(refuse_existing(path));
	}
	TRY(fill(b));
	return write_recipe(b);
}

static struct err *run(int argc, char **argv)
{
	struct beginning b = { 0 };

	TRY(option_read(&cmd_init, argc, argv, take, &b, &b.word));
	struct err *e = b.ci ? init_ci(b.ci, b.word) : begin(&b);
	draft_done(&b.draft);
	free(b.folder);
	free(b.path);
	return e;
}

static const struct option_row options[] = {
	{ "apps-json", APPS_JSON, "FILE", NULL,
	  "the list of apps that other tools for benches have; each is fetched once to learn what its Python "
	  "package is called" },
	{ "ci", CI, "WHICH", INIT_CI_WORDS,
	  "write a workflow for RECIPE.yml instead, which builds, verifies, signs and pushes its image: "
	  "github, gitlab or forgejo" },
	{ "from", FROM, "FOLDER", NULL,
	  "a bench that is there: its apps by remote and commit, its sites, queues and ports; no password, "
	  "key or token" },
	{ "framework", FRAMEWORK, "URL@REF", NULL, "the framework's own app, where the other apps lack it" },
	{ 0 },
};

const struct cmd cmd_init = {
	.name = "init",
	.operand = "[NAME|FOLDER|URL[@REF]|RECIPE.yml]",
	.summary = "begin a recipe: asks a few questions, or guesses",
	.text = "Writes NAME.yml, or RECIPE.yml, and never over a file. At a terminal it asks for what it "
		"cannot know; elsewhere it guesses and "
		"says so. The apps are the folders that hold one, here or in FOLDER, or the repository at "
		"URL.",
	.options = options,
	.run = run,
};
