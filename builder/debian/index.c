/* SPDX-License-Identifier: MIT */
#include "debian/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "debian/mention.h"
#include "debian/relation.h"
#include "debian/version.h"

struct index {
	struct arena arena;
	const char *architecture;
	struct index_limit limit;
	struct mention mentions;
	struct {
		struct package **items;
		size_t count, room;
	} packages;
	struct {
		struct provider *items;
		size_t count, room;
	} providers;
	size_t provided; /* names, of any architecture */
};

enum field {
	PACKAGE,
	VERSION,
	ARCHITECTURE,
	SOURCE,
	FILENAME,
	SIZE,
	INSTALLED_SIZE,
	SHA256,
	PRIORITY,
	ESSENTIAL,
	PROTECTED,
	IMPORTANT,
	MULTI_ARCH,
	/* the relations, in the order in which apt reads them */
	PRE_DEPENDS,
	DEPENDS,
	CONFLICTS,
	BREAKS,
	RECOMMENDS,
	SUGGESTS,
	REPLACES,
	ENHANCES,
	PROVIDES,
	FIELD_COUNT
};

static const struct slice field_names[FIELD_COUNT] = {
/* clang-format off */
#define NAMED(text) { text, sizeof text - 1 }
	/* clang-format on */
	[PACKAGE] = NAMED("Package"),
	[VERSION] = NAMED("Version"),
	[ARCHITECTURE] = NAMED("Architecture"),
	[SOURCE] = NAMED("Source"),
	[FILENAME] = NAMED("Filename"),
	[SIZE] = NAMED("Size"),
	[INSTALLED_SIZE] = NAMED("Installed-Size"),
	[SHA256] = NAMED("SHA256"),
	[PRIORITY] = NAMED("Priority"),
	[ESSENTIAL] = NAMED("Essential"),
	[PROTECTED] = NAMED("Protected"),
	[IMPORTANT] = NAMED("Important"),
	[MULTI_ARCH] = NAMED("Multi-Arch"),
	[PRE_DEPENDS] = NAMED("Pre-Depends"),
	[DEPENDS] = NAMED("Depends"),
	[CONFLICTS] = NAMED("Conflicts"),
	[BREAKS] = NAMED("Breaks"),
	[RECOMMENDS] = NAMED("Recommends"),
	[SUGGESTS] = NAMED("Suggests"),
	[REPLACES] = NAMED("Replaces"),
	[ENHANCES] = NAMED("Enhances"),
	[PROVIDES] = NAMED("Provides"),
#undef NAMED
};

struct index *index_new(const char *architecture)
{
	struct index *ix = mem_new(sizeof *ix);

	ix->architecture = architecture;
	ix->limit = *INDEX_LIMIT;
	return ix;
}

void index_set_limit(struct index *ix, const struct index_limit *limit)
{
	ix->limit = *limit;
}

static void note_field(struct slice fields[static FIELD_COUNT], struct slice name, struct slice value)
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (field_names[i].len == name.len && !strncasecmp(field_names[i].at, name.at, name.len)) {
			fields[i] = value;
			return;
		}
}

/* The index of s in a list of words, or otherwise. */
static uint8_t parse_choice(struct slice s, const char *const *words, size_t count, uint8_t otherwise)
{
	for (size_t i = 0; i < count; i++)
		if (control_is(s, words[i]))
			return (uint8_t)i;
	return otherwise;
}

/* Names become file names (info/NAME.list), so only characters that dpkg allows are accepted. */
static bool is_made_of(struct slice s, const char *marks)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];
		bool letter = (c | 32) >= 'a' && (c | 32) <= 'z', digit = c >= '0' && c <= '9';
		if (!letter && !digit && (!i || !c || !strchr(marks, c)))
			return false;
	}
	return s.len > 0;
}

