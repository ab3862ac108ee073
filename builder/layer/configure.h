/* SPDX-License-Identifier: MIT */
/* Runs the maintainer scripts of unpacked packages in a sandbox, as dpkg does. */
#pragma once
#include "base/progress.h"
#include "layer/deb/installed.h"
#include "layer/sandbox/sandbox.h"
#include "service/service.h"

struct configure_request {
	struct sandbox room;		  /* lowers, upper (with dpkg's state in it), work, masked, log */
	const struct installed *packages; /* those to configure */
	size_t count;
	const struct service_user *users; /* created as soon as /etc/passwd exists */
	size_t user_count;
	int64_t epoch;
	struct progress *progress;
};

/* ERR_BUILD carries the last lines of output. */
struct err *configure_run(const struct configure_request *r) MUST_CHECK;
