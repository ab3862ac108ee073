#!/usr/bin/env bats
# A newer image on an older volume, in a room of pretence: the data end as the old ones under the old image, or as the new ones under the new.
bats_require_minimum_version 1.5.0
load helpers
load room
load upgrade

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
	[[ $output = "failed: the upgrade failed, and the data are as they were before: migrate/two.localhost: migrate ended with status 3: patch 7 finds no table 'nowhere'" ]]
	run -1 in_room "$room/bin/benchctl" status
	[[ $output = *"state         failed: the upgrade failed"*"patch 7"* ]]
	[[ $(in_room curl -s -o /dev/null -w '%{http_code}' -H 'Host: one.localhost' http://127.0.0.1:8080/) = 503 ]]
	in_room jq -e '.state == "failed" and .upgrade' /run/mkbench/progress/two.localhost.json
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
