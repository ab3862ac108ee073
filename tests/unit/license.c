/* SPDX-License-Identifier: MIT */
#include "sbom/license.h"

#include "base/mem.h"
#include "sbom/purl.h"
#include "t.h"

#define FORMAT "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"

static void debian(const char *text, const char *want)
{
	AUTO_FREE char *got = license_debian(text, strlen(text), "pkg");

	if (want)
		is(got, want);
	else
		ok(!got);
}

static void copyright_files(void)
{
	debian("This is free software, see the GPL.\n", NULL);
	debian("", NULL);
	debian(FORMAT, NULL);
	debian(FORMAT "\nFiles: *\nLicense: Expat\n", "MIT");
	debian(FORMAT "\nFiles: *\nLicense: GPL-2+\n text\n\nFiles: debian/*\nLicense: GPL-2+\n",
	       "GPL-2.0-or-later");
	debian(FORMAT "\nFiles: *\nLicense: LGPL-2.1\n\nFiles: b\nLicense: GPL-1+ or Artistic\n",
	       "(GPL-1.0-or-later OR Artistic-1.0) AND LGPL-2.1-only");
	debian(FORMAT "\nFiles: *\nLicense: GPL-2+ or Artistic, and BSD-3-clause\n",
	       "(GPL-2.0-or-later OR Artistic-1.0) AND BSD-3-Clause");
	debian(FORMAT "\nFiles: *\nLicense: GPL-3+ and ISC\n\nFiles: b\nLicense: ISC\n",
	       "GPL-3.0-or-later AND ISC");
	debian(FORMAT "\nFiles: *\nLicense: GPL-3+ with Bison exception\n",
	       "LicenseRef-pkg-GPL-3--with-Bison-exception");
	debian(FORMAT "\nFiles: *\nLicense:\n Permission to use, copy, modify, and distribute this software "
		      "for any purpose without fee is hereby granted, on some terms\n",
	       "LicenseRef-pkg-text");
	debian(FORMAT "\nLicense: GPL-2\n text of it\n", NULL); /* a paragraph that only has a text */
	debian(FORMAT "\nFiles: *\nLicense: GPL\n", "LicenseRef-pkg-GPL"); /* which version is not said */
	debian(FORMAT "\nFiles: *\nLicense: GPL-9\n", "LicenseRef-pkg-GPL-9");
}

static void words(void)
{
	static const char *const rows[][2] = {
		{ "MIT", "MIT" },
		{ "(MIT OR CC0-1.0)", "(MIT OR CC0-1.0)" },
		{ "MIT License", "MIT" },
		{ "Apache License 2.0", "Apache-2.0" },
		{ "MIT OR", "LicenseRef-p-MIT-OR" },
		{ "(MIT", "LicenseRef-p--MIT" },
		{ "MIT)(", "LicenseRef-p-MIT--" },
		{ "BSD", "LicenseRef-p-BSD" },
		{ "SEE LICENSE IN x", "LicenseRef-p-SEE-LICENSE-IN-x" },
		{ "", "LicenseRef-p-text" },
		{ "GPLv3", "GPL-3.0-only" },
		{ "GPL-2.0-or-later WITH Classpath-exception-2.0",
		  "GPL-2.0-or-later WITH Classpath-exception-2.0" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO_FREE char *got = license_word(rows[i][0], "p");
		is(got, rows[i][1]);
	}
}

static void references(void)
{
	const char *at = "(LicenseRef-a OR MIT) AND LicenseRef-b.c-d";
	size_t len;

	const char *first = license_next_ref(&at, &len);
	ok(first && len == strlen("LicenseRef-a") && !strncmp(first, "LicenseRef-a", len));
	const char *second = license_next_ref(&at, &len);
	ok(second && len == strlen("LicenseRef-b.c-d"));
	ok(!license_next_ref(&at, &len));
}

static void purls(void)
{
	const struct purl_qualifier q[] = {
		{ "arch", "amd64" }, { "distro", NULL }, { "upstream", "a@1+b" }, { NULL, NULL }
	};
	AUTO_FREE char *deb = purl_new("deb", "debian", "libstdc++6", "1:2.0~rc1+b1", q),
		       *npm = purl_new("npm", "@a", "b", "1.0", NULL);
	AUTO_FREE char *bare = purl_new("generic", NULL, "x", NULL, NULL),
		       *name = purl_python_name("Foo__bar.Baz");

	is(deb, "pkg:deb/debian/libstdc%2B%2B6@1:2.0~rc1%2Bb1?arch=amd64&upstream=a%401%2Bb");
	is(npm, "pkg:npm/%40a/b@1.0");
	is(bare, "pkg:generic/x");
	is(name, "foo-bar-baz");
}

int main(void)
{
	copyright_files();
	words();
	references();
	purls();
	return t_done();
}
