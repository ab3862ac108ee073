/* SPDX-License-Identifier: MIT */
#include "build/build_boot.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "disk/cpio.h"

#define LIMIT (256u << 20)
#define FOLDER "boot/mkbench"

/* The modules for anything a disk may be attached to, for the root's file system, and for a NoCloud seed. A
 * kernel may have one of them built in, or not at all; the others are loaded with all their dependencies.
 * Dependencies under other names (modules.softdep) are listed first, because no program in the initrd answers
 * the kernel's requests for them. */
static const char *const wanted[] = {
	"crc32c_generic", "crc32c-intel", "sha256_generic", "sha256-ssse3", "virtio_pci",
	"virtio_mmio",	  "virtio_blk",	  "virtio_scsi",    "nvme",	    "ahci",
	"ata_piix",	  "sd_mod",	  "mptspi",	    "vmw_pvscsi",   "hv_storvsc",
	"xen-blkfront",	  "mmc_block",	  "usb-storage",    "uas",	    "xhci-pci",
	"ehci-pci",	  "dm-verity",	  "erofs",	    "overlay",	    "ext4",
	"qemu_fw_cfg",	  "dmi-sysfs",	  "sr_mod",	    "isofs",	    "vfat",
	"nls_cp437",	  "nls_ascii",	  "nls_iso8859-1",  "nls_utf8",
};

struct module {
	const struct entry *entry;
	void *bytes;
};

struct modules {
	const struct tree *tree;
	const char *folder; /* "usr/lib/modules/6.1.0-50-cloud-amd64" */
	char *dep;	    /* modules.dep: "kernel/fs/erofs/erofs.ko: kernel/lib/libcrc32c.ko …" */
	struct text list;
	struct {
		struct module *items;
		size_t count, room;
	} all; /* in the order of that list */
};

/* Whether a path in modules.dep is that module: its name before .ko, where '-' equals '_'. */
static bool is_module(const char *path, size_t len, const char *name)
{
	const char *end = path + len, *start = end;

	while (start > path && start[-1] != '/')
		start--;
	for (; *name && start < end; name++, start++)
		if (*start != *name && !(strchr("-_", *start) && strchr("-_", *name)))
			return false;
	return !*name && end - start >= 3 && !memcmp(start, ".ko", 3);
}

static struct err *put_module(struct modules *m, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	AUTO_FREE char *line = mem_printf("%s\n", name), *in_tree = mem_printf("%s/%s", m->folder, path);
	const char *there = m->list.bytes ? strstr(m->list.bytes, line) : NULL;

	if (there && (there == m->list.bytes || there[-1] == '\n'))
		return NULL;
	const struct entry *e = tree_find(m->tree, in_tree);
	if (!e)
		return err_new(ERR_BUILD, "modules.dep names /%s, which is not there", in_tree);
	VEC_PUSH(&m->all, (struct module){ e, NULL });
	text_put(&m->list, line);
	return NULL;
}

/* In depmod(8)'s order a module's last dependency must be loaded first. */
static struct err *put_line(struct modules *m, const char *line, size_t len)
{
	AUTO_FREE char *copy = mem_ndup(line, len);
	char *words[64], *rest = copy;
	size_t count = 0;

	for (char *word; count < COUNT(words) && (word = strsep(&rest, " "));)
		if (*word)
			words[count++] = word;
	if (!count)
		return NULL;
	words[0][strcspn(words[0], ":")] = '\0';
	while (count)
		TRY(put_module(m, words[--count]));
	return NULL;
}

