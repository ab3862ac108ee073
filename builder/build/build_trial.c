/* SPDX-License-Identifier: MIT */
#include "build/build_trial.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b) ||
	       (strchr("-_", a) && strchr("-_", b) && a && b);
}

/* Whether a line contains the word; case is ignored and '-' equals '_'. */
static bool has_word(const char *line, size_t len, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; n && i + n <= len; i++) {
		size_t k = 0;
		while (k < n && same_letter(line[i + k], word[k]))
			k++;
		if (k == n && !(i && is_word(line[i - 1])) && !(i + n < len && is_word(line[i + n])))
			return true;
	}
	return false;
}

/* Whether it has a word that programs use for fatal errors. */
static bool is_complaint(const char *line, size_t len)
{
	static const char *const words[] = {
		"error", "emerg", "fatal", "unknown", "invalid", "cannot", "can't", ">>>", "bad",
	};

	for (size_t i = 0; i < COUNT(words); i++)
		if (has_word(line, len, words[i]) || (*words[i] == '>' && memmem(line, len, words[i], 3)))
			return true;
	return false;
}

/* Skips the date and the level at the beginning of a line. */
static char *words_of(const char *line, size_t len)
{
	static const char *const marks[] = { "[ERROR] ", "[emerg] ", "Error: ", ">>> " };

	for (size_t i = 0; i < COUNT(marks); i++) {
		const char *at = memmem(line, len, marks[i], strlen(marks[i]));
		if (at) {
			at += strlen(marks[i]);
			return mem_ndup(at, len - (size_t)(at - line));
		}
	}
	return mem_ndup(line, len);
}

/* The first line that has the word and is a complaint. */
static const char *find_line(const char *said, const char *word, bool any, size_t *ret_len)
{
	for (const char *line = said; *line; line += *ret_len + (line[*ret_len] == '\n')) {
		*ret_len = strcspn(line, "\n");
		if ((any || is_complaint(line, *ret_len)) && has_word(line, *ret_len, word))
			return line;
	}
	return NULL;
}

/* The longest match wins: a short word may occur by chance. */
struct hunt {
	const char *said;
	bool any; /* a line need not be a complaint */
	size_t best;
	const struct node *node;
	const char *line;
	size_t line_len;
};

static void consider(struct hunt *h, const struct node *n, const char *word)
{
	size_t len, n_word = strlen(word);
	const char *line = n_word > 1 && n_word > h->best && word[strspn(word, "0123456789")] ?
				   find_line(h->said, word, h->any, &len) :
				   NULL;

	if (!line)
		return;
	h->best = n_word;
	h->node = n;
	h->line = line;
	h->line_len = len;
}

static void hunt(struct hunt *h, const struct node *n, bool values)
{
	for (const struct node *c = n->child; c; c = c->next) {
		if (c->kind != NODE_SCALAR)
			hunt(h, c, values);
		else if (values)
			consider(h, c, c->text);
		else if (c->key)
			consider(h, c, c->key->text);
	}
}

bool build_trial_blame(const struct node *section, const char *said, struct build_trial_blame *ret)
{
	struct hunt h = { .said = said };

	if (section)
		hunt(&h, section, false);
	if (section && !h.node)
		hunt(&h, section, true);
	h.any = section && section->key; /* with all of a recipe's words, some match by chance */
	if (h.any && !h.node)
		hunt(&h, section, true);
	if (!h.node)
		return false;
	ret->at = h.node->key ? h.node->key->at : h.node->at;
	ret->word = h.node->key ? h.node->key->text : h.node->text;
	ret->says = words_of(h.line, h.line_len);
	return true;
}

/* A line of help begins with "--max-allowed-packet=#". Returns the nearest of those names, as recipes write
 * them. */
static char *nearest(const char *names, const char *word)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_FREE char *wanted = mem_dup(word);
	struct {
		const char **items;
		size_t count, room;
	} all = { 0 };

	for (const char *at = names; (at = strstr(at, " --"));) {
		at += 3;
		size_t len = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789-");
		char *name = arena_dup(&arena, at, len);
		for (char *c = name; (c = strchr(c, '-'));)
			*c = '_';
		VEC_PUSH(&all, name);
	}
	for (char *c = wanted; (c = strchr(c, '-'));)
		*c = '_';
	const char *near = text_nearest(wanted, all.items, all.count);
	char *found = near && strcmp(near, wanted) ? mem_dup(near) : NULL;
	free(all.items);
	return found;
}

