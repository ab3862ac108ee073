#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# An upgrade that is killed, anywhere: old data under the old image, or new data under the new one.
bats_require_minimum_version 1.5.0
load helpers
load room
load upgrade

is_clean() {
	[[ -z $(find "$room/data" \( -name '*.new' -o -name '*.replaced' -o -name '*.damaged' -o -name '*.after' -o -name '*.gone' \) ! -path '*/mysql/*') ]]
}

# The image before starts next: it must run at once until the commit, and refuses afterwards.
then_old() {
	local committed=none # killed on the way back, between two renames
	[[ ! -e $room/data/.mkbench/committed.json ]] || committed=$(jq -r '.image.version' "$room/data/.mkbench/committed.json")
	image 1
	start_room
	if [[ $committed = 2.0 ]]; then
		over
		[[ $status = 6 ]]
		tail -1 "$log" | grep -q "this image is older than the data"
	else
		started
		is_as before
		is_clean
		end_room KILL
	fi
}

then_new() {
	image 2
	start_room
	started
	is_as after
	is_clean
	[[ ! -e $room/data/.mkbench/upgrade.json && $(find "$room/data/.mkbench/before" -mindepth 1 -maxdepth 1 | wc -l) = 1 ]]
	end_room KILL
}

# Each in turn: old, new, old and new.
then_somebody() {
	case $((turn++ % 3)) in
	0) then_old ;;
	1) then_new ;;
	2) then_old && then_new ;;
	esac
}

# Points at which something differs from the one before; EVERY_POINT=1: all there are.
points() {
	local step phase
	if [[ -z ${EVERY_POINT:-} ]]; then
		printf '%s\n' snapshot:{before,mid,commit,after} stores:mid migrate/one.localhost:{mid,after} migrate/two.localhost:before \
			serve:after probe/two.localhost:after commit:{mid,commit,after}
		return
	fi
	while read -r step; do
		for phase in before mid commit after; do
			case $step:$phase in
			snapshot:* | commit:* | config:mid | stores:mid | migrate/*:mid | *:before | *:after) echo "$step:$phase" ;;
			esac
		done
	done < <(sed -n '/^snapshot$/,/^commit$/p' "$BATS_FILE_TMPDIR/steps" | grep -vx "install/.*")
}

@test "killed like by a power cut before, in and after each step of an upgrade" {
	undisturbed
	turn=0
	for point in $(points); do
		echo "# $point"
		volume
		image 2
		start_room MKBENCH_CRASH_AT="$point"
		over
		[[ $status = 137 ]] || { tail -20 "$log"; false; }
		then_somebody
	done
	[[ $turn -gt 10 ]]
}

@test "killed while the data go back, at each point of that" {
	undisturbed
	for phase in before mid commit after; do
		echo "# put-back:$phase"
		volume
		image 2
		touch "$room/bench/broken-two.localhost"
		start_room MKBENCH_CRASH_AT="put-back:$phase"
		over
		[[ $status = 137 ]]
		rm "$room/bench/broken-two.localhost"
		image 1
		start_room MKBENCH_CRASH_AT="put-back:$phase" # an old image that is killed at the same thing
		[[ $phase = after ]] || over
		[[ $phase = after ]] || [[ $status = 137 ]]
		[[ $phase != after ]] || end_room KILL
		then_old
	done
}

@test "killed at random times, each by another image than the last one or the same" {
	undisturbed
	turn=0
	RANDOM=${SEED:=$$}
	echo "SEED=$SEED"
	for _ in $(seq "${KILLS:-3}"); do
		volume
		for _ in 1 2; do
			image 2
			start_room
			sleep "$((RANDOM % 4)).$((RANDOM % 100))"
			end_room KILL
		done
		then_somebody
	done
}
