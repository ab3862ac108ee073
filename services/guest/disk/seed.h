/* SPDX-License-Identifier: MIT */
/* The NoCloud seed: a volume labelled cidata or CIDATA, FAT or ISO 9660. */
#pragma once
#include <stdint.h>

#include "base/err.h"

/* Looks through the block devices and leaves what was given as credentials in CREDENTIAL_SEED, servers of
 * time for systemd-timesyncd, notes for the console. There need be no such volume; when the host says
 * that there is (cloud-init's "ds=nocloud" in the machine's serial number), it is waited for until that
 * time of the monotonic clock, in ms. */
void seed_take(int64_t until);