static int by_offset(const void *a, const void *b)
{
	const struct content *x = &(*(const struct module *const *)a)->entry->content,
			     *y = &(*(const struct module *const *)b)->entry->content;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

/* The package is one compressed stream, so files are read in its order; any other order would decode it
 * again. */
static struct err *read_modules(struct modules *m, struct content_source *contents)
{
	AUTO_FREE struct module **order = mem_array(m->all.count, sizeof *order);

	for (size_t i = 0; i < m->all.count; i++)
		order[i] = &m->all.items[i];
	if (m->all.count)
		qsort(order, m->all.count, sizeof *order, by_offset);
	for (size_t i = 0; i < m->all.count; i++)
		TRY(content_all(contents, order[i]->entry, LIMIT, &order[i]->bytes));
	return NULL;
}

static void end_modules(struct modules *m)
{
	for (size_t i = 0; i < m->all.count; i++)
		free(m->all.items[i].bytes);
	free(m->all.items);
	text_done(&m->list);
}

static struct err *put_modules(struct modules *m, struct content_source *contents, struct cpio *cpio)
{
	for (size_t i = 0; i < COUNT(wanted); i++)
		for (const char *line = m->dep; *line; line += strcspn(line, "\n"), line += *line == '\n')
			if (is_module(line, strcspn(line, ":\n"), wanted[i]))
				TRY(put_line(m, line, strcspn(line, "\n")));
	TRY(read_modules(m, contents));
	for (size_t i = 0; i < m->all.count; i++) {
		const struct entry *e = m->all.items[i].entry;
		AUTO_FREE char *name = mem_printf("modules/%s", strrchr(e->path, '/') + 1);
		cpio_file(cpio, name, 0644, m->all.items[i].bytes, (size_t)e->size_bytes);
	}
	cpio_file(cpio, "modules/list", 0644, m->list.bytes ? m->list.bytes : "", m->list.len);
	return NULL;
}

static struct err *read_file(const struct tree *t, struct content_source *s, const char *path, void **ret,
			     size_t *ret_len)
{
	const struct entry *e = tree_find(t, path);

	if (!e)
		return err_new(ERR_BUILD, "a disk needs /%s, which is not there", path);
	*ret_len = (size_t)e->size_bytes;
	return content_all(s, e, LIMIT, ret);
}

static struct err *make_initrd(const struct tree *tree, struct content_source *s, struct build_boot *b)
{
	AUTO_FREE char *folder = mem_printf("usr/lib/modules/%s", b->release),
		       *dep_path = mem_printf("%s/modules.dep", folder);
	AUTO_FREE void *guest = NULL, *dep = NULL;
	struct cpio c = { 0 };
	size_t guest_bytes, len;

	TRY(read_file(tree, s, "usr/lib/mkbench/init", &guest, &guest_bytes));
	TRY(read_file(tree, s, dep_path, &dep, &len));
	cpio_file(&c, "initrd", 0755, guest, guest_bytes);
	cpio_folder(&c, "modules");
	struct modules m = { .tree = tree, .folder = folder, .dep = dep };
	struct err *e = put_modules(&m, s, &c);
	end_modules(&m);
	cpio_end(&c);
	b->initrd_bytes = c.bytes.len;
	b->initrd = text_take(&c.bytes);
	return e;
}

/* The only kernel of the tree. */
static struct err *find_kernel(const struct tree *t, struct content_source *s, struct build_boot *b)
{
	static const char head[] = "boot/vmlinuz-";

	for (size_t i = 0; i < t->count; i++)
		if (text_starts(t->items[i].path, head) && t->items[i].kind == ENTRY_FILE) {
			b->release = mem_dup(t->items[i].path + strlen(head));
			return read_file(t, s, t->items[i].path, &b->kernel, &b->kernel_bytes);
		}
	return err_new(ERR_BUILD, "disk.kernel: that package brings no kernel");
}

struct err *build_boot(const struct tree *tree, const struct tree *grub, struct content_source *contents,
		       struct build_boot *ret)
{
	size_t mbr_bytes;

	TRY(find_kernel(tree, contents, ret));
	TRY(make_initrd(tree, contents, ret));
	TRY(read_file(grub, contents, FOLDER "/boot.img", &ret->mbr, &mbr_bytes));
	TRY(read_file(grub, contents, FOLDER "/core.img", &ret->core, &ret->core_bytes));
	TRY(read_file(grub, contents, FOLDER "/bootx64.efi", &ret->efi, &ret->efi_bytes));
	return mbr_bytes == 512 ? NULL : err_new(ERR_BUILD, "GRUB's boot.img has %zu bytes", mbr_bytes);
}

void build_boot_done(struct build_boot *b)
{
	free(b->kernel);
	free(b->mbr);
	free(b->core);
	free(b->efi);
	free(b->initrd);
	free(b->release);
	*b = (struct build_boot){ 0 };
}

#define MODULES                                                                                            \
	"part_gpt", "fat", "normal", "configfile", "linux", "echo", "serial", "terminal", "test", "sleep", \
		"all_video"

/* GRUB's manual, "grub-mkimage": a prefix that begins with "(," is on the disk that the BIOS reports; one
 * without a device is on the disk from which the firmware loaded the image. */
struct err *build_boot_loaders(struct build_context *j, const struct digest *root_key,
			       struct layer_root *root, struct layer_delta *ret)
{
	/* clang-format off */
	static const char *const bios[] = {
		"/usr/bin/grub-mkimage", "-O", "i386-pc", "-o", "/" FOLDER "/core.img", "-p", "(,gpt2)/grub",
		"biosdisk", MODULES, NULL,
	};
	static const char *const uefi[] = {
		"/usr/bin/grub-mkimage", "-O", "x86_64-efi", "-o", "/" FOLDER "/bootx64.efi", "-p", "/grub",
		MODULES, NULL,
	};
	/* clang-format on */
	static const char *const copy[] = { "/bin/cp", "/usr/lib/grub/i386-pc/boot.img",
					    "/" FOLDER "/boot.img", NULL };
	const struct service_step steps[] = {
		{ .name = "GRUB for BIOS", .as_root = true, .argv = bios },
		{ .name = "GRUB for UEFI", .as_root = true, .argv = uefi },
		{ .name = "GRUB's first sector", .as_root = true, .argv = copy },
	};
	struct digest_run *run = digest_start();
	struct tree seed = { 0 };

	for (size_t i = 0; i < COUNT(steps); i++)
		for (const char *const *word = steps[i].argv; *word; word++)
			digest_feed_word(run, *word);
	tree_add(&seed, &(struct entry){
				.path = FOLDER, .kind = ENTRY_FOLDER, .mode = 0755, .mtime = j->lock.epoch });
	tree_add_parents(&seed, NULL, j->lock.epoch);
	struct layer_steps request = {
		.store = j->store,
		.key = digest_finish(run),
		.root_key = *root_key,
		.seed = &seed,
		.steps = steps,
		.step_count = COUNT(steps),
		.epoch = j->lock.epoch,
	};
	struct err *e = layer_steps(&request, root, ret);
	tree_done(&seed);
	return e;
}

/* systemd reads roothash= (systemd-veritysetup-generator(8)). systemd.verity=no, because the root is set up
 * before systemd starts. */
char *build_boot_menu(const char *title, const struct digest *root_hash, const char *data_id)
{
	char hex[DIGEST_HEX];

	return mem_printf(
		"set timeout=1\nset default=0\nif serial --unit=0 --speed=115200; then\n"
		"  terminal_input console serial\n  terminal_output console serial\nfi\n"
		"menuentry \"%s\" {\n"
		"  linux /mkbench/a/vmlinuz rdinit=/initrd roothash=%s systemd.verity=no "
		"mkbench.data=PARTUUID=%s gpt panic=30 console=tty0 console=ttyS0,115200n8 quiet loglevel=4\n"
		"  initrd /mkbench/a/initrd\n}\n",
		title, digest_hex(root_hash, hex), data_id);
}
