#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
bats_require_minimum_version 1.5.0
load helpers
load room

teardown() {
	! mountpoint -q "$room/data" || umount -l "$room/data"
	drop_room
}

# What is in the bench, wherever its room is.
tell_all() {
	in_room "$repo/tests/guest/oracle" "$room" >"$room/told"
	sed "s#$room#ROOM#g" "$room/told"
}

# The lines of a bench that nobody has disturbed, made once.
undisturbed() {
	[[ ! -e $BATS_FILE_TMPDIR/oracle ]] || return 0
	start_room
	started
	tell_all >"$BATS_FILE_TMPDIR/oracle"
	in_room jq -r '.steps[].step' /run/mkbench/progress.json >"$BATS_FILE_TMPDIR/steps"
	end_room TERM
	rm -rf "$room"
	make_room
}

is_equal() {
	tell_all >"$room/oracle"
	diff "$BATS_FILE_TMPDIR/oracle" "$room/oracle"
	[[ -z $(find "$room/data" -name '*.new' -o -name '*.replaced' -o -name '*.damaged') ]]
}

@test "killed like by a power cut before, in and after each step, then finished: equal to a run that was left alone" {
	undisturbed
	for step in $(cat "$BATS_FILE_TMPDIR/steps"); do
		phases="before after"
		case $step in
		config | tables | stores | secrets/* | database/* | folder/* | finish/*) phases="before mid after" ;;
		create/*) phases="before mid commit after" ;;
		esac
		for phase in $phases; do
			start_room MKBENCH_CRASH_AT="$step:$phase"
			over
			[[ $status = 137 ]] || { echo "$step:$phase ended with $status"; tail -20 "$log"; false; }
		done
	done
	start_room
	started
	is_equal
}

@test "each step of a site killed on a volume of its own: the first password stays, nothing is left over" {
	undisturbed
	for point in secrets/one.localhost:mid database/one.localhost:mid folder/one.localhost:mid create/one.localhost:mid \
		create/one.localhost:commit finish/two.localhost:mid tables:mid config:mid; do
		echo "# $point"
		start_room MKBENCH_CRASH_AT=$point
		over
		[[ $status = 137 ]]
		password=$(cat "$room/data/secrets/one.localhost/admin_password" 2>/dev/null || true)
		start_room
		started
		is_equal
		[[ -z $password || $password = $(cat "$room/data/secrets/one.localhost/admin_password") ]]
		end_room TERM
		[[ $status = 0 ]]
		rm -rf "$room"
		make_room
	done
}

@test "the power fails right after a step: what the ledger calls done is on the disk, whole" {
	[[ -e /dev/loop-control ]] || skip "needs loop devices"
	undisturbed
	for point in tables create/one.localhost finish/two.localhost; do
		truncate -s 600M "$room/disk"
		mke2fs -q -t ext4 "$room/disk"
		mount -o loop "$room/disk" "$room/data"
		rmdir "$room/data/lost+found"
		start_room MKBENCH_CRASH_AT="$point:after"
		over
		[[ $status = 137 ]]
		cp --sparse=always "$room/disk" "$room/cut" # what the kernel still had to write is not there
		umount -l "$room/data"
		mount -o loop "$room/cut" "$room/data"
		start_room
		started
		is_equal
		end_room TERM
		umount -l "$room/data"
		rm -rf "$room"
		make_room
	done
}

@test "killed at random times, again and again, then finished" {
	undisturbed
	RANDOM=${SEED:=$$}
	echo "SEED=$SEED"
	for _ in $(seq "${KILLS:-6}"); do
		start_room
		sleep "0.$((RANDOM % 40 / 10))$((RANDOM % 10))"
		[[ $((RANDOM % 3)) = 0 ]] || sleep "$((RANDOM % 3)).$((RANDOM % 10))"
		end_room KILL
	done
	start_room
	started
	is_equal
}

@test "TERM while it is being provisioned: an ordered stop, then finished" {
	undisturbed
	for point in links stores create/one.localhost; do
		start_room
		until_room sh -c "jq -e '.steps[] | select(.step == \"$point\" and .state != \"pending\")' /run/mkbench/progress.json"
		end_room TERM
		[[ $status = 0 ]] || { echo "at $point: $status"; tail -30 "$log"; false; }
	done
	start_room
	started
	is_equal
	run -1 grep -i "crash recovery" "$room/log/mariadb.log"
}
