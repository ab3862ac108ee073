# SPDX-License-Identifier: MIT
# A mirror made on the spot that misbehaves on demand (tests/mirror), a recipe over it, and each verifier that is installed.

setup_file() {
	"$BATS_TEST_DIRNAME/../mirror/make-mirror" "$BATS_FILE_TMPDIR/made"
	for verifier in gpgv sqv; do
		mkdir "$BATS_FILE_TMPDIR/$verifier"
		ln -s "$(command -v $verifier)" "$BATS_FILE_TMPDIR/$verifier/$verifier" || true
	done
}

setup() {
	programs=$(dirname "$(readlink -f "$MKBENCH")")/t
	mirror=$BATS_TEST_DIRNAME/../mirror
	here=$BATS_TEST_TMPDIR/m state=$BATS_TEST_TMPDIR/state store=$BATS_TEST_TMPDIR/store
	cp -a "$BATS_FILE_TMPDIR/made" "$here"
	dist=$here/debian/dists/trixie
	list=main/binary-$(dpkg --print-architecture)
	mkdir "$state"
	"$mirror/serve" "$here" "$state" 3>&- &
	server=$!
	by=$server until_true 300 test -e "$state/port"
	at=http://127.0.0.1:$(<"$state/port")
	unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
	recipe "$at/debian"
}

teardown() {
	kill "$server"
}

faults() { printf '%s\n' "$@" >"$state/faults"; }
sign() { "$mirror/sign" "$here" debian "$@"; }

recipe() { # MIRROR...: more of base comes on standard input, if it is a file
	cat >"$here/r.yml" <<-END
		name: small
		version: "1"
		apps: [{name: demo, path: .}]
		sites: [{name: a.example}]
		outputs: [oci]
		base:
		  suite: trixie
		  key: key.gpg
		  mirrors: [$(IFS=,; echo "$*")]
	END
}

# refresh STATUS: loads the archives with each verifier that is installed, each into a store of its own.
refresh() {
	local want=$1 verifier
	for verifier in gpgv sqv; do
		[ -x "$BATS_FILE_TMPDIR/$verifier/$verifier" ] || continue
		echo "with $verifier:"
		PATH=$BATS_FILE_TMPDIR/$verifier refresh_into "$store-$verifier" "$want"
	done
}

refresh_into() { # STORE STATUS
	run -"$2" /usr/bin/timeout --kill-after=5 600 "$programs/archive" "$1" "$here/r.yml"
	echo "$output"
}

requests() { grep -c "$1" "$state/log" || true; }

# resign: signs the Release again after it was edited.
resign() {
	gpg --homedir "$here/gnupg" --batch --quiet --yes --output "$dist/InRelease" --clearsign "$dist/Release"
}
