#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What must be signed, by whom and when, and nothing else is taken.
bats_require_minimum_version 1.5.0
load helpers
load mirror

@test "a changed text is refused" {
	sed -i 's/^Label: tests/Label: Tests/' "$dist/InRelease"
	refresh_into "$store" 4
	[[ $output == *"$at/debian/dists/trixie/InRelease: a signature is wrong: the text was changed on its way" ]]
	refresh 4
}

@test "a changed signature is refused" {
	# the last byte of the armoured signature, not its checksum
	perl -0pi -e 's/([A-Za-z0-9+\/])([=]*\n=)/($1 eq "A" ? "Q" : "A") . $2/e' "$dist/InRelease"
	refresh 4
}

@test "a key of ours must have signed it" {
	gpg --homedir "$here/gnupg" --batch --quiet --passphrase '' --quick-generate-key 'somebody else' ed25519 sign never 2>/dev/null
	gpg --homedir "$here/gnupg" --batch --export 'somebody else' >"$here/key.gpg"
	refresh_into "$store" 4
	[[ $output == *"signed by no key of the keyring"* ]]
	refresh 4
	# a second signature by a key that we do know suffices
	KEYS="mkbench somebody" sign trixie "$here/debian/packages"
	KEYS="somebody mkbench" sign trixie-updates /dev/null
	KEYS="somebody" "$mirror/sign" "$here" debian-security trixie-security /dev/null
	refresh 0
}

@test "an expired or revoked key does not count" {
	gpg --homedir "$here/gnupg" --batch --quiet --faked-system-time 20200101T000000 --passphrase '' \
		--quick-generate-key 'old' ed25519 sign 1d 2>/dev/null
	gpg --homedir "$here/gnupg" --batch --export old >"$here/key.gpg"
	gpg --homedir "$here/gnupg" --batch --quiet --yes --faked-system-time 20200101T010000 --local-user old \
		--output "$dist/InRelease" --clearsign "$dist/Release"
	refresh_into "$store" 4
	[[ $output == *expired* ]]
	refresh 4
}

# other COMMAND...: what it makes of the good message takes its place, and is refused.
other() {
	"$@" >"$dist/InRelease"
	run -1 cmp -s "$here/good" "$dist/InRelease"
	refresh 4
}
with() { sed "$1" "$here/good"; }

@test "text that nobody signed is refused wherever it stands" {
	cp "$dist/InRelease" "$here/good"
	other with '1i Suite: trixie'
	[[ $output == *"not one clear-signed message with nothing around it" ]]
	other with '$a Suite: trixie'
	other cat "$here/good" "$here/good"
	other with '1a Date: today'
	other with '0,/^$/s//Date: today\n/'
	other with 's/^-----BEGIN PGP SIGNATURE-----/-----BEGIN PGP SIGNED MESSAGE-----\n\nmore\n&/'
	other cat "$dist/Release"
	other head -c 300 "$here/good"
	other true
	cp "$here/good" "$dist/InRelease"
	refresh 0
}

@test "another message by the same key, in the place of the signature, is none of this text" {
	local compression
	cp "$dist/InRelease" "$here/good"
	with '/^-----BEGIN PGP SIGNATURE-----/,$d' >"$here/unsigned"
	for compression in 0 6; do
		gpg --homedir "$here/gnupg" --batch --quiet --armor -z $compression --sign <<<'Suite: trixie' >"$here/message"
		sed -i 's/ PGP MESSAGE-----/ PGP SIGNATURE-----/' "$here/message"
		other cat "$here/unsigned" "$here/message"
		[[ $output != *"nothing around it" ]]
	done
}

@test "a line is what the verifiers take for one: no carriage return in it, and none so long that they forget its end" {
	cp "$dist/InRelease" "$here/good"
	with 's/$/\r/' >"$dist/InRelease"
	refresh 0
	other with '/^Label:/{N;s/\n/\r/}'
	[[ $output == *"not one clear-signed message with nothing around it" ]]
	EXTRA=$(printf 'X: %020000d' 0) sign trixie "$here/debian/packages"
	cp "$dist/InRelease" "$here/good"
	other with '/^X:/s/$/1/'
	[[ $output == *"not one clear-signed message with nothing around it" ]]
	EXTRA=$(printf 'X: %016000d' 0) sign trixie "$here/debian/packages"
	refresh 0
}

@test "a Date may not go back, per mirror" {
	sign trixie "$here/debian/packages" '2 days ago'
	refresh 0
	sign trixie "$here/debian/packages" '1 day ago'
	refresh 0
	cp -a "$here/debian" "$here/slow"
	sign trixie "$here/debian/packages" '2 days ago'
	refresh 4
	[[ $output == *"older than the one of "*" seen before"* ]]
	recipe "$at/slow/debian" "$at/slow" "$at/debian-security"
	refresh 0
}

@test "a suite that is out of date, of the future or another one is refused" {
	sign trixie "$here/debian/packages" '9 days ago' '2 days ago'
	refresh 4
	[[ $output == *"was valid until"* ]]
	sign trixie "$here/debian/packages" 'now + 3 days'
	refresh 4
	[[ $output == *"in the future"* ]]
	sign bookworm "$here/debian/packages"
	cp "$here/debian/dists/bookworm/InRelease" "$dist/InRelease"
	refresh 4
	[[ $output == *"asked for suite trixie, the archive sent bookworm"* ]]
	sign trixie "$here/debian/packages" now 'now + 2 days'
	refresh 0
}