/* The name of a field with an invalid value, or NULL. */
static const char *fill_package(struct index *ix, const struct slice f[static FIELD_COUNT], struct package *p)
{
	static const char *const priorities[] = { "required", "important", "standard", "optional", "extra" };
	static const char *const multi[] = { "no", "same", "foreign", "allowed" };
	struct slice source = f[SOURCE].len ? f[SOURCE] : f[PACKAGE], source_name = { 0 };

	control_word(&source, &source_name);
	if (!is_made_of(f[PACKAGE], "+-._"))
		return "Package";
	if (!is_made_of(f[VERSION], "+-.~:"))
		return "Version";
	if (!is_made_of(source_name, "+-._"))
		return "Source";
	if (!control_is_path(f[FILENAME]))
		return "Filename";
	if (!control_number(f[SIZE], &p->size_bytes))
		return "Size";
	if (f[INSTALLED_SIZE].len && !control_number(f[INSTALLED_SIZE], &p->installed_kib))
		return "Installed-Size";
	if (!control_sha256(f[SHA256], &p->sha256))
		return "SHA256";
	p->name = arena_dup(&ix->arena, f[PACKAGE].at, f[PACKAGE].len);
	p->version = arena_dup(&ix->arena, f[VERSION].at, f[VERSION].len);
	p->filename = arena_dup(&ix->arena, f[FILENAME].at, f[FILENAME].len);
	p->source = f[SOURCE].len ? arena_dup(&ix->arena, source_name.at, source_name.len) : p->name;
	p->architecture = control_is(f[ARCHITECTURE], "all") ? "all" : ix->architecture;
	p->priority = parse_choice(f[PRIORITY], priorities, COUNT(priorities), PRIORITY_OPTIONAL);
	p->multi_arch = parse_choice(f[MULTI_ARCH], multi, COUNT(multi), MULTI_ARCH_NO);
	p->essential = control_is(f[ESSENTIAL], "yes");
	p->protected_ = control_is(f[PROTECTED], "yes") || control_is(f[IMPORTANT], "yes");
	return NULL;
}

static int shown(struct slice s)
{
	return (int)(s.len < 60 ? s.len : 60);
}

static struct err *add_stanza(struct index *ix, struct slice stanza, uint32_t archive, int pin)
{
	struct slice fields[FIELD_COUNT] = { 0 }, rest = stanza, name, value;

	if (stanza.len > ix->limit.stanza)
		return err_new(ERR_FETCH, "a package has %zu bytes here, more than %zu", stanza.len,
			       ix->limit.stanza);
	while (control_field(&rest, &name, &value)) {
		if (!name.len)
			return err_new(ERR_FETCH, "\"%.*s\" is no field", shown(value), value.at);
		note_field(fields, name, value);
	}
	if (!control_is(fields[ARCHITECTURE], "all") && !control_is(fields[ARCHITECTURE], ix->architecture))
		return NULL;
	struct package *p = arena_new(&ix->arena, sizeof *p);
	*p = (struct package){
		.stanza = stanza,
		.provides = fields[PROVIDES],
		.archive = archive,
		.pin = pin,
	};
	const char *bad = fill_package(ix, fields, p);
	if (bad)
		return err_new(ERR_FETCH, "package \"%.*s\": no usable %s", shown(fields[PACKAGE]),
			       fields[PACKAGE].len ? fields[PACKAGE].at : "", bad);
	VEC_PUSH(&ix->packages, p);
	mention_name(&ix->mentions, fields[PACKAGE]);
	for (size_t i = PRE_DEPENDS; i < FIELD_COUNT; i++)
		mention_field(&ix->mentions, fields[i]);
	if (ix->packages.count > ix->limit.packages || ix->mentions.count > ix->limit.names)
		return err_new(ERR_FETCH, "this is more than %zu packages, or than %zu names in all",
			       ix->limit.packages, ix->limit.names);
	return NULL;
}

static size_t line_of(const char *bytes, const char *at)
{
	size_t line = 1;

	for (; bytes < at; bytes++)
		line += *bytes == '\n';
	return line;
}

