#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A file that a person names and that is not there, or may not be read: one line and one status, whichever command it is for.
bats_require_minimum_version 1.5.0
load helpers

setup() {
	MKBENCH=$(readlink -f "$MKBENCH")
	cd "$BATS_TEST_TMPDIR"
	export MKBENCH_STORE=$BATS_TEST_TMPDIR/store
	"$MKBENCH" sign --generate key --no-password
}

teardown() {
	[[ -z ${open:-} ]] || rm -rf "$open"
}

# each FILE: asks for it by every command that looks at one; leaves a line each in the file said: status, command, words.
each() {
	: >said
	local words
	while read -r -a words; do
		status=0
		output=$(timeout 60 "${as[@]}" "$MKBENCH" "${words[@]//FILE/$1}" 2>&1) || status=$?
		printf '%s|%s|%s\n' "$status" "${words[0]}" "$output" >>said
	done <<-'END'
		inspect FILE
		inspect --json --why /x FILE
		diff FILE FILE
		sbom FILE
		push FILE 127.0.0.1:1/name:tag
		sign --key key FILE
		verify-signature --key key.pub FILE
		run --engine own FILE
		verify --engine own FILE
		upgrade --plan FILE FILE
		store import FILE
	END
	cat said
	[[ $(wc -l <said) == 11 ]]
}

@test "a file that is not there: status 2, in the same words for each command" {
	as=(env)
	for file in none none.tar none.oci none.raw none/of.tar none.oci:1.0; do
		each $file
		run ! grep -vE "^2[|][a-z-]+[|]mkbench: $file: there is no such file\$" said
	done
	mkbench 2 inspect ''
	[ "$output" = "mkbench: '': there is no such file" ]
	for words in "sign --key none key" "sign --pem none" "verify-signature --key none key" "push --sign-key none key 127.0.0.1:1/a"; do
		mkbench 2 $words
		[ "$output" = "mkbench: none: there is no such file" ]
	done
	mkbench 2 push --user ann --password-file none key 127.0.0.1:1/a
	[ "$output" = "mkbench: the password's file: none: there is no such file" ]
	printf "name: x\nsites: 7\n" >bad.yml
	mkbench 3 check bad.yml
	said=$output
	mkbench 3 verify --reproducible bad.yml # and what is wrong with it is said, too
	[ "$output" = "$said" ]
	mkbench 2 sign --key key key none
	[ ! -e key.minisig ] # nothing is signed when not all can be
	for words in build check plan lock run verify "verify --reproducible" sbom inspect "store export -o x"; do
		mkbench 3 $words none.yml
		[ "$output" = "mkbench: cannot read the recipe none.yml: there is no such file" ]
	done
}

@test "a file that may not be read is not taken for one that is no image: status 6" {
	as=(env)
	if [[ $(id -u) == 0 ]]; then # whom a mode does not stop; nobody can enter the folders of the tests
		open=$(mktemp -d /tmp/given.XXXXXX)
		cd "$open"
		chmod 755 .
		cp "$BATS_TEST_TMPDIR"/key* .
		mkdir store home
		chown 65534 store home key
		as=(setpriv --reuid 65534 --regid 65534 --clear-groups env "MKBENCH_STORE=$open/store" "HOME=$open/home")
		cp "$MKBENCH" tool # nor, it may be, the one where the clone lies
		MKBENCH=$open/tool
	fi
	echo >closed.tar
	mkdir closed.oci
	chmod 000 closed.tar closed.oci
	for file in closed.tar closed.oci; do
		each $file
		run ! grep -vE "^6[|][a-z-]+[|]mkbench: $file: Permission denied\$" said
	done
}
