/* SPDX-License-Identifier: MIT */
#include "cmd/init_ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cmd/init_guess.h"
#include "cmd/init_source.h"
#include "recipe/zone.h"

#define SEPARATORS ","

/* Adds the problems of an answer; a valid answer may be stored in the draft. */
typedef void judge(struct draft *d, const char *answer, struct problems *p);

static const char *keep(struct draft *d, const char *text)
{
	return arena_dup(&d->arena, text, strlen(text));
}

bool init_ask_possible(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static struct err *read_answer(struct draft *d, const char *question, const char *fallback, const char **ret)
{
	AUTO_FREE char *line = NULL;
	size_t room = 0;

	fprintf(stderr, "%s [%s]: ", question, fallback);
	ssize_t len = getline(&line, &room, stdin);
	if (len < 0) {
		fputc('\n', stderr);
		return err_new(ERR_USAGE, "init: the answers ended: nothing was written");
	}
	while (len && strchr(" \t\r\n", line[len - 1]))
		line[--len] = '\0';
	const char *word = line + strspn(line, " \t");
	*ret = keep(d, *word ? word : fallback);
	return NULL;
}

static struct err *ask(struct draft *d, const char *question, const char *fallback, judge *accept)
{
	for (;;) {
		struct problems p = { .arena = &d->arena };
		const char *answer;
		TRY(read_answer(d, question, fallback, &answer));
		accept(d, answer, &p);
		if (!p.first)
			return NULL;
		fprintf(stderr, "  %s\n", p.first->text);
	}
}

static bool takes(const struct pattern *pattern, const char *called, const char *answer, struct problems *p)
{
	return draft_accepts(pattern, called, answer, (struct mark){ 0 }, p);
}

static void judge_name(struct draft *d, const char *answer, struct problems *p)
{
	if (takes(&pattern_name, "name", answer, p))
		d->name = answer;
}

static void judge_suite(struct draft *d, const char *answer, struct problems *p)
{
	if (!strcmp(answer, "bookworm") || !strcmp(answer, "trixie"))
		d->suite = answer;
	else
		problem_add(p, (struct mark){ 0 }, "'%s' is neither bookworm nor trixie", answer);
}

static void judge_language(struct draft *d, const char *answer, struct problems *p)
{
	if (takes(&pattern_language, "language", answer, p))
		d->language = answer;
}

static void judge_zone(struct draft *d, const char *answer, struct problems *p)
{
	const char *near;

	if (!takes(&pattern_zone, "time_zone", answer, p))
		return;
	if (zone_known(answer)) {
		d->time_zone = answer;
		return;
	}
	near = zone_nearest(&d->arena, answer);
	problem_add(p, (struct mark){ 0 }, "there is no time zone '%s': %s%s%s", answer,
		    near ? "did you mean '" : "write one such as Europe/Paris", near ? near : "",
		    near ? "'?" : "");
}

static void judge_sites(struct draft *d, const char *answer, struct problems *p)
{
	d->sites.count = 0;
	for (const char *at = answer; *at; at += *at == ',') {
		at += strspn(at, " \t");
		size_t len = strcspn(at, SEPARATORS), end = len;
		while (end && strchr(" \t", at[end - 1]))
			end--;
		const char *site = arena_dup(&d->arena, at, end);
		if (strpbrk(site, " \t"))
			problem_add(p, (struct mark){ 0 },
				    "'%s' is no host name: write a comma between sites, such as "
				    "a.example.org, b.example.org",
				    site);
		for (size_t i = 0; i < d->sites.count; i++)
			if (!strcmp(d->sites.items[i], site))
				problem_add(p, (struct mark){ 0 },
					    "the site '%s' is given twice: once is enough", site);
		if (*site && takes(&pattern_site, "name", site, p))
			VEC_PUSH(&d->sites, site);
		at += len;
	}
	if (!d->sites.count && !p->first)
		problem_add(p, (struct mark){ 0 }, "at least one site is needed");
}

struct draft_app init_ask_app(struct arena *a, const char *word)
{
	const char *name = init_source_is(word) ? NULL : init_guess_app(a, word);

	name = name ? name : draft_app_name(a, word);
	return init_source_is(word) ? (struct draft_app){ .name = name, .git = word } :
				      (struct draft_app){ .name = name, .path = word };
}

static void judge_app(struct draft *d, const char *answer, struct problems *p)
{
	struct draft_app app = init_ask_app(&d->arena, answer);

	if (takes(app.git ? &pattern_git : &pattern_path, "app", answer, p) &&
	    takes(&pattern_app, "app", app.name, p))
		VEC_PUSH(&d->apps, app);
}

static void judge_ref(struct draft *d, const char *answer, struct problems *p)
{
	if (takes(&pattern_ref, "ref", answer, p))
		d->apps.items[d->apps.count - 1].ref = answer;
}

static struct err *ask_app(struct draft *d)
{
	AUTO_FREE char *folder = mem_printf("./%s", d->name);

	TRY(ask(d, "App: a folder beside the recipe, or its repository's URL", folder, judge_app));
	return d->apps.items[0].git ? ask(d, "Branch, tag or commit", "main", judge_ref) : NULL;
}

static void judge_framework(struct draft *d, const char *answer, struct problems *p)
{
	const char *at = strrchr(answer, '@'), *slash = strrchr(answer, '/');

	(void)d;
	if (strcmp(answer, "none") && (!at || !slash || at < slash))
		problem_add(p, (struct mark){ 0 },
			    "write its repository and a ref, such as "
			    "https://git.example.org/you/framework@version-15");
}

struct err *init_ask_framework(struct draft *d, const char **ret)
{
	static const char question[] = "None of these is the framework. Its repository and ref, URL@REF";

	for (;;) {
		struct problems p = { .arena = &d->arena };
		TRY(read_answer(d, question, "none", ret));
		judge_framework(d, *ret, &p);
		if (!p.first)
			break;
		fprintf(stderr, "  %s\n", p.first->text);
	}
	if (!strcmp(*ret, "none"))
		*ret = "";
	return NULL;
}

const char *init_ask_host(struct arena *a, const char *name)
{
	AUTO_FREE char *host = mem_printf("%s.localhost", name);

	for (char *c = host; *c; c++)
		*c = *c == '_' ? '-' : *c;
	return arena_dup(a, host, strlen(host));
}

struct err *init_ask(struct draft *d, bool asks_name)
{
	if (asks_name)
		TRY(ask(d, "Name of the image", d->name, judge_name));
	TRY(ask(d, "Debian suite: bookworm or trixie", d->suite, judge_suite));
	if (!d->apps.count)
		TRY(ask_app(d));
	TRY(ask(d, "Sites, by host name", init_ask_host(&d->arena, d->name), judge_sites));
	TRY(ask(d, "Time zone", d->time_zone, judge_zone));
	return ask(d, "Language", d->language, judge_language);
}
