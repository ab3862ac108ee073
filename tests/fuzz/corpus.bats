#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every fuzz target over its corpus and a fixed number of mutations of it: what was found once stays fixed.
bats_require_minimum_version 1.5.0

@test "each parser of foreign bytes survives its corpus and 1000 mutations" {
	found=0
	for target in build/fuzz/target/*; do
		name=${target##*/}
		[[ -x $target && -d tests/fuzz/corpus/$name ]] || continue
		echo "$name"
		mkdir -p "$BATS_TEST_TMPDIR/$name"
		timeout 300 "$target" -runs=1000 -seed=1 -artifact_prefix="$BATS_TEST_TMPDIR/" "$BATS_TEST_TMPDIR/$name" "tests/fuzz/corpus/$name" \
			>"$BATS_TEST_TMPDIR/log" 2>&1 || { tail -30 "$BATS_TEST_TMPDIR/log"; return 1; }
		found=$((found + 1))
	done
	[[ $found -ge 8 ]]
}
