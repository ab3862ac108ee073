/* SPDX-License-Identifier: MIT */
#include "layer/audit.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "layer/audit_memory.h"
#include "layer/audit_own.h"
#include "layer/layer.h"

#define SHOWN 20
#define PIECE (1u << 20)

bool audit_matches(const struct list *globs, const char *path)
{
	const char *const *items = globs->items;

	for (size_t i = 0; i < globs->count; i++)
		if (!fnmatch(items[i], path, 0))
			return true;
	return false;
}

static struct err *digest_file(struct audit_look *l, const struct entry *e, struct digest *ret)
{
	struct digest_run *run = digest_start();
	char *piece = l->piece;
	struct err *err = NULL;

	for (uint64_t at = 0; !err && at < e->size_bytes; at += PIECE) {
		size_t len = e->size_bytes - at < PIECE ? (size_t)(e->size_bytes - at) : PIECE;
		err = entry_bytes_read(l->files, e, at, piece, len);
		if (!err)
			digest_feed(run, piece, len);
	}
	*ret = digest_finish(run);
	return err;
}

/* Allowed by path and digest: another file at the same path is not. */
static bool is_allowed(const struct audit_look *l, const char *path, const char *hex)
{
	const struct recipe *r = l->audit->recipe;
	const struct audit_allow *rows = r ? r->allow.items : NULL;

	for (size_t i = 0; r && i < r->allow.count; i++)
		if (rows[i].path && rows[i].sha256 && !strcmp(rows[i].path, path) &&
		    !strcmp(rows[i].sha256, hex))
			return true;
	return false;
}

/* line 0: the whole file. */
static struct err *report(struct audit_look *l, const struct entry *e, const char *path, size_t line,
			  const char *kind)
{
	struct digest sha256 = e->sha256;
	char hex[DIGEST_HEX];

	if (digest_is_zero(&sha256))
		TRY(digest_file(l, e, &sha256));
	digest_hex(&sha256, hex);
	if (is_allowed(l, path, hex) || l->count++ >= SHOWN)
		return NULL;
	AUTO_FREE char *number = line ? mem_printf(":%zu", line) : mem_dup("");
	AUTO_FREE char *shown = mem_printf("%s%s: %s (sha256: %s)", path, number, kind, hex);
	text_printf(&l->found, "\n  %s", text_line(shown));
	return NULL;
}

size_t audit_line(const char *bytes, size_t at)
{
	size_t line = 1;

	for (size_t i = 0; i < at; i++)
		line += bytes[i] == '\n';
	return line;
}

/* Examines a file of any size piece by piece. The end of each piece is kept as the beginning of the next:
 * reading it again would unpack the whole package again. */
static struct err *look_for_form(struct audit_look *l, const struct entry *e, const char *path,
				 bool *ret_found)
{
	char *piece = l->piece;
	size_t lines = 0, have = 0;

	for (uint64_t at = 0; at < e->size_bytes; at += PIECE) {
		uint64_t left = e->size_bytes - at;
		size_t len = left < PIECE + SECRET_PATTERNS_REACH ? (size_t)left :
								    PIECE + SECRET_PATTERNS_REACH,
		       until = left < PIECE ? (size_t)left : PIECE;
		struct secret_patterns s;
		TRY(entry_bytes_read(l->files, e, at + have, piece + have, len - have));
		if (secret_patterns_by_form(l->set, piece, until, len, &s)) {
			size_t line = lines + audit_line(piece, s.at);
			*ret_found = true;
			return report(l, e, path, line, s.kind);
		}
		lines += left > PIECE ? audit_line(piece, until) - 1 : 0;
		have = len - until;
		memmove(piece, piece + until, have);
	}
	return NULL;
}

struct err *audit_report(struct audit_look *l, const struct entry *e, const char *path, const char *within,
			 size_t line, const char *kind)
{
	if (!within)
		return report(l, e, path, line, kind);
	AUTO_FREE char *whole = *within ? mem_printf("%s, in it %s:%zu", kind, within, line) :
					  mem_printf("%s, once it is unpacked, in line %zu", kind, line);
	return report(l, e, path, 0, whole);
}

void audit_warn(struct audit_look *l, const char *path, size_t line, const char *says)
{
	AUTO_FREE char *number = line ? mem_printf(":%zu", line) : mem_dup("");

	AUTO_FREE char *shown = mem_printf("%s%s: %s", path, number, says);

	if (l->likely_count++ < SHOWN)
		text_printf(&l->likely, "%s%s", l->likely.len ? "\n" : "", text_line(shown));
}

static bool has_values(const struct audit_look *l, const char *path)
{
	const struct audit_rules *r = l->audit->rules;
	const struct audit_value *rules = r->values.items;
	bool has = audit_matches(&r->urls, path);

	for (size_t i = 0; i < r->values.count && !has; i++)
		has = audit_matches(&rules[i].files, path) && !audit_matches(&rules[i].except, path);
	return has;
}

static struct err *look_for_values(struct audit_look *l, const struct entry *e, const char *path,
				   const char *within, const char *as, const char *bytes, size_t len,
				   bool *ret_found)
{
	const struct audit_rules *r = l->audit->rules;
	const struct audit_value *rules = r->values.items;
	struct secret_patterns s;

	for (size_t i = 0; i <= r->values.count && !*ret_found; i++) {
		bool last = i == r->values.count;
		if (last ? !audit_matches(&r->urls, as) :
			   !audit_matches(&rules[i].files, as) || audit_matches(&rules[i].except, as))
			continue;
		if (last ? !secret_values_in_url(bytes, len, &s) :
			   memchr(bytes, 0, len) || !secret_values_by_name(&rules[i], bytes, len, &s))
			continue;
		if (last || !rules[i].likely) {
			*ret_found = true;
			TRY(audit_report(l, e, path, within, audit_line(bytes, s.at), s.kind));
		} else if (!within) {
			audit_warn(l, path, audit_line(bytes, s.at), s.kind);
		}
	}
	return NULL;
}

