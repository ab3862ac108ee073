/* SPDX-License-Identifier: MIT */
/* Audits the content of an app's archive as if its files were unpacked. */
#include <string.h>

#include "base/mem.h"
#include "layer/audit_archive.h"
#include "layer/audit_own.h"

/* The current file in an archive. */
struct member {
	struct text open; /* not examined yet, preceded by SECRET_PATTERNS_REACH examined bytes */
	size_t lines;	  /* before that */
	bool cut, begun;  /* cut: open does not hold all of it */
};

struct unpacking {
	struct audit_look *look;
	const struct entry *entry;
	const char *path;
	struct member members[AUDIT_ARCHIVE_DEPTH];
	bool found;
	struct err *failed;
};

static struct err *read_packed(void *arg, uint64_t offset, void *bytes, size_t len)
{
	const struct unpacking *u = arg;

	return entry_bytes_read(u->look->files, u->entry, offset, bytes, len);
}

/* Drops the examined bytes of open except the last ones, or all of it. */
static void forget(struct member *m, size_t keep)
{
	size_t gone = m->open.len > keep ? m->open.len - keep : 0;

	m->lines += gone ? audit_line(m->open.bytes, gone) - 1 : 0;
	if (gone)
		memmove(m->open.bytes, m->open.bytes + gone, keep);
	m->open.len -= gone;
	m->cut = true;
}

/* The path that rules match; a file that is only compressed matches without its suffix. */
static char *path_of(const struct unpacking *u, const char *member)
{
	const char *name = strrchr(u->path, '/'), *dot = strrchr(u->path, '.');

	if (*member)
		return mem_printf("%s/%s", u->path, member + (text_starts(member, "./") ? 2 : 0));
	return dot && name && dot > name + 1 ? mem_ndup(u->path, (size_t)(dot - u->path)) : mem_dup(u->path);
}

static struct err *look_at_name(struct unpacking *u, const char *member, const char *as)
{
	struct audit_look *l = u->look;
	const struct audit_place *places = l->audit->rules->places.items;
	size_t len = strlen(member);
	const char *kind = NULL;
	AUTO_FREE char *named = NULL;
	struct secret_patterns s;

	if (secret_patterns_by_form(l->set, member, len, len, &s))
		kind = named = mem_printf("%s, in its name", s.kind);
	for (size_t i = 0; !kind && i < l->audit->rules->places.count; i++)
		if (places[i].packed && audit_matches(&places[i].paths, as))
			kind = places[i].kind;
	if (!kind)
		return NULL;
	u->found = true;
	return audit_report(l, u->entry, u->path, member, 1, kind);
}

static struct err *look_at_member(struct unpacking *u, struct member *m, const char *name, const char *as,
				  bool ends)
{
	struct audit_look *l = u->look;
	struct secret_patterns s;

	if (!m->begun && m->open.len)
		TRY(look_at_name(u, name, as));
	m->begun = true;
	if (u->found || !m->open.len)
		return NULL;
	if (secret_patterns_by_form(l->set, m->open.bytes,
				    ends ? m->open.len : m->open.len - SECRET_PATTERNS_REACH, m->open.len,
				    &s)) {
		u->found = true;
		return audit_report(l, u->entry, u->path, name, m->lines + audit_line(m->open.bytes, s.at),
				    s.kind);
	}
	if (!ends || m->cut)
		return NULL;
	return audit_values(l, u->entry, u->path, name, as, m->open.bytes, m->open.len, &u->found);
}

static bool take_member(void *arg, unsigned depth, const char *name, const char *bytes, size_t len, bool ends)
{
	struct unpacking *u = arg;
	struct member *m = &u->members[depth];

	text_add(&m->open, bytes, len);
	if (!ends && m->open.len < AUDIT_TEXT_LIMIT)
		return true;
	AUTO_FREE char *as = path_of(u, name);
	if (!audit_matches(&u->look->audit->rules->published, as))
		u->failed = look_at_member(u, m, name, as, ends);
	forget(m, ends ? 0 : SECRET_PATTERNS_REACH);
	if (ends) {
		m->lines = 0;
		m->cut = m->begun = false;
	}
	return !u->found && !u->failed;
}

struct err *audit_packed(struct audit_look *l, const struct entry *e, const char *path, bool *ret_found)
{
	struct unpacking u = { .look = l, .entry = e, .path = path };
	const struct audit_archive a = {
		.size_bytes = e->size_bytes, .read = read_packed, .take = take_member, .arg = &u
	};
	const char *left = NULL;
	struct err *err = audit_archive_look(&a, &left);

	for (size_t i = 0; i < COUNT(u.members); i++)
		text_done(&u.members[i].open);
	*ret_found |= u.found;
	if (err || u.failed) {
		err_free(err ? u.failed : NULL);
		return err ? err : u.failed;
	}
	if (left)
		audit_warn(l, path, 0, left);
	return NULL;
}
