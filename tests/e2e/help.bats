#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
bats_require_minimum_version 1.5.0
load helpers

setup() {
	[[ $MKBENCH = /* ]] || MKBENCH=$PWD/$MKBENCH
	mkdir "$BATS_TEST_TMPDIR/empty"
	cd "$BATS_TEST_TMPDIR/empty"
}

# The commands that the general page lists.
commands() { "$MKBENCH" help | sed -n 's/^  \([a-z-]*\) .*/\1/p'; }

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
	[ "$(options init)" = "--apps-json --ci --framework --from " ]
	[ "$(options schema)" = "--json " ]
	[ "$(options plan)" = "--progress --why " ]
	[ "$(options lock)" = "--progress --update --vendor " ]
	[ "$(options build)" = "--no-push --output --progress " ]
	[ "$(options push)" = "--password-file --plain-http --progress --sign-key --sign-password-file --user " ]
	[ "$(options sign)" = "--comment --generate --json --key --no-password --password-file --pem " ]
	[ "$(options verify-signature)" = "--json --key " ]
	[ "$(options inspect)" = "--json --why " ]
	[ "$(options diff)" = "--json --markdown " ]
	[ "$(options upgrade)" = "--json --plan " ]
	[ "$(options sbom)" = "--format --output " ]
	[ "$(options check)" = "$(options completion)" ] # none
	[ "$(options store)" = "--output --progress " ]
	[ "$(options clean)" = "--all --built " ]
	[ "$(options verify)" = "$(printf '%s\n' $machine --json --output --progress --reproducible | sort | tr '\n' ' ')" ]
	[ "$(options run)" = "$(printf '%s\n' $machine --clean --data --detach --env --exec --list --name --output --port --progress --restore --stop | sort | tr '\n' ' ')" ]
}

@test "help: what is no command is refused with the nearest, and a program inside keeps its own --help" {
	mkbench 2 help biuld
	[ "$output" = "mkbench: no command 'biuld': did you mean 'build'?" ]
	mkbench 2 --verson
	[ "$output" = "mkbench: no command '--verson': did you mean '--version'?" ]
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

@test "options: each command names the word that it does not take, and its neighbour" {
	says() { # MESSAGE WORDS...
		mkbench 2 "${@:2}"
		[ "$output" = "mkbench: $1" ]
	}
	says "run has no option '--prot': did you mean '--port'?" run --prot 3 x
	says "verify has no option '--jsn': did you mean '--json'?" verify --jsn=1 x
	says "schema has no option '--jason': did you mean '--json'?" schema --jason
	says "run has no option '-x': see 'mkbench help run'" run -x y
	# its other forms, too, misspelt or where they cannot stand
	says "run has no option '--lst': did you mean '--list'?" run --lst
	says "run has no option '--clen': did you mean '--clean'?" run --clen x
	says "--stop stands first, and alone: mkbench run --stop NAME" run --stop=x
	says "--stop stands first, and alone: mkbench run --stop NAME" run x --stop
	says "--exec stands first, and alone: mkbench run --exec NAME PROGRAM [ARGUMENTS]" run --port 3 --exec x true
	says "--list stands first, and alone: mkbench run --list" run --name x --list
	for command in run verify; do
		says "--memory needs a value: --memory SIZE" $command x --memory
		says "--engine needs a value (ENGINE), but '--cpus' is an option: write --engine=--cpus if that is the value" $command --engine --cpus 2 x
	done
	says "--output needs a value: --output FOLDER" build x.yml -o
	says "--apps-json needs a value: --apps-json FILE" init --apps-json
	says "--detach takes no value" run --detach=yes x
	says "build needs one word, RECIPE: see 'mkbench help build'" build --progress plain
	says "build: unexpected argument 'two.yml': see 'mkbench help build'" build one.yml two.yml
	says "clean: unexpected argument 'x': see 'mkbench help clean'" clean x
	says "completion knows bash, zsh and fish, not 'tcsh'" completion tcsh
	# a short form, a form with =, a beginning that is clear, and -- before a recipe whose name looks like an option
	for words in "-o out -- --x.yml" "-oout --pro=plain -- --x.yml" "--output=out --progress plain -- --x.yml" "--output out -- --x.yml"; do
		# shellcheck disable=SC2086 # words
		mkbench 3 build $words
		[[ $output == *"--x.yml"* ]]
	done
}

@test "help: --version, with the commit that a clone was at" {
	local tree=$BATS_TEST_DIRNAME/../..
	mkbench 0 --version
	[[ $output =~ ^mkbench\ [0-9]+\.[0-9]+\.[0-9]+(\ \(commit\ ([0-9a-f]+)(-dirty)?\))?$ ]]
	said=$output
	[[ ! -e $tree/.git || -n ${BASH_REMATCH[2]} ]]
	[ "$("$MKBENCH" version)" = "$said" ]
	[ "$("$MKBENCH" -V)" = "$said" ]
	grep -qx "version := $(cut -d' ' -f2 <<<"$said")" "$tree/Makefile"
}

@test "help: the manual and the completions know every command and option" {
	for shell in bash zsh fish; do
		mkbench 0 completion $shell
		for command in $(commands); do
			[[ $output =~ $command ]]
			for option in $(options "$command"); do
				[[ $output =~ ${option#--} ]]
			done
		done
	done
	"$MKBENCH" help --man >mkbench.1
	for command in $(commands); do
		grep -q "^.SS \"mkbench $command" mkbench.1
		for option in $(options "$command"); do
			grep -qF -- "${option//-/\\-}" mkbench.1
		done
	done
	run ! grep -nE "^['.][^A-Z]" mkbench.1
}

@test "help: bash completes commands, options, words and files" {
	"$MKBENCH" completion bash >completion
	touch demo.yml
	complete_at() { bash -c 'source ./completion; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mkbench; printf "%s " "${COMPREPLY[@]}"' - mkbench "$@"; }
	[ "$(complete_at cl)" = "clean " ]
	[ "$(complete_at help ver)" = "verify verify-signature " ]
	[ "$(complete_at build --pro)" = "--progress " ]
	[ "$(complete_at build --progress j)" = "json " ]
	[ "$(complete_at run --engine "")" = "docker podman own " ]
	[ "$(complete_at run --st)" = "--stop " ]
	[ "$(complete_at check de)" = "demo.yml " ]
	[ "$(complete_at run --name de)" = " " ]
	[ "$(complete_at build --progress = j)" = "json " ]
	[ "$(complete_at build --progress =)" = "auto bar plain json quiet " ]
	# Every command that takes a file completes it, and the words that stand before one.
	for command in plan lock build run verify inspect diff upgrade sbom push sign verify-signature; do
		[ "$(complete_at $command de)" = "demo.yml " ]
	done
	[ "$(complete_at store e)" = "export " ]
	[ "$(complete_at store export de)" = "demo.yml " ]
	[ "$(complete_at completion "")" = "bash zsh fish " ]
	[ "$(complete_at clean de)" = " " ]
}

# make_copy ARGS...: in $copy, as make's own variables would reach into another tree's make.
make_copy() { env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u VARIANT make -s -C "$copy" "$@"; }

@test "what make install leaves works by itself, and so it does from a tree that git knows nothing of; make uninstall takes it all away" {
	local there=$BATS_TEST_TMPDIR/usr copy=$BATS_TEST_TMPDIR/copy tree=$BATS_TEST_DIRNAME/../.. variant
	variant=$(basename "$(dirname "$(readlink -f "$MKBENCH")")")
	# Without git the program is linked anew: in a copy, as other tests run this one meanwhile.
	mkdir -p "$copy/build"
	cp -a "$tree"/{.ci,builder,recipes,rootfs,services,Makefile} "$copy"
	cp -a "$tree/build/$variant" "$copy/build"
	make_copy -n install PREFIX="$there" | grep -q "build/release/mkbench $there/bin/mkbench"
	make_copy install PREFIX="$there" VARIANT="$variant"
	cd /
	run -0 "$there/bin/mkbench" check "$there/share/mkbench/recipes/demo.yml"
	[[ -L $there/share/mkbench/recipes/demo/demo/public/socket.io && -x $there/share/mkbench/guest ]]
	[[ -z $(find "$there" -name '*.lock' -o ! -type l ! -perm -444) ]]
	[[ -s $there/share/man/man1/mkbench.1 && -s $there/share/bash-completion/completions/mkbench ]]
	[[ -s $there/share/zsh/site-functions/_mkbench && -s $there/share/fish/vendor_completions.d/mkbench.fish ]]
	make_copy uninstall PREFIX="$there" VARIANT="$variant"
	[[ -z $(find "$there" ! -type d) ]]
}
