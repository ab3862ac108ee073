/* SPDX-License-Identifier: MIT */
/* The only layer of an image, of any bytes; after a 'd' a remembered list of one. */
#include "report/layer_list.h"

#include <stdint.h>
#include <string.h>

#include "folder.h"
#include "report/contents.h"
#include "report/inspect.h"
#include "report/layer_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void put_blob(const char *folder, const void *bytes, size_t len, char hex[static DIGEST_HEX])
{
	struct digest d = digest_of(bytes, len);
	AUTO_FREE char *path = mem_printf("%s/blobs/sha256/%s", folder, digest_hex(&d, hex));

	if (file_write(path, bytes, len, 0600))
		abort();
}

static void put_image(const char *folder, const void *layer, size_t len)
{
	AUTO_FREE char *blobs = mem_printf("%s/blobs/sha256", folder),
		       *index = mem_printf("%s/index.json", folder);
	char hex[DIGEST_HEX], config[DIGEST_HEX];

	if (file_make_folder(blobs, 0755))
		abort();
	put_blob(folder, layer, len, hex);
	put_blob(folder, "{}", 2, config);
	AUTO_FREE char *manifest =
		mem_printf("{\"config\":{\"digest\":\"sha256:%s\"},\"layers\":[{\"digest\":\"sha256:%s\"}]}",
			   config, hex);
	put_blob(folder, manifest, strlen(manifest), hex);
	AUTO_FREE char *text = mem_printf("{\"manifests\":[{\"digest\":\"sha256:%s\"}]}", hex);
	if (file_write(index, text, strlen(text), 0600))
		abort();
}

static void look(const char *folder)
{
	AUTO_CONTENTS struct contents c = { 0 };
	AUTO_TEXT struct text out = { 0 };
	struct err *e = contents_open(folder, NULL, &c);

	if (!e) {
		inspect_print(&c, &out);
		inspect_print_json(&c, NULL, &out);
		for (size_t i = 0; i < out.len; i++)
			if ((unsigned char)out.bytes[i] < ' ' && out.bytes[i] != '\n')
				abort();
	}
	err_free(e);
}

/* What was unpacked is packed to the same list. */
static void unpack(const void *bytes, size_t len)
{
	AUTO_TEXT struct text once = { 0 };
	struct layer_list l = { 0 };
	struct err *e = layer_bytes_unpack(bytes, len, &l);

	if (!e) {
		layer_bytes_pack(&l, &once);
		if (once.len > len)
			abort();
	}
	err_free(e);
	layer_list_done(&l);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len && *bytes == 'd') {
		unpack(bytes + 1, len - 1);
		return 0;
	}
	AUTO_FREE char *inside = folder_begin();
	put_image(inside, bytes, len);
	look(inside);
	folder_end();
	return 0;
}
