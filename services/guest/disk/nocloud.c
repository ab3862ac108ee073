/* SPDX-License-Identifier: MIT */
#include "disk/nocloud.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "schema/node.h"
#include "schema/problem.h"
#include "lib/environment.h"

struct part {
	struct nocloud *n;
	const char *file; /* "user-data" */
};

static void leave_note(const struct part *p, const struct node *at, const char *what)
{
	text_printf(&p->n->notes, "%s, line %u: %s\n", p->file, at->at.line, what);
}

static void not_understood(const struct part *p, const struct node *value)
{
	AUTO_FREE char *what = mem_printf("'%s' is not understood", value->key->text);

	leave_note(p, value, what);
}

static bool is_true(const struct node *value)
{
	return value->kind == NODE_SCALAR && *value->text && strchr("yYtT1oO", value->text[0]) &&
	       strcasecmp(value->text, "off");
}

static void take_hostname(const struct part *p, const struct node *value)
{
	if (value->kind != NODE_SCALAR || !*value->text) {
		leave_note(p, value, "a host name is one word");
		return;
	}
	free(p->n->hostname);
	p->n->hostname = mem_ndup(value->text, strcspn(value->text, "."));
}

/* Adds every text at or below a value to t, one a line. */
static void take_texts(const struct part *p, const struct node *value, struct text *t, const char *after)
{
	if (value->kind == NODE_SCALAR && *value->text && !strpbrk(value->text, "\r\n"))
		text_printf(t, "%s%s", value->text, after);
	else if (value->kind == NODE_SCALAR)
		leave_note(p, value, "this is empty or has several lines: left out");
	for (const struct node *c = value->kind == NODE_SCALAR ? NULL : value->child; c; c = c->next)
		take_texts(p, c, t, after);
}

static void take_keys(const struct part *p, const struct node *value)
{
	take_texts(p, value, &p->n->keys, "\n");
}

static void take_user(const struct part *p, const struct node *user)
{
	const struct node *name = node_get(user, "name");

	if (user->kind == NODE_SCALAR && !strcmp(user->text, "default"))
		return;
	if (user->kind != NODE_MAP || !name || name->kind != NODE_SCALAR || strcmp(name->text, "root")) {
		leave_note(p, user, "nobody but root logs in here: this user is not made");
		return;
	}
	for (const struct node *c = user->child; c; c = c->next)
		if (!strcmp(c->key->text, "ssh_authorized_keys"))
			take_keys(p, c);
		else if (c != name)
			not_understood(p, c);
}

static void take_users(const struct part *p, const struct node *value)
{
	for (const struct node *c = value->kind == NODE_LIST ? value->child : NULL; c; c = c->next)
		take_user(p, c);
	if (value->kind != NODE_LIST)
		not_understood(p, value);
}

static void take_ntp(const struct part *p, const struct node *value)
{
	for (const struct node *c = value->kind == NODE_MAP ? value->child : NULL; c; c = c->next)
		if (!strcmp(c->key->text, "servers") || !strcmp(c->key->text, "pools"))
			take_texts(p, c, &p->n->ntp, " ");
		else if (strcmp(c->key->text, "enabled") || !is_true(c))
			not_understood(p, c);
	if (value->kind != NODE_MAP)
		not_understood(p, value);
}

static void take_setting(const struct part *p, const struct node *value)
{
	struct nocloud *n = p->n;

	if (value->kind != NODE_SCALAR || !environment_is_known(value->key->text)) {
		not_understood(p, value);
		return;
	}
	n->settings = mem_resize(n->settings, n->setting_count + 1, sizeof *n->settings);
	n->settings[n->setting_count++] =
		(struct nocloud_setting){ mem_dup(value->key->text), mem_dup(value->text) };
}

static void take_settings(const struct part *p, const struct node *value)
{
	for (const struct node *c = value->kind == NODE_MAP ? value->child : NULL; c; c = c->next)
		take_setting(p, c);
	if (value->kind != NODE_MAP)
		leave_note(p, value, "'mkbench' is a map of settings");
}

