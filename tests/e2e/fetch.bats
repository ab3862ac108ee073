#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Downloads against a server on loopback that misbehaves on demand (tests/mirror/serve).
bats_require_minimum_version 1.5.0
load helpers

setup() {
	programs=$(dirname "$(readlink -f "$MKBENCH")")/t
	root=$BATS_TEST_TMPDIR/root state=$BATS_TEST_TMPDIR/state store=$BATS_TEST_TMPDIR/store
	mkdir "$root" "$state"
	head -c 300000 /dev/urandom >"$root/a"
	head -c 1000 /dev/urandom >"$root/b"
	"$BATS_TEST_DIRNAME/../mirror/serve" "$root" "$state" 3>&- &
	server=$!
	by=$server until_true 300 test -e "$state/port"
	at=http://127.0.0.1:$(<"$state/port")
	export MKBENCH_STALL_SECONDS=2
	unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
}

teardown() {
	kill "$server" ${second:-}
}

faults() { printf '%s\n' "$@" >"$state/faults"; }
sum() { sha256sum "$root/$1" | cut -d' ' -f1; }
size() { stat -c %s "$root/$1"; }
want() { echo "$1 $(size "$1") $(sum "$1") ${*:2}"; } # FILE URL...

# fetch STATUS LINE...: runs the downloader on lines such as want's.
fetch() {
	local status=$1
	shift
	printf '%s\n' "$@" >"$state/wants"
	run -"$status" timeout --kill-after=5 600 "$programs/http" "$store" <"$state/wants"
	echo "$output"
	cat "$state/log" || true
}
blobs() { find "$store/blobs" -type f | wc -l; }
requests() { grep -c "$1" "$state/log"; }
holds() {
	local hex
	hex=$(sum "$1")
	cmp "$root/$1" "$store/blobs/sha256/${hex:0:2}/${hex:2}"
}

@test "a file arrives, and is not asked for again" {
	fetch 0 "$(want a "$at/a")" "$(want b "$at/b")"
	holds a
	holds b
	[ "$(requests GET)" = 2 ]
	fetch 0 "$(want a "$at/a")"
	[ "$output" = "a $(sum a) stored" ]
	[ "$(requests GET)" = 2 ]
}

@test "a broken transfer goes on where it stopped" {
	faults '/a 1 cut=100000'
	fetch 0 "$(want a "$at/a")"
	holds a
	grep -qx '206 GET /a bytes=100000-' "$state/log"
}

@test "a broken transfer goes on at the next mirror" {
	mkdir "$root/m1" "$root/m2" && cp "$root/a" "$root/m1" && cp "$root/a" "$root/m2"
	faults '/m1/* - cut=100000'
	fetch 0 "$(want a "$at/m1/a" "$at/m2/a")"
	holds a
	grep -qx '206 GET /m2/a bytes=100000-' "$state/log"
}

@test "a server that ignores or mistakes the range spoils nothing" {
	for fault in norange badrange; do
		faults "/$fault 1 cut=1000" "/$fault 1 $fault"
		head -c 50000 /dev/urandom >"$root/$fault"
		cp "$root/$fault" "$root/$fault.copy"
		fetch 0 "$(want "$fault" "$at/$fault" "$at/$fault.copy")"
		holds "$fault"
	done
}

@test "a resumed file with a wrong half is fetched whole before the mirror is blamed" {
	mkdir "$root/bad" "$root/good"
	cp "$root/a" "$root/good"
	head -c 300000 /dev/zero >"$root/bad/a"
	faults '/bad/a 1 cut=1000' '/bad/a - 404'
	fetch 0 "$(want a "$at/bad/a" "$at/good/a")"
	holds a
	grep -qx '206 GET /good/a bytes=1000-' "$state/log"
	grep -qx '200 GET /good/a -' "$state/log"
}

