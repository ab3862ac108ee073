/* SPDX-License-Identifier: MIT */
#include "image/oci_image.h"

#include <archive.h>
#include <archive_entry.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto_json.h"
#include "base/file.h"
#include "base/given_file.h"
#include "base/mem.h"
#include "base/text.h"

#define DOCUMENT_LIMIT (4u << 20)
#define BLOBS "blobs/sha256/"

#define INDEX_DEPTH 3u
#ifdef __aarch64__
#define OWN_ARCHITECTURE "arm64"
#else
#define OWN_ARCHITECTURE "amd64"
#endif

static struct err *damaged(const struct oci_image *b, const char *what)
{
	return err_new(ERR_BUILD, "%s is damaged: %s", b->path, what);
}

static struct err *read_at(const struct oci_image *b, int fd, uint64_t offset, uint64_t size, char **ret_text)
{
	if (size > DOCUMENT_LIMIT)
		return damaged(b, "a document is too large");
	AUTO_FREE char *text = mem_new((size_t)size + 1);
	for (size_t len = 0; len < size;) {
		ssize_t n = pread(fd, text + len, (size_t)size - len, (off_t)(offset + len));
		if (n < 0 && errno != EINTR)
			return err_errno(errno, "read %s", b->path);
		if (n == 0)
			return damaged(b, "it ends early");
		len += n > 0 ? (size_t)n : 0;
	}
	*ret_text = TAKE(text);
	return NULL;
}

/* Notes the position of each blob, and reads the index on the way. */
static struct err *scan(struct oci_image *b, struct archive *a, char **ret_index)
{
	struct archive_entry *e;
	struct stat st;

	if (fstat(b->archive, &st) < 0)
		return err_errno(errno, "read %s", b->path);
	while (archive_read_next_header(a, &e) == ARCHIVE_OK) {
		const char *name = archive_entry_pathname(e);
		uint64_t at = (uint64_t)archive_read_header_position(a) + 512,
			 size = (uint64_t)archive_entry_size(e);
		struct digest d;
		if (size > (uint64_t)st.st_size || at > (uint64_t)st.st_size - size)
			return damaged(b, "it ends early, copy it again");
		if (name && text_starts(name, BLOBS) && digest_parse(name + strlen(BLOBS), &d)) {
			if (b->member_count == b->member_room) {
				b->member_room = b->member_room ? 2 * b->member_room : 16;
				b->members = mem_resize(b->members, b->member_room, sizeof *b->members);
			}
			b->members[b->member_count++] = (struct oci_image_member){ d, at, size };
		} else if (name && !strcmp(name, "index.json") && !*ret_index) {
			TRY(read_at(b, b->archive, at, size, ret_index));
		}
	}
	return NULL;
}

static struct err *open_archive(struct oci_image *b, char **ret_index)
{
	struct archive *a = archive_read_new();

	archive_read_support_format_tar(a);
	struct err *e =
		archive_read_open_fd(a, b->archive, 1 << 16) == ARCHIVE_OK ? scan(b, a, ret_index) : NULL;
	archive_read_free(a);
	return e;
}

static struct err *open_either(struct oci_image *b, char **ret_index)
{
	AUTO_FREE char *index = mem_printf("%s/index.json", b->path);
	struct stat st;
	size_t len;

	if (stat(b->path, &st) < 0)
		return err_errno(errno, "%s", b->path);
	if (S_ISDIR(st.st_mode)) {
		struct err *e = file_read(index, DOCUMENT_LIMIT, ret_index, &len);
		err_free(e); /* the caller's message is better */
		return NULL;
	}
	if (!S_ISREG(st.st_mode))
		return NULL;
	b->archive = open(b->path, O_RDONLY | O_CLOEXEC);
	return b->archive < 0 ? err_errno(errno, "open %s", b->path) : open_archive(b, ret_index);
}

struct err *oci_image_blob(const struct oci_image *b, const struct digest *d, int *ret_fd,
			   uint64_t *ret_offset, uint64_t *ret_size)
{
	char hex[DIGEST_HEX];
	struct stat st;

	for (size_t i = 0; i < b->member_count; i++)
		if (digest_equal(&b->members[i].digest, d)) {
			*ret_offset = b->members[i].offset;
			*ret_size = b->members[i].size_bytes;
			*ret_fd = fcntl(b->archive, F_DUPFD_CLOEXEC, 0);
			return *ret_fd < 0 ? err_errno(errno, "read %s", b->path) : NULL;
		}
	AUTO_FREE char *path = mem_printf("%s/" BLOBS "%s", b->path, digest_hex(d, hex));
	AUTO_CLOSE int fd = b->archive < 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_new(ERR_BUILD, "%s lacks the blob %s", b->path, hex);
	*ret_fd = fd;
	fd = -1;
	*ret_offset = 0;
	*ret_size = (uint64_t)st.st_size;
	return NULL;
}

