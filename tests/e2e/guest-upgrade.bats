#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A newer image on an older volume, in a room of pretence: the data end as the old ones under the old image, or as the new ones under the new.
bats_require_minimum_version 1.5.0
load helpers
load room
load upgrade

teardown() {
	[[ -z ${outside:-} ]] || { kill -KILL "$outside" 2>/dev/null && wait "$outside" || true; }
	! mountpoint -q "$room/data" || umount -l "$room/data"
	drop_room
}

@test "newer apps: the sites are migrated, tried and committed; a copy of before is kept; the same image again does nothing" {
	undisturbed
	volume
	image 2
	start_room
	until_room "$room/bin/health" started
	grep -q "migrate/one.localhost: done" "$log"
	grep -q "commit: done" "$log"
	is_as after
	id=$(jq -r .upgrade "$room/data/.mkbench/committed.json")
	[[ -d $room/data/.mkbench/before/$id/mariadb && ! -e $room/data/.mkbench/upgrade.json ]]
	grep -q "^f .* mariadb/ibdata1$" "$room/data/.mkbench/before/$id/list"
	[[ $(jq -r '.sites["one.localhost"].apps.first.version' "$room/data/.mkbench/committed.json") = 1.1 ]]
	jq -s -e "map(select(.step == \"upgrade/$id/migrate/two.localhost\" and .event == \"done\")) | length == 1" "$room/data/.mkbench/ledger"
	end_room TERM
	[[ $status = 0 ]]
	cp "$log" "$room/first.log"
	start_room
	started
	is_as after
	run -1 grep -q "upgrade" <(tail -n +"$(($(wc -l <"$room/first.log") + 1))" "$log")
}