@test "errors that pass are waited out" {
	faults '/a 2 503' '/b 1 retry=1'
	fetch 0 "$(want a "$at/a")" "$(want b "$at/b")"
	holds a
	holds b
	[ "$(requests ' /a ')" = 3 ]
	[ "$(requests ' /b ')" = 2 ]
}

@test "errors that stay end it, with each mirror's answer and no password" {
	faults '/a - 503'
	fetch 4 "$(want a "http://me:secret@${at#http://}/a" "$at/none/a" http://127.0.0.1:1/a)"
	[[ $output == "cannot fetch a: $at/a: answers 503; $at/none/a: 404 not found; http://127.0.0.1:1/a: "*refused* ]] ||
	[[ $output == "cannot fetch a: $at/a: answers 503; $at/none/a: 404 not found; http://127.0.0.1:1/a: "*connect* ]]
	[ "$(requests ' /a ')" = 5 ]
	[ "$(requests ' /none/a ')" = 1 ]
	[ "$(blobs)" = 0 ]
}

@test "the next mirror serves what the first has not" {
	fetch 0 "$(want a "$at/nothing/a" "$at/a")"
	[ "$output" = "a $(sum a) $at/a" ]
}

@test "wrong bytes are refused, and another mirror asked" {
	cp "$root/a" "$root/copy"
	faults '/a - wrong'
	fetch 4 "$(want a "$at/a")"
	[[ $output == *"$at/a: its SHA-256 is not the one promised"* ]]
	[ "$(blobs)" = 0 ]
	fetch 0 "$(want a "$at/a" "$at/copy")"
	holds a
	[ "$(requests ' /a ')" = 2 ]
}

@test "never more bytes than promised, however they are sent" {
	faults '/a - longer' '/b - length=2000'
	fetch 4 "$(want a "$at/a")"
	[[ $output == *"sends more than the size promised"* ]]
	fetch 4 "$(want b "$at/b")"
	[[ $output == *"its size is not the one promised"* ]]
	faults '/b - length=999'
	fetch 4 "$(want b "$at/b")"
	[[ $output == *"its size is not the one promised"* ]]
	[ "$(blobs)" = 0 ]
}

@test "a stalled mirror is left for another; a slow start is not a stall" {
	cp "$root/a" "$root/copy"
	faults '/a - stall=70000' '/b 1 slow=1.2'
	fetch 0 "$(want a "$at/a" "$at/copy")" "$(want b "$at/b")"
	holds a
	holds b
	grep -qx '206 GET /copy bytes=70000-' "$state/log"
	[ "$(requests ' /b ')" = 1 ]
}

@test "a mirror that drips is left for another, at once or when it has taken too long; alone it is an error" {
	export MKBENCH_STALL_SECONDS=1
	cp "$root/a" "$root/copy"
	faults '/a - drip=2' '/b - drip=400'
	fetch 0 "$(want a "$at/a" "$at/copy")"
	holds a
	head -c 300000 /dev/urandom >"$root/b" # 256 bytes a second and more, yet for ever
	cp "$root/b" "$root/other"
	fetch 4 "$(want b "$at/b")"
	[[ $output == *"cannot fetch b: $at/b: it sends too slowly: "*" bytes in 2"[0-9]" s"* ]]
	[ "$(requests ' /b ')" = 1 ]
	fetch 0 "$(want b "$at/b" "$at/other")"
	holds b
	grep -q '^206 GET /other ' "$state/log"
}

@test "optional means clearly absent, and nothing else" {
	fetch 0 "x? 0 - $at/x $at/y"
	[ "$output" = "x? absent stored" ]
	faults '/y - 403'
	fetch 4 "x? 0 - $at/x $at/y"
	[[ $output == *"$at/x: 404 not found; $at/y: answers 403"* ]]
}

@test "redirects are followed, never to a file" {
	faults "/from - to=$at/a" '/out - to=file:///etc/hostname' "/round - to=$at/round"
	fetch 0 "a $(size a) $(sum a) $at/from"
	holds a
	fetch 4 "x 0 - $at/out"
	[[ $output == *'"file"'* ]]
	fetch 4 "x 0 - $at/round"
	[[ $output == *edirect* ]]
}