struct err *oci_image_read(const struct oci_image *b, const struct digest *d, char **ret_text)
{
	AUTO_CLOSE int fd = -1;
	AUTO_FREE char *text = NULL;
	uint64_t offset, size;

	TRY(oci_image_blob(b, d, &fd, &offset, &size));
	TRY(read_at(b, fd, offset, size, &text));
	struct digest found = digest_of(text, (size_t)size);
	if (!digest_equal(&found, d))
		return damaged(b, "a document's SHA-256 does not match");
	*ret_text = TAKE(text);
	return NULL;
}

static struct err *parse(const struct oci_image *b, const char *text, json_t **ret)
{
	*ret = json_loads(text, 0, NULL);
	return *ret ? NULL : damaged(b, "a document is not JSON");
}

static struct err *read_json(const struct oci_image *b, const struct digest *d, json_t **ret)
{
	AUTO_FREE char *text = NULL;

	TRY(oci_image_read(b, d, &text));
	return parse(b, text, ret);
}

static bool digest_from(const json_t *descriptor, struct digest *ret)
{
	const char *word = json_string_value(json_object_get(descriptor, "digest"));

	return word && text_starts(word, "sha256:") && digest_parse(word + strlen("sha256:"), ret);
}

static const char *keep(struct oci_image *b, const char *text)
{
	return text ? arena_dup(&b->arena, text, strlen(text)) : NULL;
}

/* The texts of an array from the skip-th on; NULL if there are none. */
static const char *const *keep_words(struct oci_image *b, const json_t *array, size_t skip)
{
	size_t count = json_array_size(array), n = 0;

	if (count <= skip)
		return NULL;
	const char **words = arena_new(&b->arena, (count - skip + 1) * sizeof *words);
	for (size_t i = skip; i < count; i++)
		if (json_is_string(json_array_get(array, i)))
			words[n++] = keep(b, json_string_value(json_array_get(array, i)));
	return words;
}

/* A name for engines from any path: "/a/Demo-1.oci" gives "demo-1". */
static char *word_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *word = mem_dup(slash ? slash + 1 : path), *dot = strrchr(word, '.');

	if (dot && dot > word)
		*dot = '\0';
	for (char *c = word; *c; c++)
		*c = isalnum((unsigned char)*c) ? (char)tolower((unsigned char)*c) : '-';
	return word;
}

/* containerd's name is complete, the layout's own may be only a tag; tools that copy an image may omit either
 * or both. */
static void take_name(struct oci_image *b, const json_t *entry)
{
	const json_t *notes = json_object_get(entry, "annotations");
	const char *full = json_string_value(json_object_get(notes, "io.containerd.image.name"));
	const char *ref = json_string_value(json_object_get(notes, "org.opencontainers.image.ref.name")),
		   *whole = full ? full : ref;
	const char *slash = whole ? strrchr(whole, '/') : NULL, *name = slash ? slash + 1 : whole;
	const char *colon = name ? strrchr(name, ':') : NULL;

	if (colon || full)
		b->name = arena_dup(&b->arena, name, colon ? (size_t)(colon - name) : strlen(name));
	b->tag = keep(b, colon ? colon + 1 : full ? "latest" : name ? name : b->tag);
}

/* Excludes documents attached to an image, such as its signature, and, among several images, those of another
 * platform. */
static bool may_be_image(const json_t *entry, bool alone)
{
	const json_t *platform = json_object_get(entry, "platform");
	const char *os = json_string_value(json_object_get(platform, "os")),
		   *architecture = json_string_value(json_object_get(platform, "architecture"));

	return !json_object_get(entry, "artifactType") && (!os || !strcmp(os, "linux")) &&
	       (alone || !architecture || !strcmp(architecture, OWN_ARCHITECTURE));
}

/* The first manifest without a subject, possibly in a nested index; NULL: there is none. */
static struct err *find_manifest(struct oci_image *b, const json_t *index, unsigned depth, json_t **ret)
{
	const json_t *all = json_object_get(index, "manifests");
	struct digest d;

