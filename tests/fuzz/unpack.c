/* SPDX-License-Identifier: MIT */
/* A layer of any bytes over another one: unpacked or refused, and nothing outside its folder is touched. */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "folder.h"
#include "engine/unpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO_CLOSE int fd = memfd_create("layer", MFD_CLOEXEC);
	AUTO_FREE char *inside = folder_begin();
	/* The same layer twice: what the first puts there is in the second one's way. */
	struct digest d = digest_of(bytes, len), layers[] = { d, d };
	struct oci_image_member member = { d, 0, len };
	struct oci_image b = {
		.path = "image",
		.archive = fd,
		.members = &member,
		.member_count = 1,
		.layers = layers,
		.layer_count = 2,
		.layer_bytes = 2 * len,
	};

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		abort();
	err_free(unpack_layers(&b, inside, NULL));
	folder_end();
	return 0;
}
