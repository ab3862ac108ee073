/* SPDX-License-Identifier: MIT */
/* Lists systemd's failed units, on a disk. */
#pragma once
#include "base/err.h"
#include "base/text.h"

/* Appends the names of failed units, each after a space. */
struct err *units_failed(struct text *t) MUST_CHECK;
