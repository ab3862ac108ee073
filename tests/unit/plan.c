/* SPDX-License-Identifier: MIT */
#include "plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "t.h"

#define STANZA(name, fields)                                                                       \
	"Package: " name "\nVersion: 1\nArchitecture: amd64\nFilename: f\nSize: 1\nSHA256: " ZEROS \
	"\n" fields "\n"
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static const char helpers[] =
	STANZA("init-system-helpers", "Essential: yes\nDepends: usrmerge | usr-is-merged\n")
		STANZA("usrmerge", "Provides: usr-is-merged\nDepends: perl\n") STANZA("perl", "")
			STANZA("nginx", "") STANZA("grub", "Depends: perl\n");
static const char newer[] = STANZA("usr-is-merged", "");

/* "LAYER:NAME<BECAUSE" of every package, by name. */
static char *choose(const char *packages, const struct plan_root *roots, size_t count)
{
	static const char *const archives[] = { "suite" };
	struct index *ix = index_new("amd64");
	struct lock l = { 0 };
	char *line = mem_dup("");

	struct err *e = index_add(ix, packages, strlen(packages), 0, 500);
	if (!e)
		e = index_seal(ix);
	if (!e)
		e = plan_choose(ix, roots, count, false, archives, &l);
	ok(!e);
	err_free(e);
	for (size_t i = 0; i < l.package_count; i++)
		line = mem_append(line, "%s%s:%s%s%s", i ? " " : "", lock_group_names[l.packages[i].group],
				  l.packages[i].name, l.packages[i].because ? "<" : "",
				  l.packages[i].because ? l.packages[i].because : "");
	lock_done(&l);
	index_free(ix);
	return line;
}

static void chosen(const char *packages, const struct plan_root *roots, size_t count, const char *want)
{
	AUTO_FREE char *got = choose(packages, roots, count);

	is(got, want);
}

int main(void)
{
	const struct plan_root roots[] = { { "nginx", GROUP_SERVICES }, { "grub", GROUP_BOOT } };
	const struct plan_root asked[] = { { "usrmerge", GROUP_BASE } };
	AUTO_FREE char *both = mem_printf("%s%s", helpers, newer);

	/* a root is merged from its first file on: nothing has to merge it */
	chosen(both, roots, 1, "base:init-system-helpers services:nginx base:usr-is-merged");
	chosen(helpers, roots, 1,
	       "base:init-system-helpers services:nginx services:perl<usrmerge "
	       "services:usrmerge<init-system-helpers");
	/* ... unless somebody wants it to be */
	chosen(both, asked, 1, "base:init-system-helpers base:perl<usrmerge base:usrmerge");
	/* a disk adds to the image and changes nothing of it */
	chosen(both, roots, 2,
	       "boot:grub base:init-system-helpers services:nginx boot:perl<grub base:usr-is-merged");
	return t_done();
}
