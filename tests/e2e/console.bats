#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a disk's consoles show above the login, without a disk: an /etc and an agetty of the test's own.
bats_require_minimum_version 1.5.0
load helpers
load room

# look STATE STEP: what init and provision say; STEP of four is the one that runs.
look() {
	mkdir -p "$room/run/mkbench"
	jq -n --argjson at "$2" '{steps: [range(1; 5) | {step: "step-\(.)", state: (if . < $at then "done" elif . == $at then "running" else "pending" end)}]}' \
		>"$room/run/mkbench/progress.json"
	echo "{\"state\": \"$1\", \"beat_ms\": 9000000000000000}" >"$room/run/new"
	mv "$room/run/new" "$room/run/mkbench/state.json"
}

shows() { grep -qE "$1" "$room/etc/issue.d/50-mkbench.issue"; }
lacks() { [[ -s $room/etc/issue.d/50-mkbench.issue ]] && ! shows "$1"; }
drawn() { [[ $(wc -l <"$room/drawn") -ge $1 ]]; }

@test "a console is drawn anew for what a person must know, not for each step, and says that nobody can log in" {
	echo 'root:*:1:0:99999:7:::' >"$room/etc/shadow"
	printf '#!/bin/sh\necho "$@" >>%s\n' "$room/drawn" >"$room/bin/agetty"
	printf '#!/bin/sh\nmount --bind %s /etc && mount --bind %s /sbin/agetty && exec %s\n' "$room/etc" "$room/bin/agetty" "$room/bin/console" >"$room/bin/start"
	chmod 755 "$room"/bin/{agetty,start}
	ln -s "$guest" "$room/bin/console"
	look starting 1
	begun=$SECONDS
	ROOM_RUN=$room/run start_room_with start
	by=$outside until_true 300 drawn 1
	shows '^  Login     not here: root was given no password'
	shows '^  State     starting'
	for step in 2 3 4; do
		look starting $step
		by=$outside until_true 300 shows "^  Preparing step $step of 4: step-$step"
	done
	look running 5
	by=$outside until_true 300 shows '^  State     running'
	count=$(wc -l <"$room/drawn")
	echo "drawn $count times in $((SECONDS - begun)) s"
	((count <= 2 + (SECONDS - begun) / 30))
	by=$outside until_true 300 drawn 2
	lacks Preparing
	shows '^  Address   none: no network card here that this kernel knows'
	shows '^  Admin     password as it was given'
	lacks '^  Memory'
	echo 'root:$y$j9T$hash:1:0:99999:7:::' >"$room/etc/shadow"
	by=$outside until_true 300 lacks '^  Login'
	by=$outside until_true 300 drawn 3
	in_room mount -t tmpfs -o size=4m tmpfs "$room/data"
	by=$outside until_true 300 shows "^  Data      $room/data is full: less than 64 MiB free"
	echo 'MemTotal: 131072 kB' >"$room/meminfo"
	in_room mount --bind "$room/meminfo" /proc/meminfo
	by=$outside until_true 300 shows '^  Memory    134.2 MB: a bench needs 1 GB, better 2 GB'
	in_room ip link add type veth
	by=$outside until_true 300 shows '^  Address   none yet: no network has answered by DHCP'
	run -1 grep -v '^--reload$' "$room/drawn"
}
