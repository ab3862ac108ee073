#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A bounded portion of `make bench-faults`: nothing that the demo has acknowledged is lost by kills and power cuts.
# MKBENCH_FAULTS_KILLS, MKBENCH_FAULTS_CUTS, MKBENCH_FAULTS_SEED: more of them; the schedule of a seed. MKBENCH_FAULTS_UPGRADES=n asks for
# killed upgrades, too.
bats_require_minimum_version 1.5.0
load lacks

faults_lack() {
	[[ $(id -u) = 0 ]] || { echo "faults: needs root, for processes of the bench and for mounts"; return; }
	for program in losetup mkfs.ext4 e2fsck; do command -v $program >/dev/null || { echo "faults: needs $program"; return; }; done
	[[ -e /dev/fuse ]] || { echo "faults: needs /dev/fuse"; return; }
	[[ -b $(losetup --find 2>/dev/null) ]] || echo "faults: needs a loop device"
}

setup_file() {
	needs faults_lack || return 0
	export MKBENCH=${MKBENCH:-build/mkbench} OUT=$BATS_FILE_TMPDIR/out
	cp -r recipes/demo recipes/demo.yml "$BATS_FILE_TMPDIR"
	timeout 900 "$MKBENCH" build --progress=plain -o "$OUT" "$BATS_FILE_TMPDIR/demo.yml" >"$BATS_FILE_TMPDIR/build.log" 2>&1 ||
		{ tail -20 "$BATS_FILE_TMPDIR/build.log" >&2; return 1; }
}

@test "kills of any process, and of all at once, lose nothing that was acknowledged" {
	timeout 3600 tests/faults/kills "$MKBENCH" "$OUT/demo-1.0.oci" "${MKBENCH_FAULTS_KILLS:-6}" ${MKBENCH_FAULTS_SEED:-} >"$BATS_TEST_TMPDIR/kills" 2>&1 ||
		{ cat "$BATS_TEST_TMPDIR/kills"; return 1; }
	tests/faults/table "$BATS_TEST_TMPDIR/kills" | grep -E '\| kills .* \| none \|'
}

@test "power cuts at any write lose nothing that was acknowledged, and the file system is whole" {
	MKBENCH_FAULTS_LOAD=8 timeout 3600 tests/faults/cuts "$MKBENCH" "$OUT/demo-1.0.oci" "${MKBENCH_FAULTS_CUTS:-2}" ${MKBENCH_FAULTS_SEED:-} \
		>"$BATS_TEST_TMPDIR/cuts" 2>&1 || { cat "$BATS_TEST_TMPDIR/cuts"; return 1; }
	tests/faults/table "$BATS_TEST_TMPDIR/cuts" | grep -E '\| cuts .* \| none \|'
}

@test "upgrades that are killed end as the old data under the old image, or the new under the new, and lose nothing" {
	[[ -n ${MKBENCH_FAULTS_UPGRADES:-} ]] || skip "three releases and their upgrades take minutes: MKBENCH_FAULTS_UPGRADES=12"
	tests/boot/releases "$MKBENCH" "$BATS_TEST_TMPDIR"
	timeout 7200 tests/faults/upgrades "$MKBENCH" "$BATS_TEST_TMPDIR" "$MKBENCH_FAULTS_UPGRADES" ${MKBENCH_FAULTS_SEED:-} >"$BATS_TEST_TMPDIR/upgrades" 2>&1 ||
		{ cat "$BATS_TEST_TMPDIR/upgrades"; return 1; }
	tests/faults/table "$BATS_TEST_TMPDIR/upgrades" | grep -E '\| upgrades .* \| none \|'
}

@test "an upload that is acknowledged before it is on disk is found to be lost" {
	sed -i 's/os.fsync(.*)/pass/' "$BATS_FILE_TMPDIR/demo/demo/store.py"
	timeout 900 "$MKBENCH" build --progress=plain -o "$BATS_TEST_TMPDIR/out" "$BATS_FILE_TMPDIR/demo.yml" >"$BATS_TEST_TMPDIR/build.log" 2>&1 ||
		{ tail -20 "$BATS_TEST_TMPDIR/build.log"; return 1; }
	MKBENCH_FAULTS_LOAD=8 run -1 timeout 3600 tests/faults/cuts "$MKBENCH" "$BATS_TEST_TMPDIR/out/demo-1.0.oci" 3 1
	tail -1 <<<"$output" | jq -e '.lost.file > 0'
}
