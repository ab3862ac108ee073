/* SPDX-License-Identifier: MIT */
/* The field table of base. */
#include "recipe/pattern.h"
#include "recipe/section_fields.h"

static const struct field archive_fields[] = {
	{ "url", FIELD_TEXT, .required = true, .offset = offsetof(struct archive, url),
	  .pattern = &pattern_mirror, .help = "where the archive is, without dists/" },
	{ "suite", FIELD_TEXT, .required = true, .offset = offsetof(struct archive, suite),
	  .pattern = &pattern_archive_suite,
	  .help = "its suite, the folder below dists/; one that ends in / is a flat archive, which has no "
		  "components" },
	{ "components", FIELD_LIST, .offset = offsetof(struct archive, components), .min = 1, .max = 16,
	  .pattern = &pattern_component, .fallback = "[main]", .help = "its components" },
	{ "key", FIELD_TEXT, .required = true, .offset = offsetof(struct archive, key),
	  .pattern = &pattern_path, .help = "the keyring that its signature is checked with" },
	END,
};

const struct field base_fields[] = {
	{ "suite", FIELD_TEXT, .required = true, .offset = offsetof(struct base, suite),
	  .pattern = &pattern_suite, .help = "the Debian release, such as bookworm or trixie" },
	{ "architecture", FIELD_TEXT, .offset = offsetof(struct base, architecture),
	  .choices = WORDS("amd64", "arm64"),
	  .help = "the image's architecture: for now that of the building machine, which is taken when "
		  "absent" },
	{ "mirrors", FIELD_LIST, .offset = offsetof(struct base, mirrors), .max = 16,
	  .pattern = &pattern_mirror,
	  .help = "Debian mirrors, tried in this order; those of the machine's own apt configuration when "
		  "absent" },
	{ "snapshot", FIELD_TEXT, .offset = offsetof(struct base, snapshot), .dates = true,
	  .pattern = &pattern_snapshot,
	  .help = "Debian as it was at the beginning of that day, or at that moment: mirrors then names one "
		  "that keeps all, as URL/20261101T000000Z; its lists may be past their Valid-Until" },
	{ "archives", FIELD_LIST, .offset = offsetof(struct base, archives), .max = 16,
	  .fields = archive_fields, .item_size = sizeof(struct archive),
	  .item_mark = offsetof(struct archive, at), .help = "apt archives beside Debian's own" },
	{ "key", FIELD_TEXT, .offset = offsetof(struct base, key), .pattern = &pattern_path,
	  .help = "the keyring for the mirrors, whoever names them; what apt of the machine trusts when "
		  "absent" },
	{ "packages", FIELD_LIST, .offset = offsetof(struct base, packages), .max = 1000,
	  .pattern = &pattern_package,
	  .help = "Debian packages to add to those that services and framework need" },
	{ "build_packages", FIELD_LIST, .offset = offsetof(struct base, build_packages), .max = 1000,
	  .pattern = &pattern_package,
	  .help = "Debian packages that are there while the apps are built and not in the image, such as a "
		  "compiler and headers" },
	{ "exclude", FIELD_LIST, .offset = offsetof(struct base, exclude), .max = 1000,
	  .pattern = &pattern_glob, .help = "paths left out of the image; * and ? match as in a shell" },
	{ "keep", FIELD_LIST, .offset = offsetof(struct base, keep), .max = 32, .pattern = &pattern_file,
	  .help = "what images leave out by themselves and this one shall have: all, or some of locale, "
		  "docs, man, charsets, python-tests, mariadb-tools" },
	{ "recommends", FIELD_BOOL, .offset = offsetof(struct base, recommends), .fallback = "false",
	  .help = "install what packages recommend, too" },
	{ "security", FIELD_BOOL, .offset = offsetof(struct base, security), .fallback = "true",
	  .help = "the suite's security updates, without which nothing is chosen; false: for mirrors that "
		  "have none" },
	{ "check_valid_until", FIELD_BOOL, .offset = offsetof(struct base, check_valid_until),
	  .fallback = "true",
	  .help = "refuse lists of packages that are past their Valid-Until; false: an old state is meant, "
		  "such as a snapshot mirror's" },
	END,
};
