/* SPDX-License-Identifier: MIT */
#include "recipe/draft.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "recipe/output.h"
#include "schema/legible.h"
#include "schema/scalar.h"

#define COLUMN 28 /* the column of comments */

/* Writes a value without quotes if YAML cannot misread it. */
static void put_value(struct text *out, const char *value)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-";
	bool bare = *value && (isalnum((unsigned char)*value) || *value == '.' || *value == '/') &&
		    !value[strspn(value, plain)];
	bool url = text_starts(value, "https://") && !value[8 + strspn(value + 8, plain)];

	if ((bare || url) && !scalar_disguise(value)) {
		text_put(out, value);
		return;
	}
	text_put(out, "\"");
	for (; *value; value++)
		text_printf(out, *value == '"' || *value == '\\' ? "\\%c" : "%c", *value);
	text_put(out, "\"");
}

static void put_line(struct text *out, const char *key, const char *value, const char *comment)
{
	size_t start = out->len;

	text_put(out, key);
	put_value(out, value);
	if (comment)
		text_printf(out, "%*s# %s",
			    out->len - start < COLUMN ? (int)(COLUMN - (out->len - start)) : 1, "", comment);
	text_put(out, "\n");
}

static void put_app(struct text *out, const struct draft_app *a)
{
	put_line(out, "  - name: ", a->name, NULL);
	if (a->path) {
		put_line(out, "    path: ", a->path, "or git: and ref:, or archive: and sha256:");
		return;
	}
	put_line(out, "    git: ", a->git, NULL);
	put_line(out, "    ref: ", a->ref, "the lock file keeps the commit that it means");
}

static void put_site(struct text *out, const struct draft *d, const char *site)
{
	put_line(out, "  - name: ", site,
		 text_ends(site, ".localhost") ? "browsers find *.localhost on this machine" : NULL);
	for (size_t i = 0, n = 0; i < d->hosts.count; i++)
		if (!strcmp(d->hosts.items[i].site, site))
			text_printf(out, "%s      - %s\n", n++ ? "" : "    hosts:\n", d->hosts.items[i].host);
	put_line(out, "    time_zone: ", d->time_zone, NULL);
	put_line(out, "    language: ", d->language, NULL);
}

void draft_text(const struct draft *d, struct text *out)
{
	text_put(out, "# Every key that is not here has a default: `mkbench schema` lists them all.\n");
	put_line(out, "name: ", d->name, NULL);
	text_put(out, "version: \"1.0\"\n\nbase:\n");
	put_line(out, "  suite: ", d->suite, "bookworm is Debian 12, trixie is Debian 13");
	text_printf(out,
		    "\nframework: %-16s # %s; or %s./FILE.yml of your own\n\n"
		    "apps:                       # the framework's own first\n",
		    d->framework ? d->framework : "auto",
		    d->framework ? "what the first app is" : "from the first app",
		    d->framework ? "" : "a name, or ");
	for (size_t i = 0; i < d->apps.count; i++)
		put_app(out, &d->apps.items[i]);
	text_put(out, "\nsites:\n");
	for (size_t i = 0; i < d->sites.count; i++)
		put_site(out, d, d->sites.items[i]);
	text_put(out,
		 d->services ?
			 d->services :
			 "\n# mariadb:\n#   buffer_pool: 25%        # of the memory at boot, or as 512M\n"
			 "# workers:\n#   - queues: [short, default]\n#     count: 2\n"
			 "# nginx:\n#   port: 8080\n");
	text_put(out, "\noutputs: [oci, docker]      # ");
	output_list_disks("and", out);
	text_put(out, " are disks that boot\n");
}

void draft_done(struct draft *d)
{
	free(d->apps.items);
	free(d->sites.items);
	free(d->hosts.items);
	arena_done(&d->arena);
	*d = (struct draft){ 0 };
}

bool draft_accepts(const struct pattern *pattern, const char *called, const char *text, struct mark at,
		   struct problems *p)
{
	const struct field f = { .name = called, .kind = FIELD_TEXT, .pattern = pattern };
	const struct node n = { .kind = NODE_SCALAR, .at = at, .text = text };
	const char *accepted = NULL;
	struct problems unseen = { .arena = p->arena };

	if (!legible_check(text, strlen(text), &unseen) || utf8_hidden(text, strlen(text)) < strlen(text)) {
		problem_add(p, at, "'%s' holds a character that cannot be seen: type it again", called);
		return false;
	}
	scalar_read(&f, FIELD_TEXT, &n, &accepted, p);
	return accepted;
}

/* The text after the last separator, in lower case, without a final ".git" or slashes. */
static char *last_part(struct arena *a, const char *text, const char *separators)
{
	size_t len = strlen(text);

	while (len && text[len - 1] == '/')
		len--;
	if (len > 4 && !strncmp(text + len - 4, ".git", 4))
		len -= 4;
	size_t start = len;
	while (start && !strchr(separators, text[start - 1]))
		start--;
	char *part = arena_dup(a, text + start, len - start);
	for (char *c = part; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return part;
}

const char *draft_app_name(struct arena *a, const char *url)
{
	char *name = last_part(a, url, "/:");

	for (char *c = name; *c; c++)
		if (*c == '-' || *c == '.' || *c == ' ')
			*c = '_';
	return name;
}

const char *draft_image_name(struct arena *a, const char *text)
{
	char *name = last_part(a, text, "/"), *end = name;

	for (const char *c = name; *c; c++)
		if (isascii(*c) && isalnum((unsigned char)*c))
			*end++ = *c;
		else if (end > name && end[-1] != '-')
			*end++ = '-';
	while (end > name && end[-1] == '-')
		end--;
	*end = '\0';
	return name;
}
