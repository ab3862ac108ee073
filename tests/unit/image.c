/* SPDX-License-Identifier: MIT */
/* Pours two layers, writes both outputs, judges what it can itself. Given a folder and
 * a static program, it leaves the outputs there, with the program as /hello, for
 * image.bats to show to the tools that will read them. */
#include "image/image.h"

#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "report/layer_bytes.h"
#include "report/layer_record.h"
#include "says.h"

#define EPOCH 1700000000
#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

#define BENCH "{\"sites\":[{\"name\":\"one.localhost\",\"hosts\":[\"www.example.invalid\"]}]}"

static struct entry folder(const char *path)
{
	return (struct entry){ .path = path, .kind = ENTRY_FOLDER, .mode = 0755, .mtime = EPOCH + 9 };
}

static struct entry text_file(const char *path, const char *text)
{
	return (struct entry){ .path = path,
			       .kind = ENTRY_FILE,
			       .mode = 0644,
			       .size_bytes = strlen(text),
			       .mtime = 5,
			       .content = { .kind = CONTENT_MEMORY, .bytes = text } };
}

static struct entry disk_file(const char *path, const char *from)
{
	struct stat st = { 0 };

	if (stat(from, &st) < 0)
		st.st_size = 0;
	return (struct entry){ .path = path,
			       .kind = ENTRY_FILE,
			       .mode = 0755,
			       .size_bytes = (uint64_t)st.st_size,
			       .mtime = EPOCH + 9,
			       .content = { .kind = CONTENT_DISK, .path = from } };
}

static struct err *pack_bytes(void *state, const struct entry *e, uint64_t offset, void *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		((char *)bytes)[i] = (char)((uint64_t)(uintptr_t)state + e->content.offset + offset + i);
	return NULL;
}

static void lower(struct tree *t, const char *program)
{
	const struct entry entries[] = {
		folder(""),
		folder("d"),
		folder("gone"),
		folder("etc"),
		folder("data"),
		folder("dev"),
		folder("tmp"),
		text_file("d/old", "old\n"),
		text_file("d/kept", "kept\n"),
		text_file("gone/a", "a\n"),
		text_file("etc/f\xc5\x91", "utf-8\n"),
		folder("usr"),
		folder("usr/bin"),
		folder("usr/lib"),
		folder("usr/lib/mkbench"),
		folder("run"),
		folder("proc"),
		{ .path = "usr/bin/cat", .kind = ENTRY_HARDLINK, .mode = 0755, .link = "hello" },
		{ .path = "usr/bin/benchctl", .kind = ENTRY_HARDLINK, .mode = 0755, .link = "hello" },
		text_file("usr/lib/mkbench/bench.json", BENCH),
		text_file(HUNDRED "-" HUNDRED, "long\n"),
		disk_file("hello", program),
		{ .path = "alias", .kind = ENTRY_HARDLINK, .mode = 0755, .link = "hello" },
		{ .path = "link", .kind = ENTRY_SYMLINK, .mode = 0777, .link = "d/kept" },
		{ .path = "dev/zero", .kind = ENTRY_CHAR, .mode = 0666, .major = 1, .minor = 5 },
		{ .path = "pipe", .kind = ENTRY_FIFO, .mode = 0600 },
		{ .path = "packed",
		  .kind = ENTRY_FILE,
		  .mode = 04755,
		  .uid = 1000,
		  .gid = 1000,
		  .size_bytes = 3000000,
		  .content = { .kind = CONTENT_PACK, .offset = 17 } },
	};

	for (size_t i = 0; i < COUNT(entries); i++)
		tree_add(t, &entries[i]);
	tree_sort(t);
}

static void upper(struct tree *t)
{
	const struct entry entries[] = {
		folder("d"),
		{ .path = "d/old", .kind = ENTRY_WHITEOUT },
		text_file("d/new", "new\n"),
		{ .path = "gone", .kind = ENTRY_OPAQUE, .mode = 0755 },
		text_file("gone/b", "b\n"),
	};

	for (size_t i = 0; i < COUNT(entries); i++)
		tree_add(t, &entries[i]);
	tree_sort(t);
}

