#!/usr/bin/env bats
bats_require_minimum_version 1.5.0
load helpers

setup() {
	[[ $MKBENCH = /* ]] || MKBENCH=$PWD/$MKBENCH
	mkdir "$BATS_TEST_TMPDIR/empty"
	cd "$BATS_TEST_TMPDIR/empty"
}

# The commands that the general page lists.
commands() { "$MKBENCH" help | sed -n 's/^  \([a-z]*\) .*/\1/p'; }

# narrow: nothing that was printed is wider than a terminal.
narrow() { run ! grep -nE '^.{81}' <<<"$output"; }

@test "help: every command has a page, the same by each way to it, 80 columns wide" {
	mkbench 0 help
	narrow
	[ "$("$MKBENCH" --help)" = "$("$MKBENCH" help)" ]
	[ "$("$MKBENCH" -h)" = "$("$MKBENCH" help)" ]
	[ "$(commands | wc -l)" -ge 9 ]
	for command in $(commands); do
		run -0 --separate-stderr "$MKBENCH" help "$command"
		[ -z "$stderr" ]
		[[ $output == "usage: mkbench $command "* ]]
		page=$output
		narrow
		[ "$("$MKBENCH" "$command" --help)" = "$page" ]
		[ "$("$MKBENCH" "$command" -h)" = "$page" ]
		[ "$("$MKBENCH" "$command" some.yml --help)" = "$page" ]
	done
	[ -z "$(ls)" ]
}

# options COMMAND: what its page has, in order.
options() { "$MKBENCH" help "$1" | grep -oE -e '--[a-z]+(-[a-z]+)*' | sort -u | tr '\n' ' '; }

@test "help: a command's page names every option that it reads" {
	machine="--accel --cpus --engine --firmware --memory"
	[ "$(options init)" = "--apps-json " ]
	[ "$(options schema)" = "--json " ]
	[ "$(options plan)" = "--progress --why " ]
	[ "$(options lock)" = "--progress " ]
	[ "$(options build)" = "--output --progress " ]
	[ "$(options clean)" = "--all --built " ]
	[ "$(options verify)" = "$(printf '%s\n' $machine --json --output --progress | sort | tr '\n' ' ')" ]
	[ "$(options run)" = "$(printf '%s\n' $machine --clean --data --detach --env --exec --name --output --port --progress --stop | sort | tr '\n' ' ')" ]
}

@test "help: what is no command is refused with the nearest, and a program inside keeps its own --help" {
	mkbench 2 help biuld
	[ "$output" = "mkbench: no command 'biuld': did you mean 'build'?" ]
	mkbench 2 help qqqqqqqq
	[[ $output == *"see 'mkbench help'" ]]
	mkbench 2 help build run
	mkbench 2 qqqqqqqq --help
	mkbench 2 run --exec nobody-is-called-so ls --help
	[[ $output != *usage:* ]]
	mkbench 2 init -x
	[ "$output" = "mkbench: init has no option '-x': see 'mkbench help init'" ]
	mkbench 2 build --bogus
	[ "$output" = "mkbench: build has no option '--bogus': see 'mkbench help build'" ]
}

@test "help: --version" {
	mkbench 0 --version
	[[ $output =~ ^mkbench\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "what make install leaves works by itself, and so it does from a tree that git knows nothing of" {
	local there=$BATS_TEST_TMPDIR/usr
	GIT_DIR=/nowhere env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u VARIANT make -s -C "$BATS_TEST_DIRNAME/../.." install PREFIX="$there"
	cd /
	run -0 "$there/bin/mkbench" check "$there/share/mkbench/recipes/demo.yml"
	[[ -L $there/share/mkbench/recipes/demo/demo/public/socket.io && -x $there/share/mkbench/guest ]]
	[[ -z $(find "$there" -name '*.lock' -o ! -type l ! -perm -444) ]]
}
