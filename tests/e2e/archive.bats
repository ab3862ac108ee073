#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Archives and what can be wrong with them, on a mirror made on the spot.
bats_require_minimum_version 1.5.0
load helpers

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

@test "suite, updates and security are loaded, and lists only once" {
	refresh 0
	[[ $output == *"mk-tool 1.0-1+deb13u1 trixie-security $at/debian-security/pool/main/m/mk-tool/"* ]]
	[[ $output == *"mk-shell 1:5.2-1 trixie $at/debian/pool/main/m/mk-shell/mk-shell_5.2-1_"* ]]
	[ "$(requests '200 GET .*/by-hash/')" = 4 ] # two stores, two lists that are not empty
	[ "$(requests Packages)" = 0 ]
	refresh 0
	[ "$(requests '200 GET .*/by-hash/')" = 4 ]
	[ "$(requests InRelease)" = 12 ]
}

@test "lists are found by name where there is no by-hash" {
	rm -r "$dist/$list/by-hash"
	refresh 0
	[[ $output == *"mk-shell 1:5.2-1 "* ]]
	[ "$(requests "200 GET .*/trixie/.*/Packages.xz")" = 2 ]
}

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

@test "text that nobody signed is refused wherever it stands" {
	cp "$dist/InRelease" "$here/good"
	{ echo 'Suite: trixie'; cat "$here/good"; } >"$dist/InRelease"
	refresh 4
	[[ $output == *"not one clear-signed message with nothing around it" ]]
	{ cat "$here/good"; echo 'Suite: trixie'; } >"$dist/InRelease"
	refresh 4
	cat "$here/good" "$here/good" >"$dist/InRelease"
	refresh 4
	sed 's/^Hash: SHA256/Hash: SHA256\nDate: today/' "$here/good" >"$dist/InRelease"
	refresh 4
	sed 's/^-----BEGIN PGP SIGNATURE-----/-----BEGIN PGP SIGNED MESSAGE-----\n\nmore\n&/' "$here/good" >"$dist/InRelease"
	refresh 4
	cp "$dist/Release" "$dist/InRelease"
	refresh 4
	head -c 300 "$here/good" >"$dist/InRelease"
	refresh 4
	: >"$dist/InRelease"
	refresh 4
	cp "$here/good" "$dist/InRelease"
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

@test "updates may be missing, but not vanish, and only by a clear answer" {
	mv "$here/debian/dists/trixie-updates" "$here/away"
	refresh_into "$store" 0
	[[ $output == *"trixie-updates is on no mirror: built without it"* ]]
	faults '*/trixie-updates/* - 403'
	refresh_into "$store" 4
	[[ $output == *"answers 403"* ]]
	rm "$state/faults"
	mv "$here/away" "$here/debian/dists/trixie-updates"
	refresh_into "$store" 0
	mv "$here/debian/dists/trixie-updates" "$here/away"
	refresh_into "$store" 4
	[[ $output == *"trixie-updates/InRelease was there before and is gone"* ]]
}

@test "security updates are there and valid, or nothing is chosen: whoever says not found, whoever is stale" {
	gone=$here/debian-security
	mv "$gone" "$here/away"
	refresh 4
	[[ $output == *"no mirror has trixie-security, the security updates (not found at $at/debian-security, $at/debian): name "*"base.security: false"* ]]
	faults '*-security/dists/* - 404' '*/trixie-security/* - 410' # as a proxy would
	refresh 4
	[[ $output == *"no mirror has trixie-security"* ]]
	rm "$state/faults"
	mv "$here/away" "$gone"
	# stale at the place that is right, not found at the one that is guessed next
	"$mirror/sign" "$here" debian-security trixie-security "$gone/packages" '9 days ago' '2 days ago'
	refresh 4
	[[ $output == *"$at/debian-security/dists/trixie-security/InRelease: suite trixie-security was valid until "*"; no other mirror has trixie-security"* ]]
	faults '/debian/dists/trixie-security/* - 403'
	refresh 4
	[[ $output == *"was valid until "*"; then: cannot fetch trixie-security: $at/debian/dists/trixie-security/InRelease: answers 403"* ]]
	rm "$state/faults"
	mkdir -p "$here/debian/dists/trixie-security"
	echo '<html>log in</html>' >"$here/debian/dists/trixie-security/InRelease"
	refresh 4
	[[ $output == *"it is not one clear-signed message"* ]]
	rm -r "$here/debian/dists/trixie-security"
	sed -i 's/^base:/&\n  security: false/' "$here/r.yml"
	refresh 0
	[[ $output == *"mk-tool 1.0-1 trixie "* && $output != *-security* ]]
}

@test "a stale list is not made up for by a mirror that has none; a mirror with a good one does" {
	mkdir -p "$here/second/dists"
	cp -r "$here/debian/dists/trixie" "$here/second/dists"
	recipe "$at/debian" "$at/second"
	sign trixie-updates /dev/null '9 days ago' '2 days ago'
	refresh 4
	[[ $output == *"$at/debian/dists/trixie-updates/InRelease: suite trixie-updates was valid until "*"; no other mirror has trixie-updates" ]]
	sign trixie-updates /dev/null now 'now + 2 days'
	cp -r "$here/debian/dists/trixie-updates" "$here/second/dists"
	sign trixie-updates /dev/null '9 days ago' '2 days ago'
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

@test "a snapshot mirror's security is beside its date; sid and archives of others have none" {
	mkdir -p "$here/archive/debian" "$here/archive/debian-security"
	mv "$here/debian" "$here/archive/debian/20260101T000000Z"
	mv "$here/debian-security" "$here/archive/debian-security/20260101T000000Z"
	recipe "$at/archive/debian/20260101T000000Z"
	refresh 0
	[[ $output == *"mk-tool 1.0-1+deb13u1 trixie-security $at/archive/debian-security/20260101T000000Z/pool/"* ]]
	"$mirror/sign" "$here" unstable sid "$here/archive/debian/20260101T000000Z/packages"
	"$mirror/sign" "$here" others stable "$here/archive/debian-security/20260101T000000Z/packages"
	recipe "$at/unstable"
	sed -i 's/suite: trixie/suite: sid/' "$here/r.yml"
	echo "  archives: [{url: $at/others, suite: stable, key: key.gpg}]" >>"$here/r.yml"
	refresh 0
	[[ $output == *"mk-shell 1:5.2-1 sid "*"mk-tool 1.0-1+deb13u1 stable "* ]]
	run ! grep -e '-security/dists\|-updates' <<<"$output"
}

@test "apt's own updates are not optional; security is where apt has it" {
	sed -i '/key:/d; /mirrors:/d' "$here/r.yml"
	mkdir -p "$here/apt"
	printf 'deb [signed-by=%s] %s %s main\n' "$here/key.asc" "$at/debian" trixie "$here/key.asc" "$at/debian" trixie-updates \
		"$here/key.asc" "$at/elsewhere" trixie-security >"$here/apt/sources.list"
	mv "$here/debian-security" "$here/elsewhere"
	export MKBENCH_APT=$here/apt
	refresh 0
	[[ $output == *"source trixie-security $at/elsewhere"* ]]
	mv "$here/debian/dists/trixie-updates" "$here/away"
	rm -rf "$store"-*
	refresh 4
	[[ $output == *"cannot fetch trixie-updates: "*"404 not found"* ]]
}

@test "apt's own proxy, per host and DIRECT, and its lists of mirrors by HTTP" {
	mkdir "$here/far.example"
	cp -r "$here/debian" "$here/debian-security" "$here/far.example"
	printf 'Acquire::http::Proxy "%s";\n' "$at" >"$here/apt.conf"
	export APT_CONFIG=$here/apt.conf
	recipe http://far.example/debian
	refresh_into "$store" 0
	[[ $output == *"mk-tool 1.0-1+deb13u1 trixie-security http://far.example/debian-security/"* ]]
	grep -q '^200 GET http://far.example/debian/dists/' "$state/log"
	printf 'Acquire::http::Proxy::far.example "DIRECT";\n' >>"$here/apt.conf"
	run -4 "$programs/archive" "$store" "$here/r.yml"
	[[ $output == *"far.example"*resolve* ]]
	unset APT_CONFIG
	sed -i '/key:/d; /mirrors:/d' "$here/r.yml"
	mkdir -p "$here/apt/examples"
	printf '%s/debian priority:2\n%s/none/debian priority:1\n' "$at" "$at" >"$here/list"
	printf 'deb [signed-by=%s] %s %s main\n' "$here/key.asc" "mirror+$at/list" trixie >"$here/apt/sources.list"
	export MKBENCH_APT=$here/apt
	refresh 0
	[[ $output == *"source trixie $at/none/debian"*"mk-shell 1:5.2-1 trixie "* ]]
	rm "$here/list"
	refresh_into "$store" 3
	[[ $output == *"apt's list of mirrors mirror+$at/list: "*"404 not found"*"no mirror of trixie is known"*"(not usable here)"* ]]
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

@test "the suite itself may not be missing" {
	rm -r "$dist"
	refresh 4
	[[ $output == *"cannot fetch trixie: $at/debian/dists/trixie/InRelease: 404 not found" ]]
}

@test "what is wrong at one mirror is tried at the next" {
	mkdir -p "$here/portal/dists"/{trixie,trixie-updates,trixie-security}
	for suite in "$here/portal/dists"/*; do echo '<html>log in</html>' >"$suite/InRelease"; done
	recipe "$at/portal" "$at/debian"
	refresh_into "$store" 0
	[[ $output == *"$at/portal/dists/trixie/InRelease: it is not one clear-signed message"*"trying the next mirror"* ]]
	[[ $output == *"mk-shell 1:5.2-1 "* ]]
}

@test "a list with other bytes than signed is refused" {
	faults '*/by-hash/* - wrong' '*/Packages* - wrong'
	refresh_into "$store" 4
	[[ $output == *"SHA-256 is not the one promised"* ]]
	faults '*/by-hash/* - longer' '*/Packages* - length=100'
	refresh_into "$store" 4
	[[ $output == *"sends more than the size promised"*"its size is not the one promised"* ]]
}

# resign: signs the Release again after it was edited.
resign() {
	gpg --homedir "$here/gnupg" --batch --quiet --yes --output "$dist/InRelease" --clearsign "$dist/Release"
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

@test "lists of each compression, with and without a plain one listed" {
	zstd -q "$dist/$list/Packages"
	for tail in xz gz zst ''; do
		: >"$state/log"
		hash=$(sha256sum "$dist/$list/Packages${tail:+.$tail}" | cut -d' ' -f1)
		size=$(stat -c %s "$dist/$list/Packages${tail:+.$tail}")
		sed -i '/^SHA256:/q' "$dist/Release"
		echo " $hash $size $list/Packages${tail:+.$tail}" >>"$dist/Release"
		resign
		refresh_into "$store-$tail" 0
		[[ $output == *"mk-shell 1:5.2-1 "* ]]
		refresh_into "$store-$tail" 0
		[[ $output == *"mk-shell 1:5.2-1 "* ]]
		[ "$(requests "200 GET /debian/dists/trixie/$list/.*\($hash\|Packages\)")" = 1 ]
	done
	truncate -s 300 "$dist/$list/Packages.xz"
	sed -i '/^SHA256:/q' "$dist/Release"
	echo " $(sha256sum "$dist/$list/Packages.xz" | cut -d' ' -f1) 300 $list/Packages.xz" >>"$dist/Release"
	resign
	refresh_into "$store" 4
	[[ $output == *"decompress"* ]]
}

@test "a component that is not there is named" {
	sed -i "s/ main\// contrib\//" "$dist/Release"
	resign
	refresh_into "$store" 4
	[[ $output == *"/trixie/InRelease has no component 'main' for "* ]]
}

@test "keyrings: armoured, missing, none that verifies" {
	sed -i 's/key.gpg/key.asc/' "$here/r.yml"
	refresh 0
	sed -i 's/key.asc/no.gpg/' "$here/r.yml"
	refresh_into "$store" 4
	[[ $output == *"the keyring "*"/no.gpg is not there"* ]]
	sed -i 's/no.gpg/key.gpg/' "$here/r.yml"
	PATH=/nowhere refresh_into "$store" 4
	[[ $output == *"neither gpgv nor sqv is installed"* ]]
}

@test "apt's configuration names mirror and key" {
	sed -i '/key:/d; /mirrors:/d' "$here/r.yml"
	mkdir -p "$here/apt/sources.list.d"
	{
		printf 'Types: deb\nURIs: %s/debian\nSuites: trixie\nComponents: main\nSigned-By:\n' "$at"
		sed 's/^$/./; s/^/ /' "$here/key.asc"
	} >"$here/apt/sources.list.d/here.sources"
	export MKBENCH_APT=$here/apt
	refresh 0
	[[ $output == *"source trixie-security $at/debian-security"* ]]
	[[ $output == *"mk-tool 1.0-1+deb13u1 trixie-security "* ]]
	rm "$here/apt/sources.list.d/here.sources"
	echo "deb [signed-by=$here/key.asc] file:$here/debian trixie main" >"$here/apt/sources.list"
	refresh 0
	[[ $output == *"mk-tool 1.0-1+deb13u1 trixie-security file://$here/debian-security/"* ]]
}

@test "a second archive has its own key and name; one that is not automatic stays behind" {
	mkdir "$here/more"
	sed 's/^Version: .*/Version: 9:99/' "$here/debian/packages" >"$here/newer"
	"$mirror/sign" "$here" more trixie "$here/newer"
	cat >>"$here/r.yml" <<-END
		  archives: [{url: $at/more/, suite: trixie, key: key.asc}]
	END
	refresh_into "$store" 0
	[[ $output == *"mk-shell 9:99 trixie@127.0.0.1:"*" $at/more/pool/"* ]]
	for line in 'NotAutomatic: yes' $'NotAutomatic: yes\nButAutomaticUpgrades: yes'; do
		EXTRA=$line "$mirror/sign" "$here" more trixie "$here/newer"
		refresh_into "$store" 0
		[[ $output == *"mk-shell 1:5.2-1 trixie "* ]]
	done
}

@test "archives of others call their suites what they like, and may be flat" {
	pool=$here/debian/pool
	for suite in stable any-version bookworm/org/7.0 Debian_12; do
		rm -rf "$here/more"
		mkdir "$here/more"
		cp -r "$pool" "$here/more"
		sed 's/^Version: .*/Version: 9:99/' "$here/debian/packages" >"$here/newer"
		"$mirror/sign" "$here" more "$suite" "$here/newer"
		recipe "$at/debian"
		echo "  archives: [{url: $at/more/, suite: $suite, key: key.asc}]" >>"$here/r.yml"
		refresh_into "$store" 0
		[[ $output == *"mk-shell 9:99 $suite $at/more/pool/"* ]]
	done
	# what it says of itself may be less, or another name: said, not refused
	dist=$here/more/dists/Debian_12
	sed -i 's/^\(Suite\|Codename\): .*/\1: else/' "$dist/Release"
	resign
	refresh_into "$store" 0
	[[ $output == *"it calls itself suite 'else' (else)"*"mk-shell 9:99 Debian_12 "* ]]
	for suite in / ./ deb/ ./deb/; do
		rm -rf "$here/flat"
		folder=$here/flat/$suite
		mkdir -p "$folder"
		sed "s|^Filename: .*/|Filename: ./|; s/^Version: .*/Version: 9:98/" "$here/debian/packages" >"$folder/Packages"
		xz -k "$folder/Packages"
		(
			cd "$folder"
			printf 'Date: %s\nSHA256:\n' "$(date -u '+%a, %d %b %Y %H:%M:%S UTC')"
			for file in Packages*; do
				printf ' %s %s %s\n' "$(sha256sum "$file" | cut -d' ' -f1)" "$(stat -c %s "$file")" "$file"
			done
		) >"$folder/Release"
		gpg --homedir "$here/gnupg" --batch --quiet --yes --output "$folder/InRelease" --clearsign "$folder/Release"
		recipe "$at/debian"
		echo "  archives: [{url: $at/flat, suite: $suite, key: key.asc}]" >>"$here/r.yml"
		refresh_into "$store-$RANDOM" 0
		[[ $output == *"mk-shell 9:98 flat@127.0.0.1:"*" $at/flat/./mk-shell_"* ]]
	done
	for suite in ../x a/../b 'a b' -x /a//b "''"; do
		recipe "$at/debian"
		echo "  archives: [{url: $at/flat, suite: '${suite//\'/}', key: key.asc}]" >>"$here/r.yml"
		refresh_into "$store" 3
	done
	recipe "$at/debian"
	echo "  archives: [{url: $at/flat, suite: ./, components: [main], key: key.asc}]" >>"$here/r.yml"
	mkbench 3 check "$here/r.yml"
	[[ $output == *"a flat archive has no components"* ]]
}

@test "two at once in one store" {
	"$programs/archive" "$store" "$here/r.yml" >"$state/first" &
	refresh_into "$store" 0
	wait $!
	grep -q '^mk-shell ' "$state/first"
	[ -z "$(find "$store/tmp" -type f -size +0)" ]
}

@test "a build that is interrupted says so below its bar, and ends as a shell expects" {
	mkdir "$here/demo"
	echo application >"$here/demo/wsgi.py"
	echo create_site >"$here/demo/manage.py"
	touch "$here/socketio.js"
	faults '* - stall=1'
	for words in "INT 130 bar" "TERM 143 plain"; do
		read -r signal want style <<<"$words"
		MKBENCH_STORE=$store env --default-signal=INT "$MKBENCH" build --progress $style "$here/r.yml" 2>"$state/err" 3>&- &
		build=$!
		rm -f "$state/log"
		by=$build until_true 300 grep -q GET "$state/log" || { cat "$state/err"; return 1; }
		[ $style = plain ] || by=$build until_true 300 grep -q archives "$state/err"
		kill -"$signal" $build
		status=0
		wait $build || status=$?
		[ "$status" = "$want" ]
		[ "$(tail -1 "$state/err")" = "mkbench: interrupted" ]
		run ! grep -q '^$' "$state/err"
	done
}

@test "streams that the caller has closed are no numbers for files: nothing that is said goes into one" {
	mkdir "$here/demo"
	echo application >"$here/demo/wsgi.py"
	echo create_site >"$here/demo/manage.py"
	touch "$here/socketio.js"
	MKBENCH_STORE=$store timeout 300 bash -c 'exec "$@" >&- 2>&-' - "$MKBENCH" build --progress plain "$here/r.yml" || true
	grep -q GET "$state/log"
	[[ -e $store/lock && ! -s $store/lock ]]
	run -6 bash -c '"$1" schema >&-' - "$MKBENCH"
}
