#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the Makefile and the tests' own tools promise.
bats_require_minimum_version 1.5.0
load helpers

tree=$BATS_TEST_DIRNAME/../..

# Its own variables would reach into this make.
made() { env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u VARIANT make -C "$tree" "$@"; }

@test "build/mkbench is of the variant that was asked for last, however old that is" {
	for variant in dev release san; do
		[[ $(readlink "$tree/build/mkbench") != "$variant/mkbench" ]] || continue
		made -n build/mkbench VARIANT=$variant | grep -q "ln -sfn $variant/mkbench build/mkbench"
	done
}

@test "a compilation is a short line, and V=1 shows its call" {
	made -n -B build/dev/base/err.o | grep -q "^printf '  %-4s %s.n' CC builder/base/err.c;"
	made -n -B build/dev/base/err.o V=1 | grep -q '^[^ ]* .*-c -o build/dev/base/err.o builder/base/err.c$'
}

@test "a unit test that cannot run skips, and fails where a skip is a failure" {
	[ "$(id -u)" = 0 ] || skip "who one is, root alone can change"
	there=$(mktemp -d)
	cp "$(dirname "$(readlink -f "$MKBENCH")")/t/sandbox" "$there"
	chmod -R 755 "$there"
	as() { env -C "$there" "$@" setpriv --reuid=65534 --regid=65534 --clear-groups ./sandbox; }
	run -0 as MKBENCH_NO_SKIP=
	[[ $output =~ ^ok\ 1\ -\ #\ SKIP\ .*/etc/subuid ]]
	run -1 as MKBENCH_NO_SKIP=1
	[[ $output =~ ^not\ ok\ 1\ -\ not\ allowed\ to\ skip:\ .*/etc/subuid ]]
	rm -rf "$there"
}

@test "lint: a guest that includes what it may not, and a permission that nobody uses, are told" {
	mkdir -p "$BATS_TEST_TMPDIR"/{builder,services/guest}
	cd "$BATS_TEST_TMPDIR"
	printf 'base:\nplan: base\nguest/lib: base\n' >builder/layers
	mkdir -p services/guest/lib
	printf '#include "plan/plan.h"\n#include "lib/own.h"\n' >services/guest/lib/a.c
	run -1 awk -f "$tree/tests/lint/layers" builder/layers services/guest/lib/a.c
	[[ $output == *"services/guest/lib/a.c:1: guest/lib may not include"* ]]
	[[ $output == *"builder/layers:3: guest/lib does not include base: take the permission away"* ]]
	[[ $output != *own.h* ]]
}

@test "lint: a link to a file or a heading that is not there is told" {
	git init -q "$BATS_TEST_TMPDIR/tree"
	cd "$BATS_TEST_TMPDIR/tree"
	mkdir there
	printf '# One `thing`: two\n\n## Same\n\n## Same\n' >there/README.md
	printf '[a](there) [b](there/README.md#one-thing-two) [c](there#same-1) [d](https://example.org/x) [`e`](#f)\n\n# F\n\n' >good.md
	printf 'a `span [over\n](lines)` counts not\n\n```\n[nor](fences)\n```\n' >>good.md
	run -0 "$tree/tests/lint/links"
	[ -z "$output" ]
	printf '[a](gone.md)\n[`b`](there/README.md#same-2)\n[c](#c)\n[d](there/a.c#x)\n\n[e]: ../README.md\n' >bad.md
	run -1 "$tree/tests/lint/links"
	[ "$output" = "bad.md:1: there is no gone.md
bad.md:2: there/README.md has no heading #same-2
bad.md:3: bad.md has no heading #c
bad.md:4: there is no there/a.c
bad.md:6: there is no ../README.md" ]
}
