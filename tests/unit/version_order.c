/* SPDX-License-Identifier: MIT */
#include "contract/version_order.h"
#include "t.h"

int main(void)
{
	ok(version_order_is_below("1.9", "1.10") && version_order_is_below("1.9", "v2.0") &&
	   version_order_is_below("1", "1.0.1"));
	ok(!version_order_is_below("1.10", "1.9") && !version_order_is_below("1.0", "1") &&
	   !version_order_is_below("2.0", "2.0"));
	ok(!version_order_is_below("main", "1.0") && !version_order_is_below("1.0", "main") &&
	   !version_order_is_below("1.0-dev", "2.0"));
	ok(!version_order_is_below(NULL, "1.0") && !version_order_is_below("1.0", NULL) &&
	   !version_order_is_below("", "1.0"));
	ok(version_order_is_below("1..1", "1..2") && !version_order_is_below("1.", "1."));
	return t_done();
}