/* ssh_pwauth and disable_root: both are always false here, so false needs nothing and true is not done. */
static void take_refusal(const struct part *p, const struct node *value)
{
	if (is_true(value))
		not_understood(p, value);
}

static void ignore(const struct part *p, const struct node *value)
{
	(void)p, (void)value;
}

struct word {
	const char *key;
	void (*take)(const struct part *p, const struct node *value);
};

static const struct word meta_words[] = {
	{ "instance-id", ignore },
	{ "local-hostname", take_hostname },
	{ "hostname", take_hostname },
	{ "public-keys", take_keys },
	{ NULL, NULL },
};

static const struct word user_words[] = {
	{ "fqdn", take_hostname },
	{ "hostname", take_hostname },
	{ "ssh_authorized_keys", take_keys },
	{ "users", take_users },
	{ "ntp", take_ntp },
	{ "mkbench", take_settings },
	{ "ssh_pwauth", take_refusal },
	{ "disable_root", take_refusal },
	{ NULL, NULL },
};

static void take_map(const struct part *p, const struct node *map, const struct word *words)
{
	for (const struct word *w = words; w->key; w++) {
		const struct node *value = node_get(map, w->key);
		if (value && value->kind != NODE_BROKEN)
			w->take(p, value);
	}
	for (const struct node *c = map->child; c; c = c->next) {
		const struct word *w = words;
		while (w->key && strcmp(w->key, c->key->text))
			w++;
		if (!w->key)
			not_understood(p, c);
	}
}

static void read_part(const struct part *p, const char *bytes, size_t len, const struct word *words)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct problems problems = { .arena = &arena };
	const struct node *root = node_read(bytes, len, &problems);
	unsigned shown = 0;

	/* The value is not shown: it may be a password. */
	for (const struct problem *q = problems.first; q && shown < 4; q = q->next, shown++)
		text_printf(&p->n->notes,
			    "%s, line %u, column %u is not plain YAML: a text with & * ! %% @ : # in it "
			    "needs quotes\n",
			    p->file, q->at.line, q->at.column);
	if (root && root->kind == NODE_MAP)
		take_map(p, root, words);
	else if (root && !problems.count)
		text_printf(&p->n->notes, "%s is not a map of keys and values: all of it is ignored\n",
			    p->file);
	else if (problems.count)
		text_printf(&p->n->notes, "%s: nothing of it is used\n", p->file);
}

static bool is_blank(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!strchr(" \t\r\n", bytes[i]))
			return false;
	return true;
}

void nocloud_meta(struct nocloud *n, const char *bytes, size_t len)
{
	if (!is_blank(bytes, len))
		read_part(&(struct part){ n, "meta-data" }, bytes, len, meta_words);
}

void nocloud_user(struct nocloud *n, const char *bytes, size_t len)
{
	static const char mark[] = "#cloud-config";

	bool ours = len >= strlen(mark) && !memcmp(bytes, mark, strlen(mark));
	size_t begin = ours ? strlen(mark) : 0;
	if (is_blank(bytes + begin, len - begin))
		return;
	if (ours && strchr(" \t\r\n", bytes[begin]))
		read_part(&(struct part){ n, "user-data" }, bytes, len, user_words);
	else
		text_put(&n->notes, "user-data does not begin with #cloud-config: scripts, parts and "
				    "templates are not run here, nothing of it is used\n");
}

void nocloud_done(struct nocloud *n)
{
	for (size_t i = 0; i < n->setting_count; i++) {
		free(n->settings[i].name);
		free(n->settings[i].value);
	}
	free(n->settings);
	free(n->hostname);
	text_done(&n->keys);
	text_done(&n->ntp);
	text_done(&n->notes);
	*n = (struct nocloud){ 0 };
}
