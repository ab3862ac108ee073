/* SPDX-License-Identifier: MIT */
/* The field tables of a recipe's sections, which recipe_fields joins, and macros for their rows. */
#pragma once
#include "recipe/recipe.h"

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })
/* Ports below 1024 need root unless an engine allows them to all; only Nginx starts as root. */
#define PORT(member_) .kind = FIELD_COUNT, .offset = (member_), .min = 1024, .max = 65535
#define PORT_OF_ROOT(member_) .kind = FIELD_COUNT, .offset = (member_), .min = 1, .max = 65535
/* clang-format off */
#define SECRET_ROW(name_) \
	{ .name = (name_), .kind = FIELD_REFUSED, .help = "is a secret: a recipe never holds one" }
#define END { .name = NULL }
/* clang-format on */

extern const struct field base_fields[];
extern const struct field app_fields[], app_fields_override[], app_fields_runtime[];
/* The servers that run beside the apps. */
extern const struct field server_fields_mariadb[], server_fields_redis[], server_fields_web[];
extern const struct field server_fields_workers[], server_fields_nginx[], server_fields_socketio[];
