#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
bats_require_minimum_version 1.5.0
load ../e2e/helpers

driver=${PARITY_DRIVER:-$(dirname "$(readlink -f "$MKBENCH")")/parity/resolve}

@test "random recipes resolve to the packages that apt would install" {
	command -v apt-get >/dev/null || skip "no apt-get here to compare with"
	[[ -n $(find /etc/apt/sources.list /etc/apt/sources.list.d -type f -size +0 2>/dev/null) ]] ||
		skip "apt has no sources here"
	run -0 python3 tests/parity/resolve.py --driver "$driver" \
		--state "$BATS_TEST_TMPDIR/apt" --count "${PARITY:-12}" --seed 3 --least 90
	echo "$output"
	# the demo's own, with the package that plan_choose adds where there is one
	echo "ca-certificates tzdata mariadb-server-core mariadb-client-core redis-server nginx supervisor python3 nodejs" >"$BATS_TEST_TMPDIR/demo"
	if grep -q "^Package: usr-is-merged" "$BATS_TEST_TMPDIR"/apt/Packages.*; then sed -i "s/^/usr-is-merged /" "$BATS_TEST_TMPDIR/demo"; fi
	run -0 python3 tests/parity/resolve.py --driver "$driver" \
		--state "$BATS_TEST_TMPDIR/apt" --recipes "$BATS_TEST_TMPDIR/demo"
	echo "$output"
}
