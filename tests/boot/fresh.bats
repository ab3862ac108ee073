#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What README says of a fresh machine, on one: `make demo` and `make test` in a bare Debian 12 and a bare Debian 13, with nothing but
# what apt brings. It takes an hour or more, so MKBENCH_FRESH=1 asks for it; MKBENCH_FRESH=demo for the demo alone. What came to the
# machine is written to build/fresh: packages, users, groups, a line each.
bats_require_minimum_version 1.5.0
load lacks

lacks() {
	[[ -n ${MKBENCH_FRESH:-} ]] || { echo "two machines from nothing: MKBENCH_FRESH=1 make test"; return; }
	[[ $(id -u) == 0 ]] || { echo "a root of another Debian needs root"; return; }
	command -v mmdebstrap >/dev/null || echo "mmdebstrap is not installed: .ci/setup bench"
}

setup_file() {
	needs lacks || return 0
	repo=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	export repo report=$repo/build/fresh bare=$BATS_TEST_DIRNAME/bare-root
	mkdir -p "$report"
}

# Only what somebody has to ask for: never a failure where skips are.
setup() {
	[[ -z $LACKS ]] || skip "$LACKS"
}

teardown() {
	[[ -z ${root:-} ]] || rm -rf --one-file-system "$root"
}

# changes SUITE WHAT: what came since the machine was made.
changes() {
	"$bare" state "$root" | sort >"$report/$1.$2"
	comm -13 "$report/$1.before" "$report/$1.$2" >"$report/$1.$2-brought"
	[[ -s $report/$1.$2-brought ]]
}

# a_fresh_machine SUITE
a_fresh_machine() {
	root=$BATS_TEST_TMPDIR/root
	"$bare" make "$1" "$root"
	"$bare" state "$root" | sort >"$report/$1.before"
	git clone --quiet --no-local "$repo" "$root/root/mkbench"
	inside "$1" set-up 'apt-get update && apt-get install -y --no-install-recommends make git'
	inside "$1" demo 'make demo && build/mkbench run --clean demo'
	changes "$1" demo
	[[ $MKBENCH_FRESH != demo ]] || return 0
	inside "$1" test 'make test'
	changes "$1" test
}

# installed SUITE: the package alone, on a machine of its own; gone without a trace when it is purged.
installed() {
	root=$BATS_TEST_TMPDIR/$1
	"$bare" make "$1" "$root"
	cp "$report"/mkbench_*.deb "$root/root"
	mkdir "$root/root/mkbench"
	inside "$1" package 'apt-get update && apt-get install -y --no-install-recommends ../mkbench_*.deb && cp -r /usr/share/mkbench/recipes . &&
		mkbench build recipes/demo.yml -o out && apt-get purge -y mkbench && test ! -e /usr/share/mkbench && test ! -e /usr/bin/mkbench'
	[[ -s $root/root/mkbench/out/demo-1.0.tar ]]
}

# inside SUITE NAME COMMAND: in the clone; its words are in the report.
inside() {
	"$bare" enter "$root" bash -c "cd /root/mkbench && $3" >"$report/$1.$2.log" 2>&1 </dev/null ||
		{ tail -40 "$report/$1.$2.log"; return 1; }
}

@test "Debian 12 from nothing: README's commands" {
	a_fresh_machine bookworm
}

@test "Debian 13 from nothing: README's commands" {
	a_fresh_machine trixie
}

@test "the package that a bare Debian 12 makes installs on another and on a Debian 13, and builds the demo" {
	root=$BATS_TEST_TMPDIR/root
	"$bare" make bookworm "$root"
	git clone --quiet --no-local "$repo" "$root/root/mkbench"
	inside bookworm deb 'apt-get update && apt-get install -y --no-install-recommends make git && make deb'
	rm -f "$report"/mkbench_*.deb
	cp "$root"/root/mkbench/out/mkbench_*.deb "$report"
	rm -rf --one-file-system "$root"
	installed bookworm
	rm -rf --one-file-system "$root"
	installed trixie
}
