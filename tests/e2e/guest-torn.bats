#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a power cut, a person or a file server does to a volume, on a bench of pretence with real servers.
bats_require_minimum_version 1.5.0
load helpers
load room

power_cut() { end_room KILL; rm -f "$room/data/.mkbench/clean"; }

told() { grep -vE '^l |foreign|torn|nginx|dump.rdb' "$1"; } # links are made anew, and are nobody's

again() {
	start_room
	started
	run -0 in_room "$room/bin/health" ready
	[[ $output = "ready: 2 of 2 sites" ]]
	in_room "$repo/tests/guest/oracle" "$room" >"$room/after"
	diff <(told "$room/before") <(told "$room/after")
}

sql=data/mariadb queue=data/redis/appendonlydir
zeros() { head -c "$(stat -c %s "$1")" /dev/zero >"$1.zeros" && cat "$1.zeros" >"$1" && rm "$1.zeros"; }

@test "no small file that a power cut has torn keeps the bench from starting: each is put aside or mended, and nothing of a site is lost" {
	start_room
	started
	in_room "$repo/tests/guest/oracle" "$room" >"$room/before"
	in_room redis-cli -p 11000 set queued yes
	cd "$room"
	# what is torn; what the log says of it, and nothing when its server heals it alone
	while IFS='|' read -r damage said; do
		echo "== $damage"
		power_cut
		: >"$log"
		eval "$damage"
		again
		[[ -z $said || $said == unharmed ]] || grep -q "$said" "$log"
		[[ $said != unharmed ]] || run -1 grep "its files was" "$log"
		[[ $(in_room redis-cli -p 11000 get queued) = yes ]]
	done <<-'END'
		sed -i '/type i$/s/$/ startoffset 0 endoffset 0/' $queue/appendonly.aof.manifest|unharmed
		truncate -s 0 $sql/aria_log.00000001|aria_log.00000001 is damaged: kept as
		zeros $sql/aria_log_control|cannot read Aria's log
		zeros $sql/aria_log.00000001|aria_log.00000001 is damaged: kept as
		rm $sql/aria_log_control|
		rm $sql/aria_log.*|
		head -c 24576 /dev/zero >$sql/tc.log; chown 810:810 $sql/tc.log|
		truncate -s 0 $sql/ib_buffer_pool $sql/ddl_recovery.log|
		truncate -s 9000 $sql/aria_log.00000001|aria_log.00000001 is damaged: kept as
		head -c 16384 /dev/urandom >$sql/aria_log.00000001|without, no site's data are in there
		truncate -s 20 $sql/aria_log_control|without, no site's data are in there
		rm $sql/aria_log.00000001; mkdir $sql/aria_log.00000001|aria_log.00000001 is damaged: kept as
		rm $sql/aria_log_control; mkdir $sql/aria_log_control|aria_log_control is damaged: kept as
		rm -rf $sql/ibtmp1 $sql/tc.log; mkdir $sql/ibtmp1 $sql/tc.log|ibtmp1 is damaged: kept as
		for f in ib_buffer_pool ddl_recovery.log multi-master.info; do rm -rf $sql/$f; mkdir $sql/$f; done|multi-master.info is damaged: kept as
		truncate -s 0 $sql/multi-master.info $sql/ibtmp1|
		truncate -s 0 $queue/appendonly.aof.manifest|its files was damaged, and is written again
		zeros $queue/appendonly.aof.manifest|its files was damaged, and is written again
		truncate -s 20 $queue/appendonly.aof.manifest|its files was damaged, and is written again
		rm $queue/appendonly.aof.manifest|its files was gone, and is written again
		rm $queue/appendonly.aof.manifest; mkdir $queue/appendonly.aof.manifest|its files was damaged, and is written again
		rm -f data/service-logs/mariadb.log; mkdir data/service-logs/mariadb.log|mariadb.log is damaged: kept as
		rm -rf data/nginx; : >data/nginx|data/nginx is damaged: kept as
		mkdir data/redis/dump.rdb|dump.rdb is damaged: kept as
		head -c 300 /dev/zero >data/redis/dump.rdb|dump.rdb is damaged: kept as
		mkdir -p data/nginx/body && head -c 99 /dev/zero >data/nginx/body/0000000001|
	END
	[[ ! -e data/nginx/body ]]
	[[ $(stat -c '%a %U' data/.mkbench/torn) = "700 root" ]]
}

