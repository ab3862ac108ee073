/* SPDX-License-Identifier: MIT */
/* The maintainer scripts of unpacked packages, run in a sandbox the way dpkg would. */
#pragma once
#include "base/progress.h"
#include "layer/deb/installed.h"
#include "layer/sandbox/sandbox.h"
#include "service/service.h"

struct configure_request {
	struct sandbox room;		  /* lowers, upper (with dpkg's state in it), work, masked, log */
	const struct installed *packages; /* those to configure */
	size_t count;
	const struct service_user *users; /* made as soon as there is an /etc/passwd */
	size_t user_count;
	int64_t epoch;
	struct progress *progress;
};

/* ERR_BUILD carries the last lines of what failed. */
struct err *configure_run(const struct configure_request *r) MUST_CHECK;
