/* SPDX-License-Identifier: MIT */
/* An image file of any bytes; after a 'd' its index, manifest and configuration, apart by NUL, with digests
 * that are right where each has an '@' for that of the next. */
#include "image/oci_image.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void put(const char *folder, const char *name, const char *bytes, size_t len)
{
	AUTO_FREE char *path = mem_printf("%s/%s", folder, name);

	if (file_write(path, bytes, len, 0600))
		abort();
}

/* The document with the digest in the place of its '@'. */
static char *referring(const char *text, const char *to)
{
	const char *at = strchr(text, '@');

	return at ? mem_printf("%.*ssha256:%s%s", (int)(at - text), text, to, at + 1) : mem_dup(text);
}

static void put_blob(const char *folder, const char *text, char hex[static DIGEST_HEX])
{
	struct digest d = digest_of(text, strlen(text));
	AUTO_FREE char *name = mem_printf("blobs/sha256/%s", digest_hex(&d, hex));

	put(folder, name, text, strlen(text));
}

static void put_layout(const char *folder, const char *text, size_t len)
{
	AUTO_FREE char *index = mem_ndup(text, len), *blobs = mem_printf("%s/blobs/sha256", folder);
	size_t at = strlen(index) + 1;
	const char *manifest = at < len ? index + at : "", *config = manifest + strlen(manifest) + (at < len);
	char hex[DIGEST_HEX];

	if (config >= index + len)
		config = "";
	if (file_make_folder(blobs, 0755))
		abort();
	put_blob(folder, config, hex);
	AUTO_FREE char *second = referring(manifest, hex);
	put_blob(folder, second, hex);
	AUTO_FREE char *first = referring(index, hex);
	put(folder, "index.json", first, strlen(first));
}

static bool is_inside(const char *path)
{
	return *path == '/' && path[1] && !strstr(path, "/..");
}

static void look(const struct oci_image *b)
{
	AUTO_FREE char *config = NULL;

	if (!b->name || !b->tag || !b->entrypoint || (b->volume && !is_inside(b->volume)) ||
	    oci_image_read(b, &b->config, &config))
		abort();
	for (size_t i = 0; i < b->layer_count; i++) {
		AUTO_CLOSE int fd = -1;
		uint64_t offset, size;
		struct err *e = oci_image_blob(b, &b->layers[i], &fd, &offset, &size);
		if (!e && fcntl(fd, F_GETFD) < 0)
			abort();
		err_free(e);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO_FREE char *inside = folder_begin(), *file = mem_printf("%s/image.tar", inside);
	bool layout = len && *bytes == 'd';
	struct oci_image b = { .archive = -1 };

	if (layout)
		put_layout(inside, (const char *)bytes + 1, len - 1);
	else
		put(inside, "image.tar", (const char *)bytes, len);
	struct err *e = oci_image_open(layout ? inside : file, &b);
	if (!e)
		look(&b);
	err_free(e);
	oci_image_close(&b);
	folder_end();
	return 0;
}
