/* SPDX-License-Identifier: MIT */
/* Patterns for the texts in a recipe, one row for each kind, used by the field tables. */
#pragma once
#include "schema/schema.h"

extern const struct pattern pattern_name;      /* of an image */
extern const struct pattern pattern_version;   /* of an image: a tag */
extern const struct pattern pattern_file;      /* stem of a file of ours */
extern const struct pattern pattern_framework; /* the same, or a path to a file of the user's */
extern const struct pattern pattern_suite;     /* of Debian */
extern const struct pattern pattern_snapshot;  /* a day, or a timestamp as a snapshot mirror writes it */
/* for an additional archive: "stable", "a/b/7.0", flat "./" */
extern const struct pattern pattern_archive_suite;
extern const struct pattern pattern_python, pattern_node; /* their versions */
extern const struct pattern pattern_component, pattern_package, pattern_glob;
extern const struct pattern pattern_mirror, pattern_url, pattern_git, pattern_ref, pattern_sha256;
extern const struct pattern pattern_file_path; /* in the image */
extern const struct pattern pattern_path;      /* relative below the recipe's folder, or absolute */
extern const struct pattern pattern_override, pattern_app, pattern_site, pattern_host, pattern_unknown_host;
extern const struct pattern pattern_network; /* an address, or a network with its prefix length */
extern const struct pattern pattern_zone, pattern_language;
extern const struct pattern pattern_word;	/* lower-case word: character set, collation, queue */
extern const struct pattern pattern_setting;	/* a MariaDB variable */
extern const struct pattern pattern_repository; /* restic's, without a password */
extern const struct pattern pattern_registry;	/* of images: HOST[:PORT]/NAME[:TAG] */
extern const struct pattern pattern_schedule;
extern const struct pattern pattern_option; /* an app's option */
extern const struct pattern pattern_said;   /* one line of text for people */
