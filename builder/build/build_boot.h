/* SPDX-License-Identifier: MIT */
/* The files a disk boots with, made from its merged tree: the kernel, the initrd
 * (services/guest/disk/initrd.h) with the modules that find a disk, and GRUB's two boot loaders. */
#pragma once
#include "build/build_context.h"
#include "image/content.h"
#include "layer/layer.h"

struct build_boot {
	void *kernel, *mbr, *core, *efi; /* GRUB's boot.img, core.img for BIOS, BOOTX64.EFI */
	size_t kernel_bytes, core_bytes, efi_bytes;
	char *initrd;
	size_t initrd_bytes;
	char *release; /* "6.1.0-50-cloud-amd64" */
};

/* tree: the disk's root. grub: what build_boot_loaders made. ERR_BUILD if the tree has no kernel. */
struct err *build_boot(const struct tree *tree, const struct tree *grub, struct content_source *contents,
		       struct build_boot *ret) MUST_CHECK;
void build_boot_done(struct build_boot *b);

/* Runs GRUB's image maker over a root that holds its packages, unpacked. The loaders are the same for every
 * disk: they find the rest on the second partition of the disk they started from. */
struct err *build_boot_loaders(struct build_context *j, const struct digest *root_key,
			       struct layer_root *root, struct layer_delta *ret) MUST_CHECK;
/* grub.cfg, which the loaders read next. */
char *build_boot_menu(const char *title, const struct digest *root_hash, const char *data_id);
