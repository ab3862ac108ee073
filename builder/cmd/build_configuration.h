/* The top layer: what services and recipe say, and the programs of ours that run inside. */
#pragma once
#include "cmd/job.h"

struct err *build_configuration(struct job *j, const char *build_id, struct tree *ret) MUST_CHECK;
