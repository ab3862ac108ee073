/* SPDX-License-Identifier: MIT */
#include "sbom/license.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "debian/control.h"

#define NAME_LIMIT 60u /* anything longer is a licence's text, not its name */
#define WORD_LIMIT 6u  /* and so is anything with more words */

/* Ids of SPDX's list that a bench's packages use; others become references. */
static const char *const listed[] = {
	"0BSD",
	"AFL-2.1",
	"AGPL-3.0-only",
	"AGPL-3.0-or-later",
	"Apache-1.1",
	"Apache-2.0",
	"Artistic-1.0",
	"Artistic-2.0",
	"Beerware",
	"BlueOak-1.0.0",
	"BSD-1-Clause",
	"BSD-2-Clause",
	"BSD-2-Clause-Patent",
	"BSD-3-Clause",
	"BSD-4-Clause",
	"BSD-4-Clause-UC",
	"BSL-1.0",
	"bzip2-1.0.6",
	"CC-BY-3.0",
	"CC-BY-4.0",
	"CC-BY-SA-3.0",
	"CC-BY-SA-4.0",
	"CC0-1.0",
	"CDDL-1.0",
	"curl",
	"EPL-1.0",
	"EPL-2.0",
	"EUPL-1.2",
	"FSFAP",
	"FSFUL",
	"FSFULLR",
	"FTL",
	"GFDL-1.1-only",
	"GFDL-1.1-or-later",
	"GFDL-1.2-only",
	"GFDL-1.2-or-later",
	"GFDL-1.3-only",
	"GFDL-1.3-or-later",
	"GFDL-1.3-no-invariants-only",
	"GFDL-1.3-no-invariants-or-later",
	"GPL-1.0-only",
	"GPL-1.0-or-later",
	"GPL-2.0-only",
	"GPL-2.0-or-later",
	"GPL-3.0-only",
	"GPL-3.0-or-later",
	"HPND",
	"IJG",
	"ICU",
	"ISC",
	"JSON",
	"Latex2e",
	"LGPL-2.0-only",
	"LGPL-2.0-or-later",
	"LGPL-2.1-only",
	"LGPL-2.1-or-later",
	"LGPL-3.0-only",
	"LGPL-3.0-or-later",
	"libpng-2.0",
	"LPPL-1.3c",
	"MIT",
	"MIT-0",
	"MIT-CMU",
	"MPL-1.1",
	"MPL-2.0",
	"MS-PL",
	"NCSA",
	"OFL-1.1",
	"OLDAP-2.8",
	"OpenSSL",
	"PostgreSQL",
	"PSF-2.0",
	"Python-2.0",
	"QPL-1.0",
	"Ruby",
	"Sleepycat",
	"SSH-OpenSSH",
	"TCL",
	"Unicode-3.0",
	"Unlicense",
	"UPL-1.0",
	"Vim",
	"W3C",
	"WTFPL",
	"X11",
	"Zlib",
	"zlib-acknowledgement",
	"ZPL-2.1",
	"Autoconf-exception-3.0",
	"Bison-exception-2.2",
	"Classpath-exception-2.0",
	"Font-exception-2.0",
	"GCC-exception-3.1",
	"LLVM-exception",
	"Linux-syscall-note",
	"OpenSSL-exception",
};

/* Short names used by Debian and package authors for which SPDX has another name. */
static const char *const others[][2] = {
	{ "Expat", "MIT" },
	{ "MIT/X11", "MIT" },
	{ "MIT License", "MIT" },
	{ "The MIT License", "MIT" },
	{ "Apache", "Apache-2.0" },
	{ "Apache2", "Apache-2.0" },
	{ "Apache-2", "Apache-2.0" },
	{ "Apache 2.0", "Apache-2.0" },
	{ "Apache License 2.0", "Apache-2.0" },
	{ "Apache License, Version 2.0", "Apache-2.0" },
	{ "Apache Software License 2.0", "Apache-2.0" },
	{ "Artistic", "Artistic-1.0" },
	{ "BSD 3-Clause", "BSD-3-Clause" },
	{ "BSD 3-Clause License", "BSD-3-Clause" },
	{ "3-Clause BSD License", "BSD-3-Clause" },
	{ "BSD 2-Clause", "BSD-2-Clause" },
	{ "CC0", "CC0-1.0" },
	{ "ISC License", "ISC" },
	{ "GFDL-NIV-1.3", "GFDL-1.3-no-invariants-only" },
	{ "GFDL-NIV-1.3+", "GFDL-1.3-no-invariants-or-later" },
	{ "Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0" },
	{ "PSF License", "PSF-2.0" },
	{ "PSFL", "PSF-2.0" },
	{ "zlib/libpng", "Zlib" },
};

