/* SPDX-License-Identifier: MIT */
#include "report/first_difference.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "report/diff.h"
#include "report/layer_file.h"
#include "report/report_text.h"

#define BYTES_LIMIT ((size_t)64 << 20)
#define LINE_SHOWN 160u
#define BYTES_SHOWN 16u
#define ALSO_LIMIT 100u

static const char *const kind_names[] = {
	[ENTRY_FILE] = "file",	   [ENTRY_FOLDER] = "folder",
	[ENTRY_SYMLINK] = "link",  [ENTRY_HARDLINK] = "second name",
	[ENTRY_CHAR] = "device",   [ENTRY_BLOCK] = "device",
	[ENTRY_FIFO] = "pipe",	   [ENTRY_WHITEOUT] = "nothing",
	[ENTRY_OPAQUE] = "folder",
};

/* Everything that a tar says about an entry: equal texts mean equal entries. The caller's to free. */
static char *describe(const struct entry *e)
{
	AUTO_TEXT struct text out = { 0 };
	char hex[DIGEST_HEX];

	if (!e)
		return mem_dup("nothing");
	text_printf(&out, "%s, mode %04o, owner %u:%u, time %lld", kind_names[e->kind], (unsigned)e->mode,
		    (unsigned)e->uid, (unsigned)e->gid, (long long)e->mtime);
	if (e->kind == ENTRY_FILE)
		text_printf(&out, ", %llu bytes, sha256:%s", (unsigned long long)e->size_bytes,
			    digest_hex(&e->sha256, hex));
	if (e->link) {
		text_put(&out, ", to ");
		report_text_put(&out, e->link);
	}
	if (e->kind == ENTRY_CHAR || e->kind == ENTRY_BLOCK)
		text_printf(&out, ", %u:%u", (unsigned)e->major, (unsigned)e->minor);
	return text_take(&out);
}

static bool is_text(const char *bytes, size_t len)
{
	return !memchr(bytes, '\0', len < 8192 ? len : 8192);
}

/* Adds the line that contains at, shortened; from is its first byte. */
static void put_line(struct text *out, const char *bytes, size_t len, size_t from)
{
	const char *end = memchr(bytes + from, '\n', len - from);
	size_t line = end ? (size_t)(end - bytes) - from : len - from;
	AUTO_FREE char *shown = mem_ndup(bytes + from, line < LINE_SHOWN ? line : LINE_SHOWN);

	report_text_put(out, shown);
	text_put(out, line > LINE_SHOWN ? "…" : "");
}

static void put_bytes(struct text *out, const char *bytes, size_t len, size_t at)
{
	for (size_t i = at; i < len && i < at + BYTES_SHOWN; i++)
		text_printf(out, "%s%02x", i == at ? "" : " ", (unsigned)(unsigned char)bytes[i]);
	text_put(out, at < len ? "" : "the end");
}

/* Where two files begin to differ: {"where", "first", "second"}. */
static json_t *compare_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
	AUTO_TEXT struct text one = { 0 }, two = { 0 };
	size_t at = 0, line = 1, from = 0;
	bool text = is_text(a, a_len) && is_text(b, b_len);

	for (; at < a_len && at < b_len && a[at] == b[at]; at++)
		if (a[at] == '\n') {
			line++;
			from = at + 1;
		}
	text_put(&one, "");
	text_put(&two, "");
	if (text && at - from < LINE_SHOWN) {
		put_line(&one, a, a_len, from);
		put_line(&two, b, b_len, from);
	} else {
		put_bytes(&one, a, a_len, at);
		put_bytes(&two, b, b_len, at);
	}
	AUTO_FREE char *where =
		text && at - from < LINE_SHOWN ? mem_printf("line %zu", line) : mem_printf("byte %zu", at);
	return json_pack("{s:s, s:o, s:o}", "where", where, "first", report_text_json(one.bytes), "second",
			 report_text_json(two.bytes));
}

