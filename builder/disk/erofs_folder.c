/* SPDX-License-Identifier: MIT */
/* Fills the blocks of names of an EROFS folder. */
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "disk/erofs_node.h"

/* Iterates over a folder's names, with "." and ".." at their places in byte order. */
struct names {
	const struct erofs_node *folder;
	size_t next;   /* child */
	unsigned dots; /* how many of these two were returned */
};

static bool next_name(struct names *n, const char **ret_name, const struct erofs_node **ret_node)
{
	const char *dot = n->dots == 0 ? "." : "..";
	bool more = n->next < n->folder->children.count;

	if (n->dots < 2 && (!more || strcmp(dot, n->folder->children.items[n->next].name) < 0)) {
		*ret_name = dot;
		*ret_node = n->dots++ && n->folder->parent ? n->folder->parent : n->folder;
		return true;
	}
	if (!more)
		return false;
	*ret_name = n->folder->children.items[n->next].name;
	*ret_node = n->folder->children.items[n->next++].node;
	return true;
}

/* How many names from here on fill one block, and their size in bytes. */
static size_t fill_of_block(struct names n, size_t *ret_bytes)
{
	const struct erofs_node *node;
	const char *name;
	size_t count = 0, bytes = 0;

	while (next_name(&n, &name, &node)) {
		size_t more = EROFS_DIRENT + strlen(name);
		if (bytes + more > EROFS_BLOCK)
			break;
		bytes += more;
		count++;
	}
	*ret_bytes = bytes;
	return count;
}

static void skip(struct names *n, size_t count)
{
	const struct erofs_node *node;
	const char *name;

	while (count--)
		next_name(n, &name, &node);
}

uint64_t erofs_folder_size(const struct erofs_node *n)
{
	struct names names = { .folder = n };
	uint64_t size = 0;
	size_t bytes, count;

	while ((count = fill_of_block(names, &bytes))) {
		size = (size + EROFS_BLOCK - 1) / EROFS_BLOCK * EROFS_BLOCK + bytes;
		skip(&names, count);
	}
	return size;
}

static uint8_t type_of(const struct erofs_node *n)
{
	static const uint8_t types[] = {
		[ENTRY_FILE] = 1,  [ENTRY_FOLDER] = 2, [ENTRY_CHAR] = 3,
		[ENTRY_BLOCK] = 4, [ENTRY_FIFO] = 5,   [ENTRY_SYMLINK] = 7,
	};

	return types[n->entry->kind];
}

void erofs_folder_fill(const struct erofs_node *n, uint8_t *out)
{
	struct names names = { .folder = n };
	const struct erofs_node *node;
	const char *name;
	size_t bytes, count;

	while ((count = fill_of_block(names, &bytes))) {
		size_t at = count * EROFS_DIRENT;
		for (size_t i = 0; i < count; i++) {
			next_name(&names, &name, &node);
			uint8_t *entry = out + i * EROFS_DIRENT;
			bytes_put(entry, node->at / EROFS_SLOT, 8);
			bytes_put(entry + 8, at, 2);
			entry[10] = type_of(node);
			memcpy(out + at, name, strlen(name));
			at += strlen(name);
		}
		out += EROFS_BLOCK;
	}
}