	for (size_t i = 0; i < json_array_size(all) && !*ret; i++) {
		AUTO_JSON json_t *next = NULL;
		const json_t *entry = json_array_get(all, i);
		if (!may_be_image(entry, json_array_size(all) == 1) || !digest_from(entry, &d))
			continue;
		TRY(read_json(b, &d, &next));
		if (json_object_get(next, "subject"))
			continue;
		take_name(b, entry);
		if (json_object_get(next, "manifests") && depth)
			TRY(find_manifest(b, next, depth - 1, ret));
		else if (!json_object_get(next, "manifests")) {
			b->manifest = d;
			*ret = json_incref(next);
		}
	}
	return NULL;
}

/* "" or "0:0" or "1000": mkbench writes numeric ids. */
static void take_user(struct oci_image *b, const char *user)
{
	const char *colon = user ? strchr(user, ':') : NULL;

	b->uid = user ? (unsigned)strtoul(user, NULL, 10) : 0;
	b->gid = colon ? (unsigned)strtoul(colon + 1, NULL, 10) : b->uid;
}

static void take_config(struct oci_image *b, const json_t *config)
{
	const json_t *run = json_object_get(config, "config");
	const char *port = json_object_iter_key(json_object_iter(json_object_get(run, "ExposedPorts")));
	const char *volume = json_object_iter_key(json_object_iter(json_object_get(run, "Volumes")));

	b->entrypoint = keep_words(b, json_object_get(run, "Entrypoint"), 0);
	b->env = keep_words(b, json_object_get(run, "Env"), 0);
	b->health = keep_words(b, json_object_get(json_object_get(run, "Healthcheck"), "Test"), 1);
	b->working_dir = keep(b, json_string_value(json_object_get(run, "WorkingDir")));
	b->volume = keep(b, volume);
	b->port = port ? (unsigned)strtoul(port, NULL, 10) : 0;
	take_user(b, json_string_value(json_object_get(run, "User")));
}

static struct err *take_manifest(struct oci_image *b, const json_t *manifest)
{
	const json_t *layers = json_object_get(manifest, "layers");

	if (!digest_from(json_object_get(manifest, "config"), &b->config))
		return damaged(b, "its manifest names no configuration");
	b->layer_count = json_array_size(layers);
	b->layers = arena_new(&b->arena, (b->layer_count + 1) * sizeof *b->layers);
	for (size_t i = 0; i < b->layer_count; i++) {
		const json_t *layer = json_array_get(layers, i);
		if (!digest_from(layer, &b->layers[i]))
			return damaged(b, "a layer has no digest");
		b->layer_bytes += (uint64_t)json_integer_value(json_object_get(layer, "size"));
	}
	return NULL;
}

static bool is_below_root(const char *path)
{
	return *path == '/' && path[1] && !strstr(path, "/..");
}

static struct err *take_documents(struct oci_image *b, const char *index_text)
{
	AUTO_JSON json_t *index = NULL, *manifest = NULL, *config = NULL;

	TRY(parse(b, index_text, &index));
	TRY(find_manifest(b, index, INDEX_DEPTH, &manifest));
	if (!manifest)
		return damaged(b, "its index names no image");
	AUTO_FREE char *word = word_of(b->path);
	b->name = b->name ? b->name : keep(b, word);
	b->tag = b->tag ? b->tag : "latest";
	TRY(take_manifest(b, manifest));
	TRY(read_json(b, &b->config, &config));
	take_config(b, config);
	if (b->volume && !is_below_root(b->volume))
		return damaged(b, "its volume is no path inside it");
	return b->entrypoint ? NULL : damaged(b, "it has no entrypoint");
}

struct err *oci_image_open(const char *path, struct oci_image *ret)
{
	AUTO_OCI_IMAGE struct oci_image b = { .archive = -1 };
	TRY(given_file_check(path));
	AUTO_FREE char *whole = realpath(path, NULL), *index = NULL;
	if (!whole)
		return err_errno(errno, "%s", path);
	b.path = keep(&b, whole);
	TRY(open_either(&b, &index));
	if (!index)
		return err_new(ERR_USAGE,
			       "%s is no image that mkbench built (a NAME-TAG.oci folder, a .tar, or a disk)",
			       path);
	TRY(take_documents(&b, index));
	*ret = b;
	b = (struct oci_image){ .archive = -1 };
	return NULL;
}

void oci_image_close(struct oci_image *b)
{
	file_closep(&b->archive);
	b->archive = -1;
	free(b->members);
	b->members = NULL;
	b->member_count = 0;
	arena_done(&b->arena);
}
