/* SPDX-License-Identifier: MIT */
#include "debian/version.h"

#include "t.h"

/* Each line is below the next; words of one line are equal. */
static const char *const rising[][3] = {
	{ "~~", "0:~~" },
	{ "~~a" },
	{ "~" },
	{ "", "0", "0:0-0" },
	{ "0a" },
	{ "0+" },
	{ "1.0~rc1-1" },
	{ "1.0~rc1-1.1" },
	{ "1.0~rc2" },
	{ "1.0", "1.0-0", "1.00-00" },
	{ "1.0-1~bpo12+1" },
	{ "1.0-1", "01.0-001" },
	{ "1.0-1+b1" },
	{ "1.0-1.1" },
	{ "1.0-2" },
	{ "1.0-10" },
	{ "1.0a" },
	{ "1.0z" },
	{ "1.0+dfsg" },
	{ "1.0-1-1" }, /* the last dash begins the revision: upstream is "1.0-1" */
	{ "1.0.1" },
	{ "1.2" },
	{ "1.10" },
	{ "1.99999999999999999999999999" },
	{ "1.100000000000000000000000000" },
	{ "2A" },
	{ "2Z" },
	{ "2a" },
	{ "2.3" },
	{ "1:0.1" },
	{ "1:1:2" }, /* the first colon ends the epoch */
	{ "2:0" },
	{ "10:0" },
};

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

int main(void)
{
	size_t n = sizeof rising / sizeof *rising;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			for (size_t k = 0; k < 9; k++) {
				const char *a = rising[i][k / 3], *b = rising[j][k % 3];
				if (!a || !b)
					continue;
				int want = i < j ? -1 : i > j, got = sign(version_compare(a, b));
				if (got != want)
					printf("# \"%s\" against \"%s\": %d, not %d\n", a, b, got, want);
				ok(got == want);
			}
	return t_done();
}
