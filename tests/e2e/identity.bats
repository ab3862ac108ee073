#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Who a disk is: what its host has told it of names and passwords, without a disk: an /etc of the test's own.
bats_require_minimum_version 1.5.0
load helpers
load room

# identify: the program with $room/run as /run, between a line before and one after, which say the name and its address.
identify() {
	cp /etc/nsswitch.conf "$room/etc"
	printf '127.0.0.1\tlocalhost\n' >"$room/etc/hosts"
	printf 'root:*:1:0:99999:7:::\n' >"$room/etc/shadow"
	ln -sf "$guest" "$room/bin/identity"
	ROOM_RUN=$room/run run -0 "$repo/tests/guest/enter-room" bash -c "hostname before; mount --bind $room/etc /etc; $room/bin/identity; getent hosts \$(hostname)"
}

@test "the name that it is told, or has, is one that it finds by itself; a wrong one is told and changes nothing" {
	mkdir -p "$room/run/credentials/@system"
	identify
	[[ ${lines[-1]} == 127.0.1.1*before ]]
	printf 'erp.example.org' >"$room/run/credentials/@system/system.hostname"
	identify
	[[ ${lines[-1]} == 127.0.1.1*erp.example.org ]]
	printf -- '-bad_host-' >"$room/run/credentials/@system/system.hostname"
	identify
	[[ ${lines[-1]} == 127.0.1.1*before ]]
	grep "'-bad_host-' cannot be a host name" "$room/run/mkbench/notes"
}

@test "a password that is no hash is told and never taken" {
	mkdir -p "$room/run/credentials/@system"
	printf changeme >"$room/run/credentials/@system/passwd.hashed-password.root"
	identify
	grep "passwd.hashed-password.root is no hash" "$room/run/mkbench/notes"
	run -1 grep -r changeme "$room/etc" "$room/run/mkbench"
	printf '$y$j9T$salt$hash' >"$room/run/credentials/@system/passwd.hashed-password.root"
	identify
	grep -F 'root:$y$j9T$salt$hash:1:' "$room/etc/shadow"
}
