/* SPDX-License-Identifier: MIT */
/* Brings packages into the store: while downloads arrive, two threads convert finished ones into packs, so
 * that decoding runs in parallel with the network. */
#pragma once
#include "build/build_context.h"

/* Afterwards the store has a pack for every package of the plan. If all are there already, nothing is
 * downloaded and no archive is contacted. */
struct err *build_packages(struct build_context *j) MUST_CHECK;
