/* SPDX-License-Identifier: MIT */
#include "disk/erofs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "disk/erofs_node.h"

static uint64_t up(uint64_t n, uint64_t unit)
{
	return (n + unit - 1) / unit * unit;
}

static struct erofs_node *node_at(const struct erofs *fs, const char *path)
{
	const struct entry *e = tree_find(fs->tree, path);

	return e ? fs->of[e - fs->tree->items] : NULL;
}

static struct erofs_node *parent_of(const struct erofs *fs, const char *path)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *folder = mem_ndup(path, slash ? (size_t)(slash - path) : 0);

	return *folder ? node_at(fs, folder) : &fs->nodes[0];
}

static struct err *check(const struct entry *e, const struct erofs_node *parent, const char *name)
{
	if (!parent || parent->entry->kind != ENTRY_FOLDER)
		return err_new(ERR_BUILD, "/%s lies in no folder of the tree", e->path);
	if (strlen(name) > 255)
		return err_new(ERR_BUILD, "/%s: a name of more than 255 bytes", e->path);
	if (e->kind == ENTRY_WHITEOUT || e->kind == ENTRY_OPAQUE)
		return err_new(ERR_BUILD, "/%s hides a lower layer: merge the layers first", e->path);
	return NULL;
}

/* One node for each file, one child for each name: a hard link is a second name of its file's node. */
static struct err *gather(struct erofs *fs)
{
	static const struct entry root = { .path = "", .kind = ENTRY_FOLDER, .mode = 0755 };
	const struct tree *t = fs->tree;

	fs->nodes[fs->count++] = (struct erofs_node){ .entry = &root, .links = 2 };
	for (size_t i = 0; i < t->count; i++) {
		const struct entry *e = &t->items[i];
		if (!*e->path) {
			fs->nodes[0].entry = e;
			fs->of[i] = &fs->nodes[0];
			continue;
		}
		const char *slash = strrchr(e->path, '/'), *name = slash ? slash + 1 : e->path;
		struct erofs_node *parent = parent_of(fs, e->path);
		TRY(check(e, parent, name));
		struct erofs_node *node =
			e->kind == ENTRY_HARDLINK ? node_at(fs, e->link) : &fs->nodes[fs->count++];
		if (!node)
			return err_new(ERR_BUILD, "/%s is a hard link to /%s, which is not there", e->path,
				       e->link);
		if (e->kind != ENTRY_HARDLINK)
			*node = (struct erofs_node){ .entry = e,
						     .links = e->kind == ENTRY_FOLDER ? 2 : 0,
						     .parent = parent };
		fs->of[i] = node;
		if (e->kind == ENTRY_FOLDER)
			parent->links++;
		else
			node->links++;
		VEC_PUSH(&parent->children, (struct erofs_child){ name, node });
	}
	return NULL;
}

static uint64_t data_size(const struct erofs_node *n)
{
	switch (n->entry->kind) {
	case ENTRY_FOLDER: return erofs_folder_size(n);
	case ENTRY_SYMLINK: return strlen(n->entry->link);
	case ENTRY_FILE: return n->entry->size_bytes;
	default: return 0;
	}
}

/* Inodes begin right after the superblock, in 32-byte slots; an inode and its tail share a block. Everything
 * else goes to whole blocks behind all inodes. */
static void place(struct erofs *fs)
{
	uint64_t at = EROFS_FIRST_INODE, block;

	for (size_t i = 0; i < fs->count; i++) {
		struct erofs_node *n = &fs->nodes[i];
		n->size = data_size(n);
		n->tail = (uint32_t)(n->size % EROFS_BLOCK);
		if (n->tail > EROFS_BLOCK - EROFS_INODE)
			n->tail = 0;
		if (at % EROFS_BLOCK + EROFS_INODE + n->tail > EROFS_BLOCK)
			at = up(at, EROFS_BLOCK);
		n->at = at;
		at = up(at + EROFS_INODE + n->tail, EROFS_SLOT);
	}
	fs->meta_bytes = up(at, EROFS_BLOCK);
	block = fs->meta_bytes / EROFS_BLOCK;
	for (size_t i = 0; i < fs->count; i++) {
		struct erofs_node *n = &fs->nodes[i];
		n->block = block;
		block += up(n->size - n->tail, EROFS_BLOCK) / EROFS_BLOCK;
	}
	fs->blocks = block;
}

struct err *erofs_plan(const struct tree *t, const uint8_t uuid[static 16], int64_t epoch, struct erofs **ret)
{
	struct erofs *fs = mem_new(sizeof *fs);

	fs->tree = t;
	fs->epoch = epoch;
	memcpy(fs->uuid, uuid, 16);
	fs->nodes = mem_array(t->count + 1, sizeof *fs->nodes);
	fs->of = mem_array(t->count, sizeof *fs->of);
	struct err *e = gather(fs);
	if (!e) {
		place(fs);
		if (fs->blocks > UINT32_MAX)
			e = err_new(ERR_BUILD, "the tree is larger than an EROFS of 4 KiB blocks can be");
	}
	if (e)
		erofs_free(fs);
	else
		*ret = fs;
	return e;
}

uint64_t erofs_size(const struct erofs *fs)
{
	return fs->blocks * EROFS_BLOCK;
}

void erofs_free(struct erofs *fs)
{
	for (size_t i = 0; i < fs->count; i++)
		free(fs->nodes[i].children.items);
	free(fs->nodes);
	free(fs->of);
	free(fs);
}
