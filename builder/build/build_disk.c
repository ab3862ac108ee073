/* SPDX-License-Identifier: MIT */
#include "build/build_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/thread_pool.h"
#include "base/file.h"
#include "base/mem.h"
#include "build/build_boot.h"
#include "build/build_outputs.h"
#include "build/build_layer_blob.h"
#include "disk/disk.h"
#include "image/output_file.h"
#include "disk/qcow2.h"
#include "disk/vmdk.h"
#include "disk/zst.h"

#define FORMAT "disk 4" /* change it if the same inputs give another disk */

struct work {
	struct build_context *job;
	struct layer_package *packages;
	struct layer_request disk, boot; /* above the image's packages; GRUB's, above those */
	struct digest disk_key, boot_key, seed;
	struct layer_set *disk_set, *boot_set;
	struct layer_root root;
	struct layer_delta configured, loaders;
	struct tree configuration, whole; /* only for a disk; its whole root */
	const char *raw;		  /* the raw output, once it exists */
	/* the raw disk for the other formats, open: raw, or a temporary file without a name */
	int spare;
};

static size_t gather(const struct plan_layer *layer, struct layer_package *ret)
{
	for (size_t i = 0; i < layer->package_count; i++)
		ret[i] = (struct layer_package){ layer->packages[i]->sha256, 0 };
	return layer->package_count;
}

/* Derives all identities of the disk. */
static void name_disk(struct work *w, const char *build_id)
{
	struct digest_run *run = digest_start();
	struct digest own = tree_digest(&w->configuration), rules = build_layer_blob_rules(w->job);
	AUTO_FREE char *size = mem_printf("%ju", (uintmax_t)w->job->recipe.disk.size_bytes);

	digest_feed_word(run, FORMAT);
	digest_feed_word(run, build_id);
	digest_feed(run, w->disk_key.bytes, sizeof w->disk_key.bytes);
	digest_feed(run, w->boot_key.bytes, sizeof w->boot_key.bytes);
	digest_feed(run, own.bytes, sizeof own.bytes);
	digest_feed(run, rules.bytes, sizeof rules.bytes);
	digest_feed_word(run, size);
	w->seed = digest_finish(run);
}

static struct err *plan(struct work *w, const struct build_layers *layers)
{
	static const char *const programs[] = { "boot", "console", "agent" };
	struct digest image_key;
	const struct layer_request *image = build_layers_request(layers, &image_key);
	const struct plan_layer *wanted = w->job->plan.layers;

	w->packages = mem_array(2 * w->job->lock.package_count, sizeof *w->packages);
	w->disk = w->boot = *image;
	w->disk.group_count = w->boot.group_count = 1;
	w->disk.packages = w->packages;
	w->disk.package_count = gather(&wanted[GROUP_DISK], w->packages);
	w->boot.packages = w->packages + w->disk.package_count;
	w->boot.package_count = gather(&wanted[GROUP_BOOT], w->packages + w->disk.package_count);
	w->disk_key = layer_key(&w->disk, &image_key);
	w->boot_key = layer_key(&w->boot, &w->disk_key);
	TRY(service_render_disk(w->job->services, &w->configuration));
	for (size_t i = 0; i < COUNT(programs); i++) {
		AUTO_FREE char *path = mem_printf("usr/lib/mkbench/%s", programs[i]);
		tree_add(
			&w->configuration,
			&(struct entry){ .path = path, .kind = ENTRY_SYMLINK, .mode = 0777, .link = "init" });
	}
	tree_sort(&w->configuration);
	tree_date(&w->configuration);
	name_disk(w, layers->build_id);
	return NULL;
}

/* Audits what a disk has in addition to the image. */
static struct err *audit(struct work *w)
{
	struct digest packages = build_layer_blob_key("disk packages", &w->disk_key, ""),
		      changed = build_layer_blob_key("disk configured", &w->disk_key, "");
	struct digest own = tree_digest(&w->configuration);

	TRY(build_layer_blob_audit(w->job, &packages, layer_group(w->disk_set, 0), "disk packages"));
	TRY(build_layer_blob_audit(w->job, &changed, &w->configured.tree, "disk configured"));
	return build_layer_blob_audit(w->job, &own, &w->configuration, "disk configuration");
}

