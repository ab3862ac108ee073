#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the cache of Redis holds over a stop and a start, and when it must begin empty.
bats_require_minimum_version 1.5.0
load helpers
load room

cache() { in_room redis-cli -p 13000 "$@"; }
kept() { [[ $(cache get page) == "of before" ]]; }
begins_empty() { [[ $(cache dbsize) == 0 ]]; }

# A bench whose cache holds something, stopped in order: what it held is on the volume.
stopped_with_a_cache() {
	start_room
	started
	[[ $(cache set page "of before") == OK ]]
	end_room TERM
	[[ $status == 0 && -s $file ]]
}

setup() {
	need_room
	make_room
	file=$room/data/redis-cache/dump.rdb
}

teardown() {
	[[ -z ${outside:-} ]] || { kill -KILL "$outside" 2>/dev/null && wait "$outside" || true; }
	! mountpoint -q "$room/data" || umount -l "$room/data"
	drop_room
}

@test "after a stop in order the cache is there again, and no later start finds it" {
	stopped_with_a_cache
	start_room
	started
	kept
	[[ ! -e $file ]]
	end_room KILL
	start_room
	started
	begins_empty
}

@test "another image, other tables, a changed or damaged file: the cache begins empty" {
	stopped_with_a_cache
	jq '.build = "fedcba9876543210"' "$room/bench.json" >"$room/new.json"
	cp "$room/bench.json" "$room/old.json"
	cp "$room/new.json" "$room/bench.json"
	start_room
	started
	begins_empty
	end_room TERM
	cp "$room/old.json" "$room/bench.json"

	stopped_with_a_cache
	touch "$room/data/mariadb/ib_logfile0"
	start_room
	started
	begins_empty
	end_room TERM

	stopped_with_a_cache
	printf x | dd of="$file" bs=1 seek=12 conv=notrunc status=none
	start_room
	started
	begins_empty
	end_room TERM

	stopped_with_a_cache
	rm "$file"
	mkdir "$file"
	start_room
	started
	begins_empty
	[[ ! -e $file ]]
}

@test "a stop in which one that writes had to be killed leaves no cache" {
	start_room
	started
	cache set page "of before"
	in_room pkill -STOP -f 'bench/program web'
	end_room TERM
	[[ ! -e $file ]]
	start_room
	started
	begins_empty
}

@test "a cache that is too large to be written at once is not" {
	start_room
	started
	cache set page "$(head -c 100000 /dev/zero | tr '\0' x)"
	for ((n = 0; n < 700; n++)); do echo "COPY page $n"; done | in_room redis-cli -p 13000 >/dev/null
	end_room TERM
	[[ $status == 0 && ! -e $file ]]
}

@test "a site that is dropped leaves nothing in the cache to the next one of its name" {
	start_room
	started
	cache set page "of before"
	in_room "$room/bin/benchctl" drop-site two.localhost --yes --purge
	begins_empty
}

@test "what somebody had Redis write before a stop that was not in order is not taken for the cache" {
	start_room
	started
	cache set page "of before"
	[[ $(cache save) == OK ]]
	in_room pkill -STOP -f 'bench/program web'
	end_room TERM
	start_room
	started
	begins_empty
}

@test "a stop that cuts somebody off who works in the bench leaves no cache" {
	start_room
	started
	cache set page "of before"
	in_room mariadb --no-defaults --user=root --socket=/run/mysqld/mysqld.sock -e "SELECT SLEEP(300)" 3>&- &
	until_room bash -c "mariadb --no-defaults --user=root --socket=/run/mysqld/mysqld.sock -e 'SHOW PROCESSLIST' | grep -q 300"
	end_room TERM
	[[ $status == 0 && ! -e $file ]]
	grep "somebody still works in the bench: the cache begins empty" "$log"
	start_room
	started
	begins_empty
}

@test "a site that is made again after an attempt that failed finds nothing of that in the cache" {
	sed -i '3i [ "$1" != two.localhost ] || [ ! -e @ROOM@/broken ] || exit 1' "$room/bench/create-site"
	sed -i "s|@ROOM@|$room|" "$room/bench/create-site"
	touch "$room/broken"
	start_room
	until_room grep -q "create/two.localhost failed" "$log"
	[[ $(cache set page "of before") == OK ]]
	end_room TERM
	rm "$room/broken"
	start_room
	started
	begins_empty
}

@test "a stop leaves the last room on the volume to MariaDB and to the next start" {
	mount -t tmpfs -o size=900m,mode=755 tmpfs "$room/data"
	start_room MKBENCH_EPHEMERAL=1
	started
	dd if=/dev/urandom bs=1M count=8 status=none | in_room redis-cli -p 13000 -x set page
	dd if=/dev/zero of="$room/data/.mkbench/filler" bs=1M status=none || true
	truncate -s -12M "$room/data/.mkbench/filler"
	end_room TERM
	left=$(stat -f -c '%a*%S/1048576' "$room/data")
	[[ $status == 0 && ! -e $file ]]
	((left >= 8))
}

@test "a cache that does not answer takes no other server's time to stop" {
	start_room MKBENCH_STOP_SECONDS=4
	started
	in_room pkill -STOP -f 'redis-server.*:13000'
	end_room TERM
	grep "redis-cache did not stop in time: killed" "$log"
	run ! grep -E "(mariadb|redis-queue) did not stop in time" "$log"
}

@test "what a Redis that was killed while it wrote has left is removed" {
	stopped_with_a_cache
	touch "$room/data/redis-cache/temp-77.rdb"
	start_room
	started
	kept
	[[ ! -e $room/data/redis-cache/temp-77.rdb ]]
}

@test "a file of the cache that cannot be removed keeps no bench closed, and the cache begins empty" {
	stopped_with_a_cache
	start_room ROOM_VOLUMES="mount --bind $file $file"
	started
	begins_empty
	grep "the cache begins empty: remove $file: " "$log"
}