static const char *find_listed(const char *word)
{
	for (size_t i = 0; i < COUNT(listed); i++)
		if (!strcasecmp(listed[i], word))
			return listed[i];
	for (size_t i = 0; i < COUNT(others); i++)
		if (!strcasecmp(others[i][0], word))
			return others[i][1];
	return NULL;
}

/* "GPL-2+", "LGPLv2.1", "AGPL-3.0": family, version, and whether later versions apply, too. */
static const char *find_family(const char *word)
{
	static const char *const families[] = { "AGPL", "LGPL", "GPL", "GFDL" };

	for (size_t i = 0; i < COUNT(families); i++) {
		size_t len = strlen(families[i]);
		if (strncasecmp(word, families[i], len))
			continue;
		const char *at = word + len;
		at += *at == '-' || *at == ' ';
		at += *at == 'v' || *at == 'V';
		size_t digits = strspn(at, "0123456789.");
		bool dotted = memchr(at, '.', digits), later = !strcmp(at + digits, "+");
		if (!digits || (at[digits] && !later))
			return NULL;
		AUTO_FREE char *id = mem_printf("%s-%.*s%s-%s", families[i], (int)digits, at,
						dotted ? "" : ".0", later ? "or-later" : "only");
		return find_listed(id);
	}
	return NULL;
}

static bool is_name(const char *word)
{
	size_t words = 1;

	for (const char *at = word; *at; at++)
		words += *at == ' ';
	return *word && strlen(word) <= NAME_LIMIT && words <= WORD_LIMIT && !strchr(word, '\n');
}

static char *reference(const char *word, const char *scope)
{
	char *ref = mem_printf(LICENSE_REF "%s-%s", scope, is_name(word) ? word : "text");

	for (char *at = ref; *at; at++)
		*at = isalnum((unsigned char)*at) || *at == '.' || *at == '-' ? *at : '-';
	return ref;
}

/* One name. The caller's to free. */
static char *term(const char *word, const char *scope)
{
	const char *id = find_listed(word);

	id = id ? id : find_family(word);
	return id ? mem_dup(id) : reference(word, scope);
}

/* The next name in a synopsis; *at moves past it and the conjunction behind it. ret_joint is that
 * conjunction: 'a', 'o', ',' or 0. */
static char *next_term(const char **at, char *ret_joint)
{
	static const struct {
		const char *word;
		char joint;
	} joints[] = { { " and/or ", 'o' }, { " and ", 'a' }, { " or ", 'o' }, { ",", ',' } };
	const char *from = *at + strspn(*at, " \t"), *stop = from + strlen(from), *after = stop;

	*ret_joint = 0;
	for (size_t i = 0; i < COUNT(joints); i++) {
		const char *found = strcasestr(from, joints[i].word);
		if (found && found < stop) {
			stop = found;
			after = found + strlen(joints[i].word);
			*ret_joint = joints[i].joint;
		}
	}
	after += strspn(after, " \t");
	if (*ret_joint == ',' && !strncasecmp(after, "and ", 4))
		after += 4;
	*at = after;
	while (stop > from && strchr(" \t.", stop[-1]))
		stop--;
	return mem_ndup(from, (size_t)(stop - from));
}

/* A licence without a name begins with its text. */
static bool is_sentence(const char *line)
{
	char joint;

	do {
		AUTO_FREE char *word = next_term(&line, &joint);
		if (*word && !is_name(word))
			return true;
	} while (joint);
	return false;
}