@test "what holds data and is damaged keeps its server from starting: one line names the file and what to do, and nothing of it is touched" {
	start_room
	started
	in_room redis-cli -p 11000 set queued yes
	cd "$room"
	while IFS='|' read -r damage said; do
		echo "== $damage"
		power_cut
		rm -rf kept && cp -a data kept
		: >"$log"
		eval "$damage"
		start_room
		told_so() { in_room "$room/bin/health" 2>&1 | grep -q "$said" || grep -q "init: .*$said" "$log"; }
		by=$outside until_true 300 told_so || { tail -30 "$log"; in_room "$room/bin/health"; return 1; }
		run -1 in_room "$room/bin/health" ready
		end_room KILL
		rm -rf data && mv kept data
		start_room
		started
	done <<-'END'
		truncate -s 0 $sql/ib_logfile0|ib_logfile0 .*MKBENCH_RESTORE
		zeros $sql/ib_logfile0|ib_logfile0 .*MKBENCH_RESTORE
		rm $sql/ib_logfile0; mkdir $sql/ib_logfile0|ib_logfile0 is a folder.*MKBENCH_RESTORE
		truncate -s 6M $sql/ibdata1|ibdata1.*MKBENCH_RESTORE
		truncate -s 0 $sql/mysql/global_priv.MAD|mysql.global_priv.*MKBENCH_RESTORE
		head -c 300 /dev/urandom >data/redis/dump.rdb|dump.rdb is damaged: put back
		zeros $queue/appendonly.aof.1.base.rdb|appendonly.aof.1.base.rdb of .*redis-check-aof --fix
		rm $queue/appendonly.aof.1.base.rdb|appendonly.aof.1.base.rdb of .*redis-check-aof --fix
		cp $queue/appendonly.aof.1.base.rdb $queue/appendonly.aof.2.base.rdb; rm $queue/appendonly.aof.manifest|appendonly.aof.manifest is damaged, and its files do not tell
	END
}

@test "a folder in the place of a file of ours ends the start at once, with what to do" {
	start_room
	started
	end_room TERM
	for name in ledger lease clean format.json committed.json; do
		[[ ! -e $room/data/.mkbench/$name ]] || mv "$room/data/.mkbench/$name" "$room/kept"
		mkdir "$room/data/.mkbench/$name"
		start_room
		over
		[[ $status = 6 ]]
		grep -q "/.mkbench/$name is a folder, and a file is wanted there: put back" "$log"
		rmdir "$room/data/.mkbench/$name"
		[[ ! -e $room/kept ]] || mv "$room/kept" "$room/data/.mkbench/$name"
	done
	start_room
	started
}

@test "owners that somebody has changed on the volume are given back, and what is foreign is left alone" {
	start_room
	started
	in_room "$repo/tests/guest/oracle" "$room" >"$room/before"
	for owner in 1000:1000 0:0 810:810; do
		end_room TERM
		chown -R $owner "$room/data"
		echo theirs >"$room/data/sites/foreign"
		chown 4711:4711 "$room/data/sites/foreign"
		again
		grep -q 'belonged to somebody else' "$log"
		[[ $(stat -c %u:%g "$room/data/sites/foreign") = 4711:4711 ]]
		[[ $(find "$room/data/mariadb" ! -user 810 | wc -l) = 0 && $(find "$room/data/secrets" ! -user 0 | wc -l) = 0 ]]
		[[ $(stat -c %U "$room/data/sites/one.localhost/site_config.json") = nobody ]]
	done
}