@test "an old state is taken when the recipe says that it is meant, and only then" {
	sign trixie "$here/debian/packages" '90 days ago' '80 days ago'
	sign trixie-updates /dev/null '90 days ago' '83 days ago'
	"$mirror/sign" "$here" debian-security trixie-security "$here/debian-security/packages" '90 days ago' '83 days ago'
	refresh 4
	[[ $output == *"was valid until "*"base.check_valid_until: false"* ]]
	sed -i 's/^base:/&\n  check_valid_until: false/' "$here/r.yml"
	refresh 0
	[[ $output == *"trixie-security was valid until "*"mk-tool 1.0-1+deb13u1 trixie-security "* ]]
	# older yet: a mirror was put back; what was seen before is not forgotten by it
	sign trixie "$here/debian/packages" '99 days ago'
	refresh 0
	sed -i '/check_valid_until/d' "$here/r.yml"
	"$mirror/sign" "$here" debian-security trixie-security "$here/debian-security/packages"
	sign trixie-updates /dev/null
	refresh 4
	[[ $output == *"suite trixie is of "*", older than the one of "*" seen before"* ]]
}

@test "a clock before the keys' birth is called that" {
	gpg --homedir "$here/gnupg" --batch --quiet --faked-system-time 20990101T000000 --passphrase '' \
		--quick-generate-key 'of the future' ed25519 sign never 2>/dev/null
	gpg --homedir "$here/gnupg" --batch --export 'of the future' >"$here/key.gpg"
	gpg --homedir "$here/gnupg" --batch --quiet --yes --faked-system-time 20990102T010000 --local-user 'of the future' \
		--output "$dist/InRelease" --clearsign "$dist/Release"
	refresh_into "$store" 4
	[[ $output == *"it was signed later than what this machine's clock says, "*" UTC: set the clock" ]]
	refresh 4
	[[ $output == *"it was signed later than what this machine's clock says, "*" UTC: set the clock" ]]
}

@test "a list with other bytes than signed is refused" {
	faults '*/by-hash/* - wrong' '*/Packages* - wrong'
	refresh_into "$store" 4
	[[ $output == *"SHA-256 is not the one promised"* ]]
	faults '*/by-hash/* - longer' '*/Packages* - length=100'
	refresh_into "$store" 4
	[[ $output == *"sends more than the size promised"*"its size is not the one promised"* ]]
}

@test "a list that expands to something else than signed is refused" {
	sed -i "/Packages$/s/^ [0-9a-f]*/ $(printf x | sha256sum | cut -d' ' -f1)/" "$dist/Release"
	resign
	refresh_into "$store" 4
	[[ $output == *"Packages.xz: its SHA-256 is "*" where "*" was promised" ]]
	sed -i '/Packages$/s/ [0-9]* main/ 100 main/' "$dist/Release"
	resign
	refresh_into "$store" 4
	[[ $output == *"Packages.xz: it expands to more than 100 bytes" ]]
	[ "$(find "$store/tmp" -type f | wc -l)" = 0 ]
}

@test "a list that would be gigabytes is refused before it is there, and named" {
	sed -i '/Packages.xz$/s/ [0-9]* main/ 99999999999 main/' "$dist/Release"
	resign
	refresh_into "$store" 4
	[[ $output == *"/dists/trixie/InRelease: its list $list/Packages.xz would have 99999999999 bytes: 268435456 are taken at most" ]]
	sed -i '/Packages$/s/ [0-9]* main/ 999999999999 main/' "$dist/Release"
	resign
	refresh_into "$store" 4
	[[ $output == *"its list $list/Packages would have 999999999999 bytes: "* ]]
	[ "$(requests Packages)" = 0 ]
	# one that says nothing of how large it becomes
	head -c 300M /dev/zero | gzip -1 >"$dist/$list/Packages.gz"
	sed -i "/Packages$/d; /Packages.xz$/d; /Packages.gz$/s/.*/ $(sha256sum "$dist/$list/Packages.gz" | cut -d' ' -f1) $(stat -c %s "$dist/$list/Packages.gz") ${list//\//\\/}\/Packages.gz/" "$dist/Release"
	sed -i 's/^Acquire-By-Hash.*/X: y/' "$dist/Release"
	resign
	refresh_into "$store" 4
	[[ $output == *"trixie $list/Packages.gz: it expands to more than 268435456 bytes" ]]
	[ "$(find "$store/tmp" -type f | wc -l)" = 0 ]
}

@test "keyrings: armoured, missing, none that verifies" {
	sed -i 's/key.gpg/key.asc/' "$here/r.yml"
	refresh 0
	sed -i 's/key.asc/no.gpg/' "$here/r.yml"
	refresh_into "$store" 4
	[[ $output == *"the keyring "*"/no.gpg is not there"* ]]
	# a web page in its place, and an empty file
	for page in '<html>not found</html>' ''; do
		printf %s "$page" >"$here/no.gpg"
		refresh_into "$store" 4
		[[ $output == *"the keyring "*"/no.gpg is none: it holds no OpenPGP public key"* ]]
	done
	sed -i 's/no.gpg/key.gpg/' "$here/r.yml"
	PATH=/nowhere refresh_into "$store" 4
	[[ $output == *"neither gpgv nor sqv is installed"* ]]
}
