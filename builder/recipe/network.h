/* SPDX-License-Identifier: MIT */
/* Networks of IP addresses, and how much several cover together. */
#pragma once
#include <stdbool.h>

#include "schema/schema.h"

/* Whether texts, each an address or a network as pattern_network accepts it, together cover half or more of
 * all IPv4 addresses (also if written as IPv6) or of all assigned IPv6 addresses: too many for trusted
 * proxies. NULL texts are skipped. */
bool network_is_everybody(const struct list *texts);
