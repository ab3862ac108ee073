/* SPDX-License-Identifier: MIT */
/* The field table of an app. */
#include "recipe/pattern.h"
#include "recipe/section_fields.h"

/* clang-format off */
#define SOURCE_ROWS \
	{ "git", FIELD_TEXT, .offset = offsetof(struct app, git), .pattern = &pattern_git, .needs = "ref", \
	  .help = "its git repository, a server's or a folder; needs 'ref'" }, \
	{ "ref", FIELD_TEXT, .offset = offsetof(struct app, ref), .pattern = &pattern_ref, \
	  .help = "the branch, tag or whole commit to take; the lock file keeps the commit it meant" }, \
	{ "submodules", FIELD_BOOL, .offset = offsetof(struct app, submodules), .fallback = "true", \
	  .help = "take the submodules of the git repository, too, with theirs" }, \
	{ "lfs", FIELD_BOOL, .offset = offsetof(struct app, lfs), .fallback = "true", \
	  .help = "take the files that Git LFS keeps elsewhere, by the program git-lfs; " \
		  "false: its pointers are meant as they are" }, \
	{ "archive", FIELD_TEXT, .offset = offsetof(struct app, archive), .pattern = &pattern_url, \
	  .needs = "sha256", .help = "a source archive to download instead; needs 'sha256'" }, \
	{ "sha256", FIELD_TEXT, .offset = offsetof(struct app, sha256), .pattern = &pattern_sha256, \
	  .help = "the archive's SHA-256" }, \
	{ "path", FIELD_TEXT, .offset = offsetof(struct app, path), .pattern = &pattern_path, \
	  .help = "a folder of this machine instead, from the recipe's folder" }
/* clang-format on */

const struct field app_fields[] = {
	{ "name", FIELD_TEXT, .required = true, .offset = offsetof(struct app, name), .pattern = &pattern_app,
	  .help = "the app's Python package" },
	SOURCE_ROWS,
	{ "options", FIELD_PAIRS, .offset = offsetof(struct app, options), .max = 100,
	  .pattern = &pattern_option, .help = "what the framework's file lets an app choose" },
	END,
};

static const struct field runtime_archive_fields[] = {
	{ "name", FIELD_TEXT, .required = true, .offset = offsetof(struct app, name),
	  .choices = WORDS("python", "node"), .help = "what it is" },
	{ "archive", FIELD_TEXT, .offset = offsetof(struct app, archive), .pattern = &pattern_url,
	  .needs = "sha256", .help = "the archive to download; needs 'sha256'" },
	{ "sha256", FIELD_TEXT, .offset = offsetof(struct app, sha256), .pattern = &pattern_sha256,
	  .help = "the archive's SHA-256" },
	{ "path", FIELD_TEXT, .offset = offsetof(struct app, path), .pattern = &pattern_path,
	  .help = "a folder of this machine instead, or with 'sha256' an archive, from the recipe's folder" },
	END,
};

const struct field app_fields_runtime[] = {
	{ "python", FIELD_TEXT, .offset = offsetof(struct runtime, python), .pattern = &pattern_python,
	  .help = "the version of Python, such as \"3.10\"; the suite's own when absent" },
	{ "node", FIELD_TEXT, .offset = offsetof(struct runtime, node), .pattern = &pattern_node,
	  .help = "the version of Node, such as \"24\"; the suite's own when absent" },
	{ "archives", FIELD_LIST, .offset = offsetof(struct runtime, archives), .max = 2,
	  .fields = runtime_archive_fields, .item_size = sizeof(struct app),
	  .item_mark = offsetof(struct app, at),
	  .help = "builds of them that run from wherever they lie, for versions that no apt archive of the "
		  "recipe has" },
	END,
};

const struct field app_fields_override[] = {
	{ "name", FIELD_TEXT, .required = true, .offset = offsetof(struct app, name),
	  .pattern = &pattern_override, .help = "the package" },
	SOURCE_ROWS,
	END,
};