@test "a folder of the database that is open to all is closed and said; one file of a wrong owner in it is found" {
	start_room
	started
	in_room "$repo/tests/guest/oracle" "$room" >"$room/before"
	end_room TERM
	chmod 777 "$room/data/mariadb"
	chown 0:0 "$room/data/mariadb/ibdata1" "$room/data/mariadb/mysql/db.frm"
	again
	grep -q 'mariadb was open to others (mode 0777)' "$log"
	[[ $(stat -c %a "$room/data/mariadb") = 750 && $(stat -c %u "$room/data/mariadb/mysql/db.frm") = 810 ]]
}

@test "a volume that newer servers have used is refused before anything is touched" {
	start_room
	started
	end_room TERM
	[[ $(jq -r '.servers | keys | join(" ")' "$room/data/.mkbench/format.json") = "mariadb redis" ]]
	for server in '.servers.mariadb = "99.1.2"' '.servers.redis = "99.0.0"'; do
		cp "$room/data/.mkbench/format.json" "$room/format"
		jq "$server" "$room/format" >"$room/data/.mkbench/format.json"
		find "$room/data" -printf '%T@ %P\n' | sort >"$room/before"
		start_room
		over
		[[ $status = 6 ]]
		grep -q 'was last used by .* 99.*nothing was touched' "$log"
		find "$room/data" -printf '%T@ %P\n' | sort | diff "$room/before" -
		cp "$room/format" "$room/data/.mkbench/format.json"
	done
	start_room
	started
}

@test "folders of storage servers on an empty volume are accepted, others are not" {
	mkdir "$room/data"/{@eaDir,'#recycle','System Volume Information','$RECYCLE.BIN',lost+found,.snapshot,@Recently-Snapshot}
	start_room
	started
	end_room TERM
	rm -rf "$room/data" && mkdir -p "$room/data/photos"
	start_room
	over
	[[ $status = 6 ]]
	grep -q "holds something that is not ours ('photos')" "$log"
}

@test "volumes: MariaDB's folder cannot be one of its own; of one without a name it is said that it goes with the container, and how to keep it" {
	mkdir -p "$room/data/mariadb"
	start_room ROOM_VOLUMES="mount -t tmpfs none $room/data/mariadb"
	over
	[[ $status = 6 ]]
	grep -q "$room/data/mariadb is a volume of its own: the bench keeps all its data in one; mount that at $room/data, and nothing below it" "$log" || { cat "$log"; return 1; }
	[[ $(find "$room/data") = "$room/data"$'\n'"$room/data/mariadb" ]]

	name=$(printf '0123456789abcdef%.0s' 1 2 3 4)
	mkdir -p "$room/volumes/$name/_data"
	start_room ROOM_VOLUMES="mount --bind $room/volumes/$name/_data $room/data"
	started
	grep -q "WARNING: $room/data is a volume without a name: it goes with the container" "$log"
	grep -q "start the next container with -v $name:$room/data" "$log"
}

@test "a file server that gives no file to another user ends the start at once, with the operation and what to do" {
	command -v bindfs >/dev/null && [[ -e /dev/fuse ]] || skip "needs bindfs and /dev/fuse"
	mkdir "$room/kept"
	while read -r options; do
		chown 65534:65534 "$room/kept"
		bindfs -o allow_other $options "$room/kept" "$room/data"
		start_room
		over
		umount "$room/data"
		[[ $status = 6 ]]
		grep -q "$room/data .*no_root_squash" "$log"
		: >"$log"
		rm -rf "$room/kept" && mkdir "$room/kept"
	done <<-'END'
		--chown-deny --chgrp-deny
		-u 65534 -g 65534 --create-for-user=65534 --create-for-group=65534 --chown-deny --chgrp-deny
		--chown-ignore --chgrp-ignore --chmod-ignore
	END
}

@test "a root file system that is read-only is said, with what to give" {
	start_room ROOM_VOLUMES="mount -o remount,ro /run"
	over
	[[ $status = 6 ]]
	grep -q 'cannot start: the root file system is read-only, and /run with it: start it without --read-only, or with --tmpfs /run --tmpfs /tmp' "$log"
	[[ ! -e $room/data/.mkbench ]]
}
