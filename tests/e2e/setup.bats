#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# .ci/setup: what no package can give is tried before anything is installed or compiled.
bats_require_minimum_version 1.5.0
load helpers

setup() {
	[ "$(id -u)" = 0 ] || skip "who one is, root alone can change"
	setup=$BATS_TEST_DIRNAME/../../.ci/setup
}

# refused WHAT AS...: demo and test are, in one line that says why, and what to do. Who it is may not read where the clone lies.
refused() {
	local part
	for part in demo test; do
		run -1 "${@:2}" sh -c "$(<"$setup")" setup $part
		echo "$output"
		# shellcheck disable=SC2053 # a pattern
		[[ $output == $1 ]]
	done
}

@test "a user without a range of ids hears of it first, and how to get one" {
	refused $'mkbench: user * has no range of 65535 ids in /etc/sub[ug]id: add one with\nmkbench:   sudo usermod --add-subuids *'$'\nmkbench: or run this as root' \
		setpriv --reuid=65534 --regid=65534 --clear-groups
}

@test "root of a container without rights hears of it first" {
	refused $'mkbench: root cannot make namespaces and mount here: *: Operation not permitted\nmkbench: in a container, start that with --privileged' \
		setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin
}

@test "what can be tried here is fine, and nothing is missing for a build" {
	run -0 "$setup" demo
	[ -z "$output" ]
	MKBENCH_NO_SKIP='' run -0 "$setup" test
	[ -z "$output" ]
}

@test "where a skip is a failure, a machine without loop devices hears of it first" {
	run -1 unshare --mount sh -c 'mount -t tmpfs none /dev && MKBENCH_NO_SKIP=1 "$1" test' sh "$setup"
	echo "$output"
	[[ $output == "mkbench: MKBENCH_NO_SKIP is set, and tests that need a loop device would be skipped: "* ]]
}