struct err *index_add(struct index *ix, const char *bytes, size_t len, uint32_t archive, int pin)
{
	struct control c = { bytes, bytes + len };
	struct slice stanza;

	while (control_next(&c, &stanza))
		TRY_AS(add_stanza(ix, stanza, archive, pin), "Packages, stanza at line %zu",
		       line_of(bytes, stanza.at));
	return NULL;
}

static int by_rank(const void *a, const void *b)
{
	const struct package *p = *(struct package *const *)a, *q = *(struct package *const *)b;
	int order = strcmp(p->name, q->name);

	if (!order)
		order = (q->pin > p->pin) - (q->pin < p->pin);
	if (!order)
		order = version_compare(q->version, p->version);
	/* the same version twice: the archive named first wins */
	return order ? order : (p->archive > q->archive) - (p->archive < q->archive);
}

static int by_preference(const void *a, const void *b)
{
	const struct provider *x = a, *y = b;
	const struct package *p = x->package, *q = y->package;
	int order = strcmp(x->name, y->name);

	if (!order)
		order = q->essential - p->essential;
	if (!order)
		order = q->protected_ - p->protected_;
	if (!order)
		order = p->priority - q->priority;
	return order ? order : (q->mention > p->mention) - (q->mention < p->mention);
}

static struct err *note_provides(struct index *ix, const struct package *p)
{
	struct relation *items;
	size_t count;

	TRY_AS(relation_parse(&ix->arena, p->provides, &items, &count), "Provides of %s", p->name);
	if ((ix->provided += count) > ix->limit.names)
		return err_new(ERR_FETCH, "the lists provide more than %zu names", ix->limit.names);
	for (size_t i = 0; i < count; i++) {
		const struct alternative *a = items[i].alternatives;
		bool ours = !a->arch || !strcmp(a->arch, ix->architecture);
		if (ours && (a->order == RELATION_ANY || a->order == RELATION_IS))
			VEC_PUSH(&ix->providers, (struct provider){ a->name, a->version, p });
	}
	return NULL;
}

struct err *index_seal(struct index *ix)
{
	struct package **all = ix->packages.items;
	size_t kept = 0;

	if (ix->packages.count)
		qsort(all, ix->packages.count, sizeof *all, by_rank);
	for (size_t i = 0; i < ix->packages.count; i++)
		if (!kept || strcmp(all[kept - 1]->name, all[i]->name) != 0) {
			struct slice name = { all[i]->name, strlen(all[i]->name) };
			all[i]->id = (uint32_t)kept;
			all[i]->mention = mention_order(&ix->mentions, name);
			all[kept++] = all[i];
		}
	mention_done(&ix->mentions);
	ix->packages.count = kept;
	for (size_t i = 0; i < kept; i++)
		if (all[i]->provides.len)
			TRY(note_provides(ix, all[i]));
	if (ix->providers.count)
		qsort(ix->providers.items, ix->providers.count, sizeof *ix->providers.items, by_preference);
	return NULL;
}

const char *index_architecture(const struct index *ix)
{
	return ix->architecture;
}

size_t index_count(const struct index *ix)
{
	return ix->packages.count;
}

const struct package *index_at(const struct index *ix, size_t i)
{
	return ix->packages.items[i];
}

const struct package *index_find(const struct index *ix, const char *name)
{
	size_t low = 0, high = ix->packages.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, ix->packages.items[middle]->name);
		if (!order)
			return ix->packages.items[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

size_t index_providers(const struct index *ix, const char *name, const struct provider **ret)
{
	const struct provider *all = ix->providers.items;
	size_t low = 0, high = ix->providers.count, count = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(name, all[middle].name) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret = all ? all + low : NULL;
	while (low + count < ix->providers.count && !strcmp(all[low + count].name, name))
		count++;
	return count;
}

void index_free(struct index *ix)
{
	if (!ix)
		return;
	free(ix->packages.items);
	free(ix->providers.items);
	mention_done(&ix->mentions);
	arena_done(&ix->arena);
	free(ix);
}