static struct err *configure(struct work *w, const struct layer_set *image)
{
	struct progress *p = w->job->progress;

	progress_stage(p, "disk", w->disk.package_count, "packages");
	TRY(layer_unpack(image, &w->root));
	TRY(layer_configure(image, &w->root, NULL));
	TRY(layer_open(&w->disk, image, &w->disk_set));
	TRY(layer_unpack(w->disk_set, &w->root));
	TRY(layer_configure(w->disk_set, &w->root, &w->configured));
	TRY(audit(w));
	/* GRUB's packages are never configured: only one of their programs is run. */
	TRY(layer_open(&w->boot, w->disk_set, &w->boot_set));
	TRY(layer_unpack(w->boot_set, &w->root));
	TRY(build_boot_loaders(w->job, &w->boot_key, &w->root, &w->loaders));
	progress_done(p, w->configured.cached ? "cached" : NULL);
	return NULL;
}

static struct err *make_tree(struct work *w, struct build_layers *layers)
{
	const struct layer_set *image;
	struct tree whole = { 0 };

	TRY(build_layers_open(layers, &image, &whole));
	struct err *e = configure(w, image);
	if (!e) {
		const struct tree *all[] = { &whole, layer_whole(w->disk_set), &w->configured.tree,
					     &w->configuration };
		tree_add_parents(&w->configuration, NULL, TREE_TIME);
		tree_merge(all, COUNT(all), &w->whole);
	}
	tree_done(&whole);
	return e;
}

/* The readers for a tree's files, one set for each thread. */
struct source {
	struct layer_reader *packs;
	struct content_reader by_pack, any;
	struct content_source files;
};

static void source_begin(struct source *s, const struct store *store)
{
	s->packs = layer_reader(store);
	s->by_pack = (struct content_reader){ s->packs, layer_read };
	s->any = (struct content_reader){ &s->files, content_read };
	content_begin(&s->files, &s->by_pack);
}

static void source_end(struct source *s)
{
	content_end(&s->files);
	layer_reader_done(s->packs);
}

static struct err *write_disk(struct work *w, struct build_boot *b, const struct content_reader *readers,
			      unsigned count, int fd)
{
	const struct recipe *r = &w->job->recipe;
	struct disk_image d = {
		.root = &w->whole,
		.readers = readers,
		.reader_count = count,
		.boot = b->mbr,
		.core = b->core,
		.core_bytes = b->core_bytes,
		.epoch = w->job->lock.epoch,
		.size_bytes = r->disk.size_bytes >> 20 << 20,
	};
	struct digest root_hash;

	memcpy(d.seed, w->seed.bytes, sizeof d.seed);
	TRY(disk_write(&d, fd, &root_hash));
	AUTO_FREE char *title = mem_printf("%s %s", r->name, r->version),
		       *data_id = disk_partition_id(d.seed, "data");
	AUTO_FREE char *menu = build_boot_menu(title, &root_hash, data_id);
	const struct fat_file esp[] = {
		{ "EFI/BOOT/BOOTX64.EFI", b->efi, b->efi_bytes },
		{ "grub/grub.cfg", menu, strlen(menu) },
		{ "mkbench/a/vmlinuz", b->kernel, b->kernel_bytes },
		{ "mkbench/a/initrd", b->initrd, b->initrd_bytes },
	};
	return disk_write_esp(&d, fd, esp, COUNT(esp));
}

static struct err *write_raw(struct work *w, int fd)
{
	struct source sources[THREAD_POOL_MOST];
	struct content_reader readers[THREAD_POOL_MOST];
	struct build_boot boot = { 0 };
	unsigned count = thread_pool_size();

	for (unsigned i = 0; i < count; i++) {
		source_begin(&sources[i], w->job->store);
		readers[i] = sources[i].any;
	}
	struct err *e = build_boot(&w->whole, &w->loaders.tree, &sources[0].files, &boot);
	if (!e)
		e = write_disk(w, &boot, readers, count, fd);
	build_boot_done(&boot);
	for (unsigned i = 0; i < count; i++)
		source_end(&sources[i]);
	return e;
}

