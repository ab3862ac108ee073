/* SPDX-License-Identifier: MIT */
#include "fetch/apt_choice.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

static bool has_main(const struct apt_entry *e)
{
	for (size_t i = 0; e->components[i]; i++)
		if (!strcmp(e->components[i], "main"))
			return true;
	return false;
}

bool apt_choice_is(const struct apt_entry *e, const char *base, const char *part)
{
	return text_starts(e->suite, base) && !strcmp(e->suite + strlen(base), part) && has_main(e);
}

const struct apt_entry *apt_choice_first(const struct apt *apt, const char *base, const char *part)
{
	for (size_t i = 0; i < apt->count; i++)
		if (apt->items[i].usable && apt_choice_is(&apt->items[i], base, part))
			return &apt->items[i];
	return NULL;
}

/* The code name of this machine's release; the caller's to free. */
static char *host_suite(void)
{
	static const char name[] = "\nVERSION_CODENAME=";
	AUTO_FREE char *text = NULL;
	size_t len;
	struct err *e = file_read("/etc/os-release", 1 << 16, &text, &len);
	const char *at = e ? NULL : strstr(text, name);

	err_free(e);
	return at ? mem_ndup(at + strlen(name), strcspn(at + strlen(name), "\n")) : mem_dup("stable");
}

char *apt_choice_base(const struct apt *apt, const char *suite)
{
	AUTO_FREE char *host = host_suite();
	const char *const names[] = { suite, host, "stable", "oldstable", "testing", "unstable" };

	for (size_t i = 0; i < COUNT(names); i++)
		if (apt_choice_first(apt, names[i], ""))
			return mem_dup(names[i]);
	return NULL;
}
