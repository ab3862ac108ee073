#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Archives that the machine's own apt names, and those of others.
bats_require_minimum_version 1.5.0
load helpers
load mirror

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
