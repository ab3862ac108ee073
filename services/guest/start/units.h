/* SPDX-License-Identifier: MIT */
/* What systemd says of its units, on a disk. */
#pragma once
#include "base/err.h"
#include "base/text.h"

/* Appends the names of units that have failed, each after a space. */
struct err *units_failed(struct text *t) MUST_CHECK;