static void describe(struct image_config *c)
{
	static const char *const entrypoint[] = { "/hello", "one", "two words", NULL };
	static const char *const env[] = { "PATH=/usr/bin:/bin", "GREETING=hi", NULL };
	static const char *const health[] = { "/hello", "healthy", NULL };
	static const unsigned ports[] = { 8080, 0 };
	static const struct label labels[] = { { "org.opencontainers.image.title", "sample" },
					       { NULL, NULL } };

	*c = (struct image_config){ .name = "mkbench-sample",
				    .tag = "1.0",
				    .architecture = "amd64",
				    .epoch = EPOCH,
				    .entrypoint = entrypoint,
				    .env = env,
				    .user = "0:0",
				    .working_dir = "/",
				    .stop_signal = "SIGTERM",
				    .volume = "/data",
				    .ports = ports,
				    .labels = labels,
				    .health_command = health,
				    .health_interval_seconds = 5,
				    .health_timeout_seconds = 3,
				    .health_start_seconds = 60,
				    .health_retries = 3 };
}

static void succeeds(struct err *e, const char *what)
{
	AUTO_FREE char *text = e ? err_text(e) : NULL;

	t_ok(!e, what, __FILE__, __LINE__);
	if (e)
		printf("# %s\n", text);
	err_free(e);
}

static const struct content_reader packs = { .state = (void *)3, .read = pack_bytes };

static void pour_noted(struct store *s, const struct tree *t, struct layer_blob *ret)
{
	struct layer_record *record = layer_record_begin();
	const struct image_pour_watch watch = { record, layer_record_entry, layer_record_bytes };

	succeeds(image_pour(s, t, &packs, EPOCH, &watch, ret), "pour a layer");
	layer_record_end(record, s, &ret->digest, ret->size_bytes, ret->unpacked_bytes);
}

/* What was noted while an image's layers were poured is what their bytes say. */
static void noted(struct store *s, const char *image)
{
	struct image_source source;

	succeeds(image_source_open(image, &source), "open the image");
	for (size_t i = 0; i < source.layer_count; i++) {
		struct layer_list was = { 0 }, is = { 0 };
		AUTO_TEXT struct text was_bytes = { 0 }, is_bytes = { 0 };
		AUTO_FREE char *ref = NULL;
		succeeds(store_ref_read(s, LAYER_LIST_REF, &source.layers[i].digest, &ref),
			 "look for the note");
		ok(ref != NULL);
		succeeds(layer_list_read(&source, i, s, &was), "take the note");
		succeeds(layer_list_read(&source, i, NULL, &is), "read the layer");
		layer_bytes_pack(&was, &was_bytes);
		layer_bytes_pack(&is, &is_bytes);
		ok(was_bytes.len == is_bytes.len && !memcmp(was_bytes.bytes, is_bytes.bytes, is_bytes.len));
		layer_list_done(&was);
		layer_list_done(&is);
	}
	image_source_close(&source);
}

static void pour_both(struct store *s, const char *program, struct image_layer layers[2])
{
	struct tree low = { 0 }, up = { 0 };
	struct layer_blob again = { 0 };

	lower(&low, program);
	upper(&up);
	layers[0].name = "base";
	layers[1].name = "apps";
	pour_noted(s, &low, &layers[0].blob);
	pour_noted(s, &up, &layers[1].blob);
	succeeds(image_pour(s, &low, &packs, EPOCH, NULL, &again), "pour it again");
	ok(digest_equal(&again.digest, &layers[0].blob.digest) &&
	   digest_equal(&again.diff_id, &layers[0].blob.diff_id));
	ok(store_has(s, &again.digest));
	ok(again.unpacked_bytes % 512 == 0 && again.unpacked_bytes > 3000000);
	tree_done(&low);
	tree_done(&up);
}

static void bad_trees(struct store *s, const char *work)
{
	AUTO_FREE char *path = mem_printf("%s/changing", work);
	struct tree t = { 0 };
	struct layer_blob blob;

	succeeds(file_write(path, "12345", 5, 0644), "a file of five bytes");
	struct entry *e = tree_add(&t, &(struct entry){ .path = "f",
							.kind = ENTRY_FILE,
							.size_bytes = 6,
							.content = { .kind = CONTENT_DISK, .path = path } });
	ok(says(image_pour(s, &t, NULL, EPOCH, NULL, &blob), ERR_BUILD, "has changed since it was listed"));
	e->content.path = work;
	ok(says(image_pour(s, &t, NULL, EPOCH, NULL, &blob), ERR_BUILD, "has changed since it was listed"));
	e->content.path = "/nonexistent/at all";
	ok(says(image_pour(s, &t, NULL, EPOCH, NULL, &blob), ERR_SYSTEM, "layer: /f: "));
	e->content = (struct content){ 0 };
	ok(says(image_pour(s, &t, NULL, EPOCH, NULL, &blob), ERR_BUILD, "internal: an entry of "));
	tree_add(&t, &(struct entry){ .path = "d/.wh.x", .kind = ENTRY_FILE });
	t.items[0].size_bytes = 0;
	ok(says(image_pour(s, &t, NULL, EPOCH, NULL, &blob), ERR_BUILD, ".wh."));
	tree_done(&t);
}