/* "GPL-2+ or Artistic, and BSD-3-clause": a comma binds weakest, "and" binds stronger than "or". */
static char *synopsis(const char *line, const char *scope)
{
	AUTO_TEXT struct text all = { 0 }, part = { 0 };
	bool ors = false;
	char joint;

	if (is_sentence(line))
		return reference("", scope);

	do {
		AUTO_FREE char *word = next_term(&line, &joint), *id = term(word, scope);
		text_put(&part, id);
		if (joint == 'a' || joint == 'o') {
			ors |= joint == 'o';
			text_put(&part, joint == 'a' ? " AND " : " OR ");
			continue;
		}
		text_printf(&all, ors && (all.len || joint) ? "%s(%s)" : "%s%s", all.len ? " AND " : "",
			    part.bytes);
		part.len = 0;
		ors = false;
	} while (joint);
	return text_take(&all);
}

struct names {
	char **items;
	size_t count, room;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_name(struct names *list, const char *name, size_t len)
{
	for (size_t i = 0; i < list->count; i++)
		if (strlen(list->items[i]) == len && !strncmp(list->items[i], name, len))
			return;
	VEC_PUSH(list, mem_ndup(name, len));
}

/* Adds the terms that an expression joins by AND, each separately; one joined by OR stays whole. */
static void add_expression(struct names *list, const char *all)
{
	const char *from = all, *at = all;
	int depth = 0;

	for (; *at; at++) {
		depth += (*at == '(') - (*at == ')');
		if (!depth && text_starts(at, " OR ")) {
			add_name(list, all, strlen(all));
			return;
		}
	}
	for (at = all; *at; at++) {
		depth += (*at == '(') - (*at == ')');
		if (!depth && text_starts(at, " AND ")) {
			add_name(list, from, (size_t)(at - from));
			at += strlen(" AND ") - 1;
			from = at + 1;
		}
	}
	add_name(list, from, (size_t)(at - from));
}

static char *join(struct names *list)
{
	AUTO_TEXT struct text all = { 0 };

	if (list->count)
		qsort(list->items, list->count, sizeof *list->items, by_text);
	for (size_t i = 0; i < list->count; i++) {
		bool ors = list->count > 1 && strstr(list->items[i], " OR ") && *list->items[i] != '(';
		text_printf(&all, ors ? "%s(%s)" : "%s%s", i ? " AND " : "", list->items[i]);
		free(list->items[i]);
	}
	free(list->items);
	return all.len ? text_take(&all) : NULL;
}

char *license_debian(const char *text, size_t len, const char *scope)
{
	struct control walk = { text, text + len };
	struct names names = { 0 };
	struct slice stanza;

	if (!control_next(&walk, &stanza) || !control_get(stanza, "Format").at)
		return NULL;
	while (control_next(&walk, &stanza)) {
		struct slice license = control_get(stanza, "License");
		if (!license.len || !control_get(stanza, "Files").at)
			continue;
		const char *end = memchr(license.at, '\n', license.len);
		size_t line = end ? (size_t)(end - license.at) : license.len;
		AUTO_FREE char *first = mem_ndup(license.at, line);
		AUTO_FREE char *all = synopsis(first, scope);
		add_expression(&names, all);
	}
	return join(&names);
}

static bool is_joint(const char *word)
{
	return !strcmp(word, "AND") || !strcmp(word, "OR") || !strcmp(word, "WITH");
}

/* Whether it is an SPDX expression with listed ids: names and operators in turn, balanced brackets. */
static bool is_expression(const char *word)
{
	AUTO_FREE char *copy = mem_dup(word);
	bool wants_name = true;
	int depth = 0;
	char *save;

	for (char *at = copy; *at; at++)
		if (strchr("()", *at) && (depth += *at == '(' ? 1 : -1, *at = ' ', depth < 0))
			return false;
	for (char *name = strtok_r(copy, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
		bool known = false;
		for (size_t i = 0; i < COUNT(listed); i++)
			known |= !strcmp(listed[i], name);
		if (wants_name ? !known : !is_joint(name))
			return false;
		wants_name = !wants_name;
	}
	return !wants_name && !depth;
}

char *license_word(const char *word, const char *scope)
{
	return is_expression(word) ? mem_dup(word) : term(word, scope);
}

const char *license_next_ref(const char **at, size_t *ret_len)
{
	const char *found = strstr(*at, LICENSE_REF);

	if (!found)
		return NULL;
	*ret_len = strcspn(found, " ()");
	*at = found + *ret_len;
	return found;
}
