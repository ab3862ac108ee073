/* SPDX-License-Identifier: MIT */
/* Networks of addresses, and what several mean together. */
#pragma once
#include <stdbool.h>

#include "schema/schema.h"

/* Whether texts, each an address or a network as pattern_network takes it, together hold half of all
 * addresses or more: of IPv4's, also when they are written in IPv6, or of those that IPv6 has given out. No
 * proxies are so many. NULL texts are passed over. */
bool network_is_everybody(const struct list *texts);