@test "a migration that fails: the data are as before, said everywhere, and the old image runs at once" {
	undisturbed
	volume
	image 2
	touch "$room/bench/broken-two.localhost"
	start_room
	until_room sh -c "! $room/bin/health && $room/bin/health | grep ^failed"
	run -1 in_room "$room/bin/health"
	[[ $output = "failed: the upgrade (first 1.0 -> 1.1) failed, and the data are as they were before: migrate/two.localhost: migrate ended with status 3: patch 7 finds no table 'nowhere'" ]]
	run -1 in_room "$room/bin/benchctl" status
	[[ $output = *"state         failed: the upgrade (first 1.0 -> 1.1) failed"*"patch 7"* ]]
	[[ $(in_room curl -s -o /dev/null -w '%{http_code}' -H 'Host: one.localhost' http://127.0.0.1:8080/) = 503 ]]
	in_room jq -e '.state == "failed" and .upgrade and .what == "first 1.0 -> 1.1"' /run/mkbench/progress/two.localhost.json
	[[ $output = *"apps          first 1.1, second"*"upgrade       first 1.0 -> 1.1"* ]]
	in_room "$room/bin/benchctl" status --json | jq -e '.apps[0] == { name: "first", version: "1.1", source: "sha256:f2" } and .upgrade == "first 1.0 -> 1.1"'
	grep -q "upgrade .* begins: first 1.0 -> 1.1$" "$log"
	run -0 in_room sh -c 'pgrep -c mariadbd || true'
	[[ $output = 0 ]]
	end_room TERM
	[[ $status = 7 ]]
	[[ -f $room/data/.mkbench/clean ]]
	[[ -z $(ls "$room/data/.mkbench/before") ]]
	image 1
	start_room
	started
	is_as before
	run -1 grep -i "crash recovery" "$room/log/mariadb.log"
	end_room TERM
	image 2
	rm "$room/bench/broken-two.localhost"
	start_room
	started
	is_as after
}

@test "a probe that fails puts the data back, too" {
	undisturbed
	volume
	image 2
	touch "$room/bench/useless"
	start_room
	until_room sh -c "$room/bin/health | grep '^failed: .*probe/one.localhost: try ended with status 1'"
	end_room TERM
	[[ $status = 7 ]]
	image 1
	start_room
	started
	is_as before
}

# edit FILTER: of the room's bench.json.
edit() {
	jq --arg bench "$room/bench" "$1" "$room/bench.json" >"$room/edited"
	mv "$room/edited" "$room/bench.json"
}

# untouched COMMAND...: changes nothing of the volume but the lease's time and what is written to be taken away again.
untouched() {
	local list
	list() { (cd "$room/data" && find . ! -name probe ! -path ./.mkbench -type f -printf '%p %s %T@ %i\n' | grep -v './.mkbench/lease' | sort); }
	list >"$room/list.1"
	"$@"
	list >"$room/list.2"
	diff "$room/list.1" "$room/list.2"
}

refused() {
	start_room
	over
	[[ $status = 6 ]]
	echo "# $1"
	tail -1 "$log" | grep -F "$1"
}

@test "what cannot work is refused before anything is touched: an older image, an app that is missing, too little room" {
	undisturbed
	volume
	image 2
	edit '.apps[1].name = "third" | .sites[].apps = ["first", "third"]'
	untouched refused "site one.localhost has the app 'second', which this image has not"
	image 2
	edit '.apps[0].version = "0.9.9"'
	untouched refused "this image is older than the data: it has first 0.9.9, they need first 1.0; the data are of pretence 1.0"
	image 2
	edit '.apps[0].version = "main"'
	start_room
	started
	end_room TERM
	id=$(jq -r .upgrade "$room/data/.mkbench/committed.json")
	image 1
	untouched refused "this image is older than the data: an upgrade has left its apps behind; the data are of pretence 2.0"
	grep -q "set MKBENCH_BACK=$id for one start" "$log"
	start_room MKBENCH_BACK="$id"
	started
	is_as before
	end_room TERM
	start_room
	started
	is_as before
}

@test "too little room for the copy is said with both numbers, and nothing is touched" {
	volume
	image 2
	mv "$room/data" "$room/volume"
	mkdir "$room/data"
	mount -t tmpfs -o size=1g,mode=755 tmpfs "$room/data"
	cp -a "$room/volume/." "$room/data"
	size=$(du -sm "$room/data/mariadb" | cut -f1)
	dd if=/dev/zero of="$room/data/.mkbench/filler" bs=1M count=$(($(stat -f -c %a "$room/data") / 256 - size)) status=none
	untouched refused "an upgrade keeps a copy of the data: $room/data has "
	tail -1 "$log" | grep -E "has [0-9.]+ MB free and needs [0-9.]+ MB; make room"
	rm "$room/data/.mkbench/filler"
	start_room
	started
}

@test "hold: a failed upgrade waits for a person, who has it tried again, or the data put back" {
	undisturbed
	volume
	image 2
	edit '.upgrade = { on_failure: "hold" }'
	cp "$room/bench.json" "$room/bench.hold"
	touch "$room/bench/broken-two.localhost"
	start_room
	until_room sh -c "$room/bin/health | grep '^failed: the upgrade (.*) failed, and waits'"
	[[ $(jq -r .state "$room/data/.mkbench/upgrade.json") = held ]]
	until_room test -e "$room/data/sites/two.localhost/private/files/migrated"
	end_room TERM
	start_room # the same image again: it still waits
	until_room sh -c "$room/bin/health | grep '^failed: the upgrade (.*) failed, and waits'"
	rm "$room/bench/broken-two.localhost"
	run -0 in_room "$room/bin/benchctl" upgrade
	[[ $output = *"first "*"(differs)"*"is held: migrate/two.localhost"* ]]
	in_room "$room/bin/benchctl" upgrade --retry
	started
	is_as after
	run -6 in_room "$room/bin/benchctl" upgrade --back
	end_room TERM
	volume
	cp "$room/bench.hold" "$room/bench.json"
	touch "$room/bench/broken-two.localhost"
	start_room
	until_room sh -c "$room/bin/health | grep '^failed: .* and waits'"
	in_room "$room/bin/benchctl" upgrade --back
	until_room sh -c "$room/bin/health | grep '^failed: .* as they were before'"
	[[ ! -e $room/data/.mkbench/upgrade.json ]]
	end_room TERM
	[[ $status = 7 ]]
	rm "$room/bench/broken-two.localhost"
	image 1
	start_room
	started
	is_as before
}

@test "exit: a failed upgrade ends the instance, for a platform to start the image before; on a disk it stays" {
	undisturbed
	volume
	image 2
	edit '.upgrade = { on_failure: "exit" }'
	touch "$room/bench/broken-two.localhost"
	start_room
	over
	[[ $status = 7 ]]
	grep "this ends, for the image before to be started" "$log"
	tail -1 "$log" | grep '"event":"stopped"'
	[[ ! -e $room/data/.mkbench/upgrade.json && -e $room/data/.mkbench/clean ]]
	start_room # a platform that starts the same one again: tried again
	over
	[[ $status = 7 && $(grep -c 'upgrade .* begins: ' "$log") = 2 ]]
	mkdir -p "$room/systemd/systemd/system"
	ROOM_RUN=$room/systemd start_room
	until_room sh -c "$room/bin/health | grep '^failed: .* as they were before'"
	end_room TERM
	rm "$room/bench/broken-two.localhost"
	image 1
	start_room
	started
	is_as before
}

@test "an upgrade that failed is tried again by benchctl retry, without a new start" {
	undisturbed
	volume
	image 2
	touch "$room/bench/useless"
	start_room
	until_room sh -c "$room/bin/health | grep '^failed: '"
	rm "$room/bench/useless"
	in_room "$room/bin/benchctl" upgrade --retry
	started
	is_as after
}

@test "an app that the newer image has and the recipe gives a site is installed there, in the site that has it not alone" {
	volume
	image 2
	edit '.apps += [{ name: "third", content: "sha256:t1" }] | .sites[1].apps = ["first", "third"]
		| .framework.site_install = [ { name: "app", argv: [ $bench + "/create-site", "{site}", "{db_name}", "{db_user}", "{app}" ] } ]'
	mkdir "$room/bench/apps/third"
	start_room
	started
	[[ $(cat "$room/data/sites/two.localhost/private/files/third") = "third of two.localhost" ]]
	[[ ! -e $room/data/sites/one.localhost/private/files/third ]]
	in_room jq -e '.what == "first 1.0 -> 1.1, third is new"' /run/mkbench/progress/two.localhost.json # and what others get is nobody's business
	in_room jq -e '.what == "first 1.0 -> 1.1"' /run/mkbench/progress/one.localhost.json
	jq -e '.sites["two.localhost"].apps.third and (.sites["one.localhost"].apps.third | not)' "$room/data/.mkbench/committed.json"
}

@test "a volume of before there were releases is migrated, with a way back" {
	undisturbed
	volume
	rm "$room/data/.mkbench/committed.json"
	image 2
	touch "$room/bench/broken-one.localhost"
	start_room
	until_room sh -c "$room/bin/health | grep '^failed: '"
	[[ ! -e $room/data/.mkbench/committed.json ]]
	rm "$room/bench/broken-one.localhost"
	in_room "$room/bin/benchctl" upgrade --retry
	started
	is_as after
}

@test "MariaDB of another series: its tables are upgraded, also after a kill; of before 10.8, data that it has not closed are refused" {
	image 1
	edit '.mariadb.version = "10.6.20"'
	mv "$room/bench.json" "$room/bench.1.json"
	rm -rf "$BATS_FILE_TMPDIR/volume"
	volume
	image 2
	edit '.mariadb.version = "11.8.6"'
	cp "$room/bench.json" "$room/bench.2.json"
	mv "$room/data/.mkbench/clean" "$room/clean"
	untouched refused "the data are MariaDB 10.6's and were not stopped in order, which MariaDB 11.8.6 cannot mend"
	mv "$room/clean" "$room/data/.mkbench"
	image 1
	edit '.mariadb.version = "10.11.14"'
	start_room
	started
	[[ $(jq -r .mariadb "$room/data/.mkbench/committed.json") = 10.11 ]]
	end_room KILL
	# This server is no newer one, and so says nothing of a change buffer: it may hold something.
	cp "$room/bench.2.json" "$room/bench.json"
	start_room
	until_room grep -q "MariaDB 10.11's change buffer may not be empty, and MariaDB 11.8.6 would lose what is in it" "$log"
	until_room grep -q "the data are as they were before" "$log"
	end_room TERM
	image 1
	edit '.mariadb.version = "11.4.1"'
	start_room
	started
	[[ $(jq -r .mariadb "$room/data/.mkbench/committed.json") = 11.4 ]]
	end_room KILL
	[[ ! -e $room/data/.mkbench/clean ]]
	cp "$room/bench.2.json" "$room/bench.json"
	touch "$room/bench/useless"
	for point in server:after put-back:commit put-back:after; do # none of them leaves data that seem unclean
		start_room MKBENCH_CRASH_AT=$point
		over
		[[ $status = 137 ]]
	done
	rm "$room/bench/useless"
	start_room
	started
	grep -q "server: done" "$log"
	grep -q "mariadb-upgrade" "$room/data/service-logs/provision.log"
	[[ $(jq -r .mariadb "$room/data/.mkbench/committed.json") = 11.8 ]]
}

# What a newer MariaDB and a newer format leave in the volume once they have begun.
newer_servers() { jq '.servers.mariadb = "99.1.2" | .format = 2' "$room/data/.mkbench/format.json" >"$room/format" && mv "$room/format" "$room/data/.mkbench/format.json"; }

@test "servers that only an unfinished upgrade has used keep nobody from putting its data back" {
	undisturbed
	volume
	image 2
	start_room MKBENCH_CRASH_AT=migrate/two.localhost:before
	over
	newer_servers
	image 1
	start_room
	started
	is_as before
	run -0 jq -r '.servers.mariadb // "unknown", .format' "$room/data/.mkbench/format.json"
	[[ $output != *99.1* && $output = *1 ]]
	end_room TERM
	image 2
	start_room
	started
	end_room TERM
	id=$(jq -r .upgrade "$room/data/.mkbench/committed.json")
	newer_servers
	image 1
	untouched refused "was last written by a newer image (format 2"
	start_room MKBENCH_BACK="$id"
	started
	is_as before
}

@test "a rehearsal: the running instance copies its data, the newer image migrates and tries the copy, and nothing of either stays" {
	undisturbed
	volume
	image 1
	start_room
	started
	tell_all >"$room/served"
	run -0 in_room "$room/bin/benchctl" upgrade --rehearse
	[[ $output = *"$room/data/.mkbench/rehearsal"*"MKBENCH_REHEARSE=1"* ]]
	is_as before # it serves on
	[[ ! -e $room/data/.mariadb.scratch ]]
	end_room TERM
	start_room MKBENCH_REHEARSE=1
	over
	[[ $status = 6 ]]
	tail -1 "$log" | grep "MKBENCH_REHEARSE is for a copy"
	mv "$room/data" "$room/real"
	mv "$room/real/.mkbench/rehearsal" "$room/data"
	refused "is a copy to rehearse an upgrade on"
	image 2
	for turn in 1 2; do # the first leaves the copy as it was
		start_room MKBENCH_REHEARSE=1
		over
		[[ $status = 0 ]]
		[[ $(grep -c "rehearsal: the upgrade would succeed: first 1.0 -> 1.1" "$log") = "$turn" ]]
		[[ $(jq -r .image.version "$room/data/.mkbench/committed.json") = 1.0 && -z $(ls "$room/data/.mkbench/before") ]]
	done
	touch "$room/bench/broken-two.localhost"
	start_room MKBENCH_REHEARSE=1
	over
	[[ $status = 7 ]]
	grep -q "the data are as they were before: migrate/two.localhost: .*patch 7" "$log"
	image 1
	start_room MKBENCH_REHEARSE=1
	over
	[[ $status = 0 ]]
	grep -q "rehearsal: there is nothing to migrate" "$log"
	mv "$room/data" "$room/real/.mkbench/rehearsal"
	mv "$room/real" "$room/data"
	start_room
	started
	is_as before
	in_room "$room/bin/benchctl" upgrade --forget-rehearsal
	[[ ! -e $room/data/.mkbench/rehearsal ]]
}

@test "the copy of before is kept no longer than the recipe says" {
	volume
	image 2
	edit '.upgrade = { keep_seconds: 3600 }'
	start_room
	started
	end_room TERM
	id=$(jq -r .upgrade "$room/data/.mkbench/committed.json")
	[[ -d $room/data/.mkbench/before/$id ]]
	jq '.at -= 3600' "$room/data/.mkbench/committed.json" >"$room/older.json"
	cp "$room/older.json" "$room/data/.mkbench/committed.json"
	start_room
	started
	until_true 300 test ! -e "$room/data/.mkbench/before/$id"
}