typedef struct err *writer(struct store *s, const struct image *im, const char *folder,
			   struct image_result *ret);

/* Written, then recognised, then written again after somebody touched it. */
static struct digest judge(writer *write, struct store *s, const struct image *im, const char *out,
			   const char *inside)
{
	struct image_result first = { 0 }, second = { 0 }, third = { 0 };

	succeeds(write(s, im, out, &first), "write");
	ok(!first.unchanged && first.size_bytes > 1000);
	succeeds(write(s, im, out, &second), "write what is there");
	ok(second.unchanged && second.size_bytes == first.size_bytes);
	AUTO_FREE char *touched = mem_printf("%s%s", first.path, inside);
	succeeds(file_write(touched, "{}", 2, 0644), "spoil it");
	succeeds(write(s, im, out, &third), "write again");
	ok(!third.unchanged && third.size_bytes == first.size_bytes);
	is(third.path, first.path);
	noted(s, third.path);
	ok(digest_equal(&third.manifest, &first.manifest) && digest_equal(&third.config, &first.config));
	AUTO_FREE char *part = mem_printf("%s.part", first.path);
	ok(access(part, F_OK) < 0);
	free(first.path);
	free(second.path);
	free(third.path);
	return first.manifest;
}

static void judge_layout(const char *out, const struct digest *manifest)
{
	AUTO_FREE char *path = mem_printf("%s/mkbench-sample-1.0.oci/index.json", out);
	json_t *j = json_load_file(path, 0, NULL),
	       *entry = json_array_get(json_object_get(j, "manifests"), 0);
	char hex[DIGEST_HEX];
	AUTO_FREE char *digest = mem_printf("sha256:%s", digest_hex(manifest, hex));

	is(json_string_value(json_object_get(entry, "digest")), digest);
	is(json_string_value(json_object_get(json_object_get(entry, "annotations"),
					     "org.opencontainers.image.ref.name")),
	   "1.0");
	json_decref(j);
}

static void not_utf8(struct store *s, const struct image *im, const char *out)
{
	static const char *const env[] = { "A=\xff", NULL };
	static const struct label labels[] = { { "a", "\xff" }, { NULL, NULL } };
	struct image_config c = *im->config;
	struct image bad = *im;
	struct image_result r;

	bad.config = &c;
	c.env = env;
	ok(says(image_write_oci(s, &bad, out, &r), ERR_BUILD, "not UTF-8"));
	c.env = im->config->env;
	c.labels = labels;
	ok(says(image_write_docker(s, &bad, out, &r), ERR_BUILD, "not UTF-8"));
}

static void all(const char *work, const char *out, const char *program)
{
	AUTO_FREE char *place = mem_printf("%s/store", work);
	struct image_config config;
	struct image_layer layers[2] = { 0 };
	static const struct image_referrer documents[] = { { "application/spdx+json", "sample.spdx.json",
							     "{\"spdxVersion\":\"SPDX-2.3\"}\n" } };
	struct image im = {
		.config = &config,
		.layers = layers,
		.layer_count = 2,
		.referrers = documents,
		.referrer_count = COUNT(documents),
	};
	struct store *s = NULL;

	describe(&config);
	succeeds(store_open(place, &s), "open a store");
	if (!s)
		return;
	pour_both(s, program, layers);
	bad_trees(s, work);
	struct digest a = judge(image_write_oci, s, &im, out, "/index.json");
	struct digest b = judge(image_write_docker, s, &im, out, "");
	ok(digest_equal(&a, &b));
	judge_layout(out, &a);
	not_utf8(s, &im, out);
	store_close(s);
}

int main(int argc, char **argv)
{
	char work[] = "/tmp/mkbench-image.XXXXXX";
	AUTO_FREE char *program = argc > 2 ? realpath(argv[2], NULL) : mem_dup("/proc/self/exe");
	char self[PATH_MAX] = "";

	if (!mkdtemp(work) || !program)
		return 1;
	if (argc <= 2 && !realpath(program, self))
		return 1;
	AUTO_FREE char *out = argc > 1 ? mem_dup(argv[1]) : mem_printf("%s/out", work);
	all(work, out, argc > 2 ? program : self);
	succeeds(file_remove_tree(work), "sweep");
	return t_done();
}