static struct err *show_bytes(const struct contents *a, const struct contents *b, const struct entry *x,
			      const struct entry *y, json_t *ret)
{
	AUTO_FREE char *one = NULL, *two = NULL;
	size_t one_len, two_len;

	if (!x || !y || x->kind != ENTRY_FILE || y->kind != ENTRY_FILE ||
	    digest_equal(&x->sha256, &y->sha256))
		return NULL;
	TRY(layer_file_read(&a->source, a->layer_of[x - a->tree.items], x->path, BYTES_LIMIT, &one,
			    &one_len));
	TRY(layer_file_read(&b->source, b->layer_of[y - b->tree.items], y->path, BYTES_LIMIT, &two,
			    &two_len));
	json_object_set_new(ret, "at", compare_bytes(one, one_len, two, two_len));
	return NULL;
}

/* Shows the first difference in full, and later ones by their paths. */
static struct err *show_entry(const struct contents *a, const struct contents *b, const struct entry *x,
			      const struct entry *y, json_t **ret)
{
	AUTO_FREE char *one = describe(x), *two = describe(y),
		       *path = mem_printf("/%s", x ? x->path :
						 y ? y->path :
						     "");

	if (!strcmp(one, two))
		return NULL;
	if (*ret) {
		json_t *also = json_object_get(*ret, "also");
		if (json_array_size(also) < ALSO_LIMIT)
			json_array_append_new(also, report_text_json(path));
		return NULL;
	}
	*ret = json_pack("{s:o, s:s, s:s, s:[]}", "path", report_text_json(path), "first", one, "second", two,
			 "also");
	return show_bytes(a, b, x, y, *ret);
}

static void show_setting(const struct contents *a, const struct contents *b, json_t **ret)
{
	AUTO_DIFF struct diff d = { 0 };

	diff_of(a, b, &d);
	if (d.settings.count)
		*ret = json_pack("{s:s, s:s, s:s}", "setting", d.settings.items[0].name, "first",
				 d.settings.items[0].old ? d.settings.items[0].old : "nothing", "second",
				 d.settings.items[0].new ? d.settings.items[0].new : "nothing");
}

/* The files are equal, but the tars differ. */
static void show_layer(const struct contents *a, const struct contents *b, json_t **ret)
{
	char one[DIGEST_HEX], two[DIGEST_HEX];

	for (size_t i = 0; !*ret && i < a->layer_count && i < b->layer_count; i++)
		if (!digest_equal(&a->source.layers[i].diff_id, &b->source.layers[i].diff_id))
			*ret = json_pack("{s:o, s:s, s:s}", "layer", report_text_json(a->layers[i].name),
					 "first", digest_hex(&a->source.layers[i].diff_id, one), "second",
					 digest_hex(&b->source.layers[i].diff_id, two));
}

struct err *first_difference(const struct contents *a, const struct contents *b, json_t **ret)
{
	*ret = NULL;
	for (size_t i = 0, n = 0; i < a->tree.count || n < b->tree.count;) {
		const struct entry *x = i < a->tree.count ? &a->tree.items[i] : NULL,
				   *y = n < b->tree.count ? &b->tree.items[n] : NULL;
		int order = !x ? 1 : !y ? -1 : tree_compare(x->path, y->path);
		i += order <= 0;
		n += order >= 0;
		TRY(show_entry(a, b, order <= 0 ? x : NULL, order >= 0 ? y : NULL, ret));
	}
	if (!*ret)
		show_setting(a, b, ret);
	if (!*ret)
		show_layer(a, b, ret);
	return NULL;
}

/* A disk is larger than what is read at once. */
static struct err *map(const char *path, const char **ret, size_t *ret_len)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(errno, "read %s", path);
	*ret_len = (size_t)st.st_size;
	*ret = "";
	if (!*ret_len)
		return NULL;
	void *bytes = mmap(NULL, *ret_len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return err_errno(errno, "read %s", path);
	*ret = bytes;
	return NULL;
}

static void unmap(const char *bytes, size_t len)
{
	if (len)
		munmap((void *)bytes, len);
}

struct err *first_difference_bytes(const char *a, const char *b, json_t *ret)
{
	const char *one, *two;
	size_t a_len, b_len;

	TRY(map(a, &one, &a_len));
	struct err *e = map(b, &two, &b_len);
	if (!e) {
		json_object_set_new(ret, "at", compare_bytes(one, a_len, two, b_len));
		unmap(two, b_len);
	}
	unmap(one, a_len);
	return e;
}