static int create(const char *path)
{
	return open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

/* Opens the raw disk from which the other formats are made. */
static struct err *open_raw(struct work *w, const char *beside, int *ret)
{
	AUTO_FREE char *path = mem_printf("%s.raw", beside);

	*ret = w->raw ? open(w->raw, O_RDONLY | O_CLOEXEC) : create(path);
	if (*ret < 0)
		return err_errno(errno, "open %s", w->raw ? w->raw : path);
	if (w->raw)
		return NULL;
	unlink(path);
	return write_raw(w, *ret);
}

/* Writers from a raw disk to fd. The raw disk itself is written first, separately. */
static struct err *(*const writers[OUTPUT_COUNT])(int raw, int fd) = {
	[OUTPUT_QCOW2] = qcow2_write,
	[OUTPUT_VMDK] = vmdk_write,
	[OUTPUT_RAW_ZST] = zst_write,
};

static struct err *write_part(struct work *w, int output, const char *path)
{
	AUTO_CLOSE int fd = create(path);

	if (fd < 0)
		return err_errno(errno, "write %s", path);
	if (output == OUTPUT_RAW)
		return write_raw(w, fd);
	if (w->spare < 0)
		TRY(open_raw(w, path, &w->spare));
	return writers[output](w->spare, fd);
}

static struct err *write_output(struct work *w, struct build_layers *layers, int output,
				const struct output_file *p, struct image_result *ret)
{
	struct stat st;

	ret->unchanged = output_file_same(w->job->store, p->path, &w->seed);
	if (!ret->unchanged) {
		if (!w->whole.count)
			TRY(make_tree(w, layers));
		progress_stage(w->job->progress, output_words[output], 0, "bytes");
		TRY_AS(write_part(w, output, p->part), "%s", p->path);
		TRY(output_file_commit(p));
		TRY(output_file_note(w->job->store, p->path, &w->seed, false));
		progress_done(w->job->progress, NULL);
	}
	if (stat(p->path, &st) < 0)
		return err_errno(errno, "%s", p->path);
	ret->size_bytes = (uint64_t)st.st_blocks * 512;
	ret->manifest = ret->config = w->seed;
	ret->path = mem_dup(p->path);
	return NULL;
}

static struct err *place_output(struct work *w, struct build_layers *layers, int output, const char *folder,
				struct image_result *ret)
{
	const struct image_config config = { .name = w->job->recipe.name, .tag = w->job->recipe.version };
	struct output_file p;

	TRY(output_file_begin(w->job->store, &config, folder, output_rows[output].suffix, &p));
	struct err *e = write_output(w, layers, output, &p, ret);
	output_file_done(&p);
	return e;
}

/* Writes the raw disk first, in any order of the recipe: the others are made from it. */
static struct err *write_all(struct work *w, struct build_layers *layers, const char *folder,
			     struct image_result *results)
{
	const int *outputs = w->job->recipe.outputs.items;

	for (int raw = 1; raw >= 0; raw--)
		for (size_t i = 0; i < w->job->recipe.outputs.count; i++) {
			if (!output_rows[outputs[i]].is_disk || (outputs[i] == OUTPUT_RAW) != raw)
				continue;
			TRY(place_output(w, layers, outputs[i], folder, &results[i]));
			w->raw = raw ? results[i].path : w->raw;
		}
	return NULL;
}

static void end(struct work *w)
{
	file_closep(&w->spare);
	tree_done(&w->whole);
	tree_done(&w->configuration);
	layer_delta_done(&w->loaders);
	layer_delta_done(&w->configured);
	layer_root_done(&w->root);
	layer_close(w->boot_set);
	layer_close(w->disk_set);
	free(w->packages);
}

struct err *build_disk(struct build_context *j, struct build_layers *layers, const char *folder,
		       struct image_result *results)
{
	struct work w = { .job = j, .spare = -1 };
	struct err *e = plan(&w, layers);

	if (!e)
		e = write_all(&w, layers, folder, results);
	end(&w);
	return e;
}
