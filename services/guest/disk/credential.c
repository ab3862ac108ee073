/* SPDX-License-Identifier: MIT */
#include "disk/credential.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

const char *const credential_folders[2] = { CREDENTIAL_SEED, CREDENTIAL_SYSTEM };

static char *read_one(const char *folder, const char *name)
{
	AUTO_FREE char *path = mem_printf("%s/%s", folder, name);
	char *bytes = NULL;
	size_t len = 0;

	err_free(file_read(path, CREDENTIAL_LIMIT, &bytes, &len)); /* most credentials are not given */
	if (bytes && len && bytes[len - 1] == '\n')
		bytes[len - 1] = '\0';
	return bytes;
}

char *credential_text(const char *name)
{
	char *value = NULL;

	for (size_t i = COUNT(credential_folders); !value && i--;)
		value = read_one(credential_folders[i], name);
	return value;
}

char *credential_all(const char *name)
{
	struct text all = { 0 };

	for (size_t i = 0; i < COUNT(credential_folders); i++) {
		AUTO_FREE char *value = read_one(credential_folders[i], name);
		if (value && *value)
			text_printf(&all, "%s\n", value);
	}
	return all.len ? text_take(&all) : NULL;
}