/* The output names nothing in the recipe: then the whole section may be to blame. */
static struct err *refuse_section(const struct build_context *j, const struct node *section,
				  const struct layer_trial_failure *f, struct err *e)
{
	AUTO_FREE char *says = err_text(e);

	err_free(e);
	return err_new(ERR_RECIPE, "%s:%u:%u: something in '%s' keeps %s from starting: %s", j->recipe.path,
		       section->key->at.line, section->key->at.column, section->key->text, f->trial->name,
		       says);
}

/* Tries what the recipe says about the service first, then everything: a program may refuse a site's name. */
static struct err *explain(const struct build_context *j, const struct layer_trial_failure *f, struct err *e)
{
	const struct node *root = j->recipe.root;
	struct build_trial_blame b;

	if (!f->trial)
		return e;
	const struct node *own = node_get(root, f->trial->service);
	if (!build_trial_blame(own, f->said, &b) && !build_trial_blame(root, f->said, &b))
		return own && own->key ?
			       refuse_section(j, own, f, e) :
			       err_wrap(e,
					"%s refuses its configuration, which services/%s and the recipe make",
					f->trial->name, f->trial->service);
	AUTO_FREE char *says = b.says,
		       *near = has_word(says, strlen(says), "unknown") ? nearest(f->names, b.word) : NULL;
	err_free(e);
	return err_new(ERR_RECIPE, "%s:%u:%u: '%s' keeps %s from starting: %s%s%s%s", j->recipe.path,
		       b.at.line, b.at.column, b.word, f->trial->name, says, near ? ": did you mean '" : "",
		       near ? near : "", near ? "'?" : "");
}

static void feed_words(struct digest_run *run, const char *const *words)
{
	for (; words && *words; words++)
		digest_feed_word(run, *words);
	digest_feed_word(run, "");
}

static struct digest key_of(const struct layer_trial *r, const struct digest *packages_key)
{
	struct digest_run *run = digest_start();
	struct digest configuration = tree_digest(r->configuration);

	digest_feed_word(run, "trial 1");
	digest_feed(run, packages_key->bytes, sizeof packages_key->bytes);
	digest_feed(run, configuration.bytes, sizeof configuration.bytes);
	for (size_t i = 0; i < r->trial_count; i++) {
		AUTO_FREE char *ids = mem_printf("%u %u", r->trials[i].uid, r->trials[i].gid);
		feed_words(run, r->trials[i].argv);
		feed_words(run, (const char *const[]){ ids, r->trials[i].until, NULL });
	}
	for (size_t i = 0; i < r->folder_count; i++) {
		AUTO_FREE char *folder = mem_printf("%s %o %u %u", r->folders[i].path, r->folders[i].mode,
						    r->folders[i].uid, r->folders[i].gid);
		digest_feed_word(run, folder);
	}
	return digest_finish(run);
}

/* Without bench.json: only our own programs read it, and it contains the build's name. */
static struct err *configuration(const struct build_context *j, struct tree *ret)
{
	struct tree all = { 0 };
	struct err *e = service_render(j->services, "", &all);

	for (size_t i = 0; !e && i < all.count; i++)
		if (!tree_within(all.items[i].path, "usr/lib/mkbench"))
			tree_add(ret, &all.items[i]);
	tree_done(&all);
	tree_sort(ret);
	return e;
}

static struct err *run(struct build_context *j, struct layer_trial *r, const struct digest *packages_key,
		       const struct layer_root *root)
{
	struct digest key = key_of(r, packages_key);
	struct layer_trial_failure failure;
	AUTO_FREE char *known = NULL;

	TRY(store_ref_read(j->store, "trial", &key, &known));
	if (known)
		return NULL;
	progress_stage(j->progress, "configuration", 0, "programs");
	struct err *e = layer_trial(r, root, &failure);
	if (e)
		e = explain(j, &failure, e);
	layer_trial_failure_done(&failure);
	TRY(e);
	progress_done(j->progress, "tried");
	return store_ref_write(j->store, "trial", &key, "well");
}

struct err *build_trial(struct build_context *j, const struct digest *packages_key,
			const struct layer_root *root)
{
	struct tree rendered = { 0 };
	struct layer_trial r = { .store = j->store, .configuration = &rendered, .epoch = j->lock.epoch };
	struct err *e = configuration(j, &rendered);

	r.trial_count = service_trials(j->services, &r.trials);
	r.folder_count = service_folders(j->services, &r.folders);
	if (!e && r.trial_count)
		e = run(j, &r, packages_key, root);
	tree_done(&rendered);
	return e;
}
