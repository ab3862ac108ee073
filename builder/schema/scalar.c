/* SPDX-License-Identifier: MIT */
#include "schema/scalar.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/text.h"

#define SHOWN_MAX 60

bool scalar_is_nothing(const struct node *n)
{
	return n->kind == NODE_SCALAR && n->plain &&
	       (!*n->text || !strcmp(n->text, "~") || !strcasecmp(n->text, "null"));
}

const char *scalar_shown(struct arena *a, const char *text)
{
	size_t len = strlen(text);

	if (len <= SHOWN_MAX && !strchr(text, '\n'))
		return text;
	size_t keep = strcspn(text, "\n");
	if (keep > SHOWN_MAX)
		keep = SHOWN_MAX;
	while (keep && ((unsigned char)text[keep] & 0xc0) == 0x80)
		keep--;
	AUTO_FREE char *cut = mem_printf("%.*s…", (int)keep, text);
	return arena_dup(a, cut, strlen(cut));
}

bool scalar_names_secret(const char *key)
{
	static const char *const tails[] = {
		"password", "passwd",	   "passphrase",     "secret",	   "token",	 "api_key",
		"apikey",   "private_key", "encryption_key", "access_key", "secret_key",
	};

	for (size_t i = 0; i < COUNT(tails); i++)
		if (text_ends(key, tails[i]))
			return true;
	return false;
}

/* Regexes are literals of our tables, so their address identifies them. They are compiled once, because
 * compiling takes longer than everything else in reading a recipe. */
static const regex_t *compiled(const char *regex)
{
	static _Thread_local struct {
		const char *regex;
		regex_t re;
	} kept[128];
	size_t i = 0;

	while (i < COUNT(kept) && kept[i].regex && kept[i].regex != regex)
		i++;
	if (i == COUNT(kept))
		regfree(&kept[--i].re);
	else if (kept[i].regex)
		return &kept[i].re;
	if (regcomp(&kept[i].re, regex, REG_EXTENDED | REG_NOSUB))
		mem_exhausted();
	kept[i].regex = regex;
	return &kept[i].re;
}

static bool matches(const char *regex, const char *text)
{
	return !regexec(compiled(regex), text, 0, NULL, 0);
}

const char *scalar_disguise(const char *text)
{
	static const struct {
		const char *regex, *what;
	} known[] = {
		{ "^(~|null|Null|NULL)?$", "nothing" },
		{ "^(true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|y|Y|n|N)$",
		  "true or false" },
		{ "^[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)$", "a number" },
		{ "^[-+]?([0-9][0-9_]*\\.?[0-9_]*|\\.[0-9][0-9_]*)([eE][-+]?[0-9]+)?$", "a number" },
		{ "^[-+]?\\.(inf|Inf|INF|nan|NaN|NAN)$", "a number" },
		{ "^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9_]*)?$", "a number (base 60)" },
		{ "^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?$", "a date" },
	};

	for (size_t i = 0; i < COUNT(known) && strlen(text) < 64; i++)
		if (matches(known[i].regex, text))
			return known[i].what;
	return NULL;
}

size_t scalar_size(enum field_kind kind)
{
	switch (kind) {
	case FIELD_TEXT: return sizeof(const char *);
	case FIELD_BOOL: return sizeof(bool);
	case FIELD_ENUM: return sizeof(int);
	case FIELD_SHARE: return 2 * sizeof(uint64_t);
	default: return sizeof(uint64_t);
	}
}

/* Reads digits without a leading zero; ret_rest is what follows. */
static bool read_digits(const char *text, uint64_t *ret, const char **ret_rest)
{
	uint64_t v = 0;
	const char *c = text;

	for (; *c >= '0' && *c <= '9'; c++)
		if (__builtin_mul_overflow(v, 10u, &v) || __builtin_add_overflow(v, (uint64_t)(*c - '0'), &v))
			return false;
	*ret = v;
	*ret_rest = c;
	return c > text && (*text != '0' || c == text + 1);
}

struct unit {
	const char *suffix;
	uint64_t worth;
};

