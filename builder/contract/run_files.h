/* SPDX-License-Identifier: MIT */
/* Files of a running bench that tools outside read, too. */
#pragma once

#define RUN_FOLDER "/run/mkbench"		      /* does not survive a restart */
#define RUN_PROGRESS_FILE RUN_FOLDER "/progress.json" /* the steps: services/guest/provision/report.h */
/* written by init: services/guest/start/state.h; `troubles` has a key for each failing program */
#define RUN_STATE_FILE RUN_FOLDER "/state.json"
