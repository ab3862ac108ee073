/* SPDX-License-Identifier: MIT */
/* Files of a running bench that the tools outside read, too. */
#pragma once

#define RUN_FOLDER "/run/mkbench"		      /* what a restart may forget */
#define RUN_PROGRESS_FILE RUN_FOLDER "/progress.json" /* the steps: services/guest/provision/report.h */
/* init's: services/guest/start/state.h; `troubles` has a key a failing program */
#define RUN_STATE_FILE RUN_FOLDER "/state.json"