struct err *audit_values(struct audit_look *l, const struct entry *e, const char *path, const char *within,
			 const char *as, const char *bytes, size_t len, bool *ret_found)
{
	bool wide = len > 1 && (!bytes[0] || !bytes[1] || !memcmp(bytes, "\xff\xfe", 2) ||
				!memcmp(bytes, "\xfe\xff", 2));
	AUTO_FREE char *plain = wide && has_values(l, as) ? mem_ndup(bytes, len) : NULL;

	if (plain && utf8_from_file(&plain, &len))
		bytes = plain;
	return look_for_values(l, e, path, within, as, bytes, len, ret_found);
}

static struct err *look_for_values_of(struct audit_look *l, const struct entry *e, const char *path,
				      bool *ret_found)
{
	size_t len = (size_t)e->size_bytes;

	if (len > AUDIT_TEXT_LIMIT || !has_values(l, path))
		return NULL;
	AUTO_FREE char *bytes = mem_new(len + 1);
	TRY(entry_bytes_read(l->files, e, 0, bytes, len));
	return audit_values(l, e, path, NULL, path, bytes, len, ret_found);
}

static struct err *look_inside(struct audit_look *l, const struct entry *e, const char *path)
{
	const struct audit_rules *r = l->audit->rules;
	bool packed = e->content.kind == CONTENT_PACK, found = false;

	if (audit_memory_has(l->memory, e))
		return NULL;
	bool known = (packed && audit_matches(&r->meant, path)) || audit_matches(&r->published, path);
	if (!known)
		TRY(look_for_form(l, e, path, &found));
	size_t likely = l->likely_count;
	if (!known && !found && !packed)
		TRY(look_for_values_of(l, e, path, &found));
	if (!known && !found && !packed)
		TRY(audit_packed(l, e, path, &found));
	/* warnings are repeated in each build */
	if (!found && l->likely_count == likely)
		audit_memory_add(l->memory, e);
	return NULL;
}

/* Audits the name; for anything but a file, the digest is that of its path. */
static struct err *look_at_name(struct audit_look *l, const struct entry *e, const char *path,
				bool *ret_found)
{
	const char *const names[] = { path, e->kind == ENTRY_SYMLINK && e->link ? e->link : "" };
	struct entry named = *e;
	struct secret_patterns s;

	*ret_found = false;
	if (e->content.kind == CONTENT_PACK || audit_matches(&l->audit->rules->published, path))
		return NULL;
	if (e->kind != ENTRY_FILE)
		named.sha256 = digest_of(path, strlen(path));
	for (size_t i = 0; i < COUNT(names) && !*ret_found; i++)
		*ret_found =
			secret_patterns_by_form(l->set, names[i], strlen(names[i]), strlen(names[i]), &s);
	AUTO_FREE char *kind = *ret_found ? mem_printf("%s, in its name", s.kind) : NULL;
	return kind ? report(l, &named, path, 0, kind) : NULL;
}

static struct err *look_at(struct audit_look *l, const struct entry *e)
{
	const struct audit_place *places = l->audit->rules->places.items;
	AUTO_FREE char *path = mem_printf("/%s", e->path);
	bool found;

	TRY(look_at_name(l, e, path, &found));
	if (found || e->kind != ENTRY_FILE || !e->size_bytes)
		return NULL;
	for (size_t i = 0; e->content.kind != CONTENT_PACK && i < l->audit->rules->places.count; i++)
		if (audit_matches(&places[i].paths, path) &&
		    !audit_matches(&l->audit->rules->published, path))
			return report(l, e, path, 0, places[i].kind);
	return look_inside(l, e, path);
}

static struct err *conclude(struct audit_look *l)
{
	if (l->likely.len)
		progress_note(l->audit->progress,
			      "warning: check these files, which will be in the image:\n%s%s",
			      l->likely.bytes, l->likely_count > SHOWN ? "\nand more" : "");
	if (!l->count)
		return audit_memory_keep(l->memory);
	return err_new(ERR_BUILD,
		       "%zu file%s may not be in an image: remove %s in a build step, name %s under prune, "
		       "or, when meant, under audit.allow of the recipe with path and sha256%s%s",
		       l->count, text_plural(l->count), l->count == 1 ? "it" : "them",
		       l->count == 1 ? "it" : "them", l->found.bytes, l->count > SHOWN ? "\n  and more" : "");
}

struct err *audit_tree(const struct audit *a, const struct tree *t, const char *what)
{
	struct audit_look l = {
		.audit = a,
		.set = secret_patterns_set(a->rules),
		.files = entry_bytes_new(a->store),
		.piece = mem_new(PIECE + SECRET_PATTERNS_REACH),
	};
	struct err *e = audit_memory_open(a, what, &l.memory);

	for (size_t i = 0; !e && i < t->count; i++)
		e = look_at(&l, &t->items[i]);
	if (!e)
		e = conclude(&l);
	audit_memory_done(l.memory);
	entry_bytes_done(l.files);
	free(l.piece);
	secret_patterns_set_done(l.set);
	text_done(&l.found);
	text_done(&l.likely);
	return e;
}
