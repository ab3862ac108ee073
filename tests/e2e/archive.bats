#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Archives and what can be wrong with them, on a mirror made on the spot.
bats_require_minimum_version 1.5.0
load helpers
load mirror

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
