#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Three releases of the demo as disks, on one disk of data, in QEMU without KVM: the second adds a patch, the third one that fails
# half-way. Five boots take five minutes where nothing else runs, so MKBENCH_BOOT_DISK=1 asks for them.
bats_require_minimum_version 1.5.0
load lacks

lacks() {
	local tool
	[[ -n ${MKBENCH_BOOT_DISK:-} ]] || { echo "boots five disks: MKBENCH_BOOT_DISK=1"; return; }
	for tool in qemu-system-x86_64 qemu-img curl jq; do
		command -v "$tool" >/dev/null || { echo "$tool is not installed"; return; }
	done
}

setup_file() {
	needs lacks || return 0
	export BOOT=$BATS_FILE_TMPDIR MKBENCH=${MKBENCH:-build/mkbench} NAME=disk-upgrade-$$ port=29784
	OUTPUTS=qcow2 tests/boot/releases "$MKBENCH" "$BOOT"
}

# Only what somebody has to ask for: never a failure where skips are.
setup() {
	[[ -z $LACKS ]] || skip "$LACKS"
}

teardown_file() {
	[[ -n $LACKS ]] || "$MKBENCH" run --clean "$NAME" >/dev/null 2>&1 || true
}

teardown() {
	[[ -n ${BATS_TEST_COMPLETED:-}${BATS_TEST_SKIPPED:-} || ! -e ${BOOT:-}/run.log ]] || tail -40 "$BOOT/run.log"
}

# release N: its disk, switched on with the one disk of data; whether it became ready.
release() {
	"$MKBENCH" run --stop "$NAME" >/dev/null 2>&1 || true
	"$MKBENCH" run "$BOOT/out/demo-$1.0.qcow2" --accel tcg --data "$BOOT/data.qcow2" --name "$NAME" --port $port --detach >"$BOOT/run.log" 2>&1
}

within() { "$MKBENCH" run --exec "$NAME" "$@"; }
page() { curl -s -m 30 -o /dev/null -w '%{http_code}' -H 'Host: one.localhost' "http://127.0.0.1:$port$1"; }
notes() { curl -sS -m 60 --fail-with-body -b "$BOOT/cookies" -H 'Host: one.localhost' "http://127.0.0.1:$port/api/notes" "$@"; }
columns() { within mariadb -N -e "SELECT column_name FROM information_schema.columns WHERE table_name = 'note' ORDER BY table_schema, ordinal_position" | tr -d '\r' | tr '\n' ' '; }

@test "a disk of the next release takes the data along; a broken one leaves them to the release before, which boots again" {
	release 1
	password=$(within cat /data/secrets/one.localhost/admin_password)
	curl -sS -m 60 --fail -o /dev/null -c "$BOOT/cookies" -H "Host: one.localhost" --data-urlencode "pwd=${password//[$'\r\n']/}" \
		-d usr=Administrator "http://127.0.0.1:$port/api/method/login"
	notes -d text=remembered >/dev/null
	run -0 columns
	[[ $output != *loud* ]]

	release 2
	run -0 columns
	[[ $output == *loud*loud* ]]
	notes | grep remembered

	run ! release 3
	[[ $(page /) == 503 ]]
	run -0 within benchctl upgrade
	[[ $output == *"data    demo 2.0"* ]]

	release 2
	run -0 columns
	[[ $output == *text*loud*text*loud* ]]
	notes | grep remembered
	notes -d text=later >/dev/null
	within benchctl verify

	run ! release 1 # it is older than the data
	grep "this image is older than the data" "$BOOT/run.log"
}