@test "a proxy of the environment is used" {
	mkdir "$root/far.example" && cp "$root/a" "$root/far.example"
	http_proxy=$at fetch 0 "$(want a http://far.example/a)"
	holds a
	grep -qx '200 GET http://far.example/a -' "$state/log"
}

@test "a server must be trusted: by the CA bundle of the environment" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=here \
		-addext subjectAltName=IP:127.0.0.1 -keyout "$state/key" -out "$state/ca" 2>/dev/null
	cat "$state/ca" "$state/key" >"$state/pem"
	mkdir "$state/tls"
	"$BATS_TEST_DIRNAME/../mirror/serve" "$root" "$state/tls" "$state/pem" 3>&- &
	second=$!
	by=$second until_true 300 test -e "$state/tls/port"
	at=https://127.0.0.1:$(<"$state/tls/port")
	fetch 4 "$(want a "$at/a")"
	[[ $output == *certificate* ]]
	[ "$(blobs)" = 0 ]
	SSL_CERT_FILE=$state/ca CURL_CA_BUNDLE='' fetch 0 "$(want a "$at/a")"
	CURL_CA_BUNDLE=$state/ca fetch 0 "$(want b "$at/b")"
	holds a
	holds b
}

@test "file:// is for archives that a person named" {
	fetch 4 "$(want a "file://$root/a")"
	fetch 0 "local $(size a) $(sum a) file://$root/nothing file://$root/a"
	holds a
}

@test "many at once, the same ones by two processes" {
	for i in $(seq 60); do
		head -c $((i * 3000)) /dev/urandom >"$root/n$i"
		want "n$i" "$at/n$i"
	done >"$state/wants"
	"$programs/http" "$store" <"$state/wants" >"$state/first" &
	run -0 timeout 600 "$programs/http" "$store" <"$state/wants"
	wait $!
	for i in $(seq 60); do holds "n$i"; done
	[ "$(blobs)" = 60 ]
	[ "$(wc -l <"$state/first")" = 60 ]
	[ -z "$(ls -A "$store/tmp")" ]
}

@test "killed while downloading, it leaves nothing half and starts again" {
	faults '/a - stall=200000'
	want b "$at/b" >"$state/wants"
	want a "$at/a" >>"$state/wants"
	MKBENCH_STALL_SECONDS=60 "$programs/http" "$store" <"$state/wants" >"$state/out" &
	pid=$!
	by=$pid until_true 300 grep -q '^b ' "$state/out"
	by=$pid until_true 300 grep -q ' /a ' "$state/log"
	kill -9 $pid
	wait $pid || true
	[ "$(blobs)" = 1 ]
	holds b
	rm "$state/faults"
	fetch 0 "$(want b "$at/b")" "$(want a "$at/a")"
	holds a
	[ -z "$(ls -A "$store/tmp")" ]
}

@test "a proxy that is not there is named by the variable that names it" {
	for name in http_proxy all_proxy; do
		run -4 env "$name=http://127.0.0.1:9" timeout 600 "$programs/http" "$store" <<<"$(want a http://far.example/a)"
		echo "$output"
		[[ $output == *"127.0.0.1 port 9"*" (the proxy that \$$name names)"* ]]
	done
}

@test "a full disk is said so, and half a file is not kept" {
	unshare --mount true || skip "no right to mount"
	mkdir "$store"
	want a "$at/a" >"$state/wants"
	run -6 unshare --mount sh -c "mount -t tmpfs -o size=200k tmpfs '$store' &&
		'$programs/http' '$store' <'$state/wants'; status=\$?; find '$store/blobs' -type f; exit \$status"
	echo "$output"
	[[ $output == *"disk is full"*"No space left"* ]]
	[ "${#lines[@]}" = 1 ]
}
