/* SPDX-License-Identifier: MIT */
/* Splits the build of apps into parts: the steps each runs, the files it begins with, and the earlier parts
 * it sees. */
#pragma once
#include "build/build_context.h"

#define BUILD_PARTS_MAX 20     /* with many apps, the last ones share a part */
#define BUILD_PARTS_USER 1000u /* uid and gid of the bench's files and steps */

enum build_parts_kind { PART_ENVIRONMENT, PART_DEPENDENCIES, PART_APP, PART_BENCH };

/* One sandbox run: its steps, the files they begin with, and the earlier parts whose results they see. */
struct build_part {
	enum build_parts_kind kind;
	/* for dependencies: the step's number; parts of one round do not see each other */
	size_t round;
	bool beside_environment; /* it does not see that part */
	struct {
		struct service_step *items;
		size_t count, room;
	} steps;
	struct tree seed;
	bool sees[BUILD_PARTS_MAX];
};

struct build_parts {
	const struct build_context *job;
	struct build_part items[BUILD_PARTS_MAX];
	size_t count;
	size_t groups; /* groups of apps with parts of their own; the last group is all further apps */
	bool of[BUILD_PARTS_MAX][BUILD_PARTS_MAX]; /* [group][part]: the part was made for that group */
};

void build_parts_make(const struct build_context *j, struct build_parts *all);
void build_parts_done(struct build_parts *all);
/* The files of all apps that a step's inputs name, at the paths where the step finds them; sorted. */
void build_parts_inputs(const struct build_context *j, const struct service_step *step, struct tree *ret);
