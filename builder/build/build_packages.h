/* SPDX-License-Identifier: MIT */
/* Packages on their way into the store: downloads arrive on one side, two threads turn
 * them into packs on the other, so that decoding hides behind the network. */
#pragma once
#include "build/build_context.h"

/* Afterwards every package of the plan has its pack in the store. Nothing is downloaded, and
 * no archive is asked, when they are all there. */
struct err *build_packages(struct build_context *j) MUST_CHECK;