static const struct unit sizes[] = {
	{ "K", 1ull << 10 },   { "M", 1ull << 20 },   { "G", 1ull << 30 },
	{ "T", 1ull << 40 },   { "KiB", 1ull << 10 }, { "MiB", 1ull << 20 },
	{ "GiB", 1ull << 30 }, { "TiB", 1ull << 40 }, { 0 },
};
static const struct unit times[] = { { "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 }, { 0 } };
static const struct unit plain[] = { { "", 1 }, { 0 } };
static const struct unit percent[] = { { "%", 1 }, { 0 } };

static bool read_number(const char *text, const struct unit *units, uint64_t *ret)
{
	const char *rest;
	uint64_t v;

	if (!read_digits(text, &v, &rest))
		return false;
	for (const struct unit *u = units; u->suffix; u++)
		if (!strcmp(rest, u->suffix))
			return !__builtin_mul_overflow(v, u->worth, ret);
	return false;
}

const char *scalar_number(enum field_kind kind, uint64_t v, char buf[static SCALAR_NUMBER])
{
	const struct unit *units = kind == FIELD_SIZE || kind == FIELD_SHARE ? sizes :
				   kind == FIELD_SECONDS		     ? times :
									       plain;
	struct unit best = { "", 1 };

	for (const struct unit *u = units; u->suffix; u++)
		if (v && !(v % u->worth) && u->worth >= best.worth &&
		    (u->worth > best.worth || !*best.suffix))
			best = *u;
	snprintf(buf, SCALAR_NUMBER, "%llu%s", (unsigned long long)(v / best.worth), best.suffix);
	return buf;
}

static bool check_range(const struct field *f, enum field_kind kind, uint64_t v, const struct node *n,
			struct problems *p)
{
	char low[SCALAR_NUMBER], high[SCALAR_NUMBER];

	if (v >= f->min && (!f->max || v <= f->max))
		return true;
	scalar_number(kind, f->min, low);
	scalar_number(kind, f->max, high);
	if (f->max)
		problem_add(p, n->at, "'%s' cannot be %s: from %s to %s is possible%s%s", f->name, n->text,
			    low, high, f->zero ? ", or " : "", f->zero ? f->zero : "");
	else
		problem_add(p, n->at, "'%s' cannot be %s: at least %s is needed", f->name, n->text, low);
	return false;
}

/* The most common ambiguous ways to write a size. */
static const char *size_hint(const char *text)
{
	static const char *const decimal[] = { "KB", "MB", "GB", "TB", "kB", "kb", "mb", "gb", "tb" };

	for (size_t i = 0; i < COUNT(decimal); i++)
		if (text_ends(text, decimal[i]))
			return "1000 or 1024 is unclear; K, M, G and T go by 1024";
	if (matches("^[0-9]+[kmgt]$", text))
		return "the unit is a capital letter, such as 512M";
	if (strchr(text, '.'))
		return "no fractions; 1536M is one and a half G";
	if (matches("^[0-9]+$", text))
		return "add the unit: K, M, G or T";
	return "digits and K, M, G or T, such as 512M";
}

static const char *count_hint(const struct field *f, const struct node *n)
{
	if (f->zero)
		return "digits only, or that word";
	if (!n->plain && matches("^[0-9]+$", n->text))
		return "without quotes";
	if (matches("^0[0-9]+$", n->text))
		return "a leading zero means octal to YAML";
	return "digits only, such as 8000";
}

static void refuse_number(const struct field *f, enum field_kind kind, const struct node *n,
			  struct problems *p)
{
	static const char *const wants[] = {
		[FIELD_COUNT] = "a whole number",
		[FIELD_SIZE] = "a size",
		[FIELD_SECONDS] = "a time",
		[FIELD_SHARE] = "a share or a size",
	};
	const char *hint = kind == FIELD_COUNT	 ? count_hint(f, n) :
			   kind == FIELD_SIZE	 ? size_hint(n->text) :
			   kind == FIELD_SECONDS ? "seconds, or 90s, 25m, 1h" :
						   "a percentage such as 25%, or a size such as 512M";

	problem_add(p, n->at, "'%s' wants %s%s%s, not '%s': %s", f->name, wants[kind], f->zero ? " or " : "",
		    f->zero ? f->zero : "", scalar_shown(p->arena, n->text), hint);
}

static void read_count(const struct field *f, enum field_kind kind, const struct node *n, uint64_t *member,
		       struct problems *p)
{
	const struct unit *units = kind == FIELD_COUNT ? plain : kind == FIELD_SECONDS ? times : sizes;
	uint64_t v;

	if (f->zero && !strcmp(n->text, f->zero))
		*member = 0;
	else if ((kind == FIELD_COUNT && !n->plain) || !read_number(n->text, units, &v))
		refuse_number(f, kind, n, p);
	else if (check_range(f, kind, v, n, p))
		*member = v;
}

static void read_share(const struct field *f, const struct node *n, uint64_t member[2], struct problems *p)
{
	uint64_t v;

	if (read_number(n->text, percent, &v)) {
		if (v < 1 || v > SCALAR_PERCENT_MAX)
			problem_add(p, n->at, "'%s' cannot be %s: from 1%% to %d%% is possible", f->name,
				    n->text, SCALAR_PERCENT_MAX);
		else
			member[1] = v;
	} else {
		read_count(f, FIELD_SHARE, n, &member[0], p);
	}
}

static void read_bool(const struct field *f, const struct node *n, bool *member, struct problems *p)
{
	const char *hint =
		matches("^([yY](es)?|YES|[oO]n|ON|True|TRUE|true|1)$", n->text)	 ? "write true" :
		matches("^([nN]o?|NO|[oO]ff|OFF|False|FALSE|false|0)$", n->text) ? "write false" :
										   "one of those words";

	if (n->plain && (!strcmp(n->text, "true") || !strcmp(n->text, "false")))
		*member = *n->text == 't';
	else
		problem_add(p, n->at, "'%s' wants true or false without quotes, not '%s': %s", f->name,
			    scalar_shown(p->arena, n->text), hint);
}

static int choice_index(const char *const *choices, const char *text)
{
	for (int i = 0; choices && choices[i]; i++)
		if (!strcmp(choices[i], text))
			return i;
	return -1;
}

static void refuse_choice(const struct field *f, const struct node *n, struct problems *p)
{
	AUTO_TEXT struct text all = { 0 };
	size_t count = 0;

	for (; f->choices[count]; count++)
		text_printf(&all, "%s%s",
			    !count		  ? "" :
			    f->choices[count + 1] ? ", " :
						    " or ",
			    f->choices[count]);
	if (f->others)
		text_printf(&all, ", or %s", f->pattern->expected);
	const char *known = all.bytes;
	const char *near = text_nearest(n->text, f->choices, count);

	if (f->secret)
		problem_add(p, n->at, "'%s' never holds a secret, it says where it comes from: write %s",
			    f->name, known);
	else if (choice_index(f->later, n->text) >= 0)
		problem_add(p, n->at, "'%s' cannot be '%s', not yet: write %s", f->name, n->text, known);
	else if (near)
		problem_add(p, n->at, "'%s' cannot be '%s': did you mean '%s'?", f->name, n->text, near);
	else
		problem_add(p, n->at, "'%s' cannot be '%s': write %s", f->name,
			    scalar_shown(p->arena, n->text), known);
}

static bool check_pattern(const struct field *f, const struct node *n, struct problems *p)
{
	const struct pattern *pat = f->pattern;
	const char *why = pat->why ? pat->why(n->text) : NULL;

	if (why)
		problem_add(p, n->at, "'%s' %s", f->name, why);
	else if (!*n->text)
		problem_add(p, n->at, "'%s' is empty: %s is needed", f->name, pat->expected);
	else if (pat->max_len && strlen(n->text) > pat->max_len)
		problem_add(p, n->at, "'%s' is %zu bytes long: at most %zu are possible", f->name,
			    strlen(n->text), pat->max_len);
	else if (strpbrk(n->text, "\n\t") || !matches(pat->regex, n->text))
		problem_add(p, n->at, "'%s' cannot be '%s': %s is needed", f->name,
			    scalar_shown(p->arena, n->text), pat->expected);
	else
		return true;
	return false;
}

static void read_text(const struct field *f, const struct node *n, const char **member, struct problems *p)
{
	const char *disguise = n->plain ? scalar_disguise(n->text) : NULL;
	bool meant = f->dates && disguise && !strcmp(disguise, "a date");

	if (f->choices && choice_index(f->choices, n->text) < 0)
		refuse_choice(f, n, p);
	else if (f->pattern && !check_pattern(f, n, p))
		return;
	else if (disguise && !meant)
		problem_add(p, n->at, "'%s' is a text, and %s without quotes is %s: write \"%s\"", f->name,
			    n->text, disguise, n->text);
	else
		*member = n->text;
}

void scalar_read(const struct field *f, enum field_kind kind, const struct node *n, void *member,
		 struct problems *p)
{
	int choice;

	if (scalar_is_nothing(n)) {
		problem_add(p, n->at, "'%s' has no value: write one, or remove the key", f->name);
		return;
	}
	switch (kind) {
	case FIELD_TEXT: read_text(f, n, member, p); return;
	case FIELD_BOOL: read_bool(f, n, member, p); return;
	case FIELD_ENUM:
		choice = choice_index(f->choices, n->text);
		if (choice >= 0)
			*(int *)member = choice;
		else
			refuse_choice(f, n, p);
		return;
	case FIELD_SHARE: read_share(f, n, member, p); return;
	default: read_count(f, kind, n, member, p);
	}
}
