/* SPDX-License-Identifier: MIT */
#include "build/build_programs.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "build/share.h"

#define PROGRAM_LIMIT ((size_t)64 << 20)
#define NOTE_LIMIT ((size_t)1 << 20)

/* Beside the tool if it was just compiled, beside the services if it is installed. */
static struct err *find(const char *name, char **ret)
{
	AUTO_FREE char *folder = file_program_folder(), *share = NULL;
	AUTO_FREE char *beside = mem_printf("%s/guest/%s", folder, name);

	if (access(beside, R_OK)) {
		TRY(share_folder(&share));
		*ret = mem_printf("%s/%s", share, name);
	} else {
		*ret = TAKE(beside);
	}
	return NULL;
}

static struct err *read_part(const char *name, size_t limit, char **ret, size_t *ret_len)
{
	AUTO_FREE char *path = NULL;

	TRY(find(name, &path));
	struct err *e = file_read(path, limit, ret, ret_len);
	if (e && err_code(e) == ENOENT) {
		err_free(e);
		*ret = NULL;
		e = NULL;
	}
	return e;
}

static struct err *read_own(struct build_programs *ret)
{
	*ret = (struct build_programs){ 0 };
	TRY(read_part("guest", PROGRAM_LIMIT, &ret->bytes, &ret->len));
	ret->sha256 = digest_of(ret->bytes, ret->bytes ? ret->len : 0);
	return read_part("libraries.json", NOTE_LIMIT, &ret->note, &ret->note_len);
}

/* What the note says about the program beside it; zero if it describes another program or is missing. */
static struct lock_programs name(const struct build_programs *p)
{
	struct lock_programs own = { .sha256 = p->sha256,
				     .note = digest_of(p->note, p->note ? p->note_len : 0) };
	json_t *note = p->note ? json_loadb(p->note, p->note_len, 0, NULL) : NULL;
	const char *source = json_string_value(json_object_get(note, "source")),
		   *sum = json_string_value(json_object_get(note, "sha256"));
	struct digest said;

	if (!source || !sum || !digest_parse(sum, &said) || !digest_equal(&said, &own.sha256) ||
	    !digest_parse(source, &own.source))
		own = (struct lock_programs){ 0 };
	json_decref(note);
	return own;
}

static struct err *keep(struct store *s, const struct build_programs *p, const struct lock_programs *named)
{
	struct digest d;

	if (!store_has(s, &named->sha256))
		TRY(store_put(s, p->bytes, p->len, &d));
	return store_has(s, &named->note) ? NULL : store_put(s, p->note, p->note_len, &d);
}

static struct err *recall(struct store *s, const struct lock_programs *named, struct build_programs *ret)
{
	struct build_programs kept = { 0 };
	struct err *e = store_read(s, &named->sha256, PROGRAM_LIMIT, &kept.bytes, &kept.len);

	if (!e)
		e = store_read(s, &named->note, NOTE_LIMIT, &kept.note, &kept.note_len);
	if (e) {
		build_programs_done(&kept);
		return e;
	}
	kept.sha256 = named->sha256;
	build_programs_done(ret);
	*ret = kept;
	return NULL;
}

struct err *build_programs(struct build_context *j, bool say, struct build_programs *ret)
{
	const struct lock_programs *locked = &j->lock.programs;

	TRY(read_own(ret));
	if (!ret->bytes)
		return err_new(ERR_USAGE, "the programs that run inside an image are missing: run 'make'");
	struct lock_programs own = name(ret);
	if (digest_is_zero(&own.source) || !digest_equal(&own.source, &locked->source))
		return NULL;
	if (digest_equal(&own.sha256, &locked->sha256))
		return keep(j->store, ret, &own);
	if (store_has(j->store, &locked->sha256) && store_has(j->store, &locked->note))
		return recall(j->store, locked, ret);
	if (say)
		progress_note(j->progress,
			      "mkbench's own programs in the image were compiled by another machine for %s: "
			      "its layer 'programs' will differ ('mkbench store export' or 'lock --vendor' "
			      "there and 'store import' here bring the same)",
			      j->lock_path);
	return NULL;
}

struct err *build_programs_pin(struct build_context *j)
{
	AUTO_PROGRAMS struct build_programs own = { 0 };

	j->lock.programs = (struct lock_programs){ 0 };
	TRY(read_own(&own));
	if (own.bytes)
		j->lock.programs = name(&own);
	return digest_is_zero(&j->lock.programs.source) ? NULL : keep(j->store, &own, &j->lock.programs);
}

void build_programs_done(struct build_programs *p)
{
	free(p->bytes);
	free(p->note);
	*p = (struct build_programs){ 0 };
}
