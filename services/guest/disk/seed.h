/* SPDX-License-Identifier: MIT */
/* Finds and reads the NoCloud seed: a volume labelled cidata or CIDATA, FAT or ISO 9660. */
#pragma once
#include <stdint.h>

#include "base/err.h"

/* Searches the block devices. Writes what the seed gives as credentials into CREDENTIAL_SEED, time servers
 * for systemd-timesyncd, and notes for the console. A seed is optional; when the host announces one
 * ("ds=nocloud" of cloud-init in the machine's serial number), waits for it until that time of the monotonic
 * clock, in ms. */
void seed_take(int64_t until);
