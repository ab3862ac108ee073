#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Backups in a room of pretence, by Debian's own restic.
bats_require_minimum_version 1.5.0
load helpers
load room
load upgrade
load backup

# Those of the site, and of its database of before.
accounts() { sql "SELECT User FROM mysql.user WHERE User IN ('$(database)', '$before')" | xargs; }

@test "a backup is made, restored to try it, listed; a site comes back as it was, and what was there stays" {
	start_room
	started
	sql "CREATE TABLE \`odd \`\`name\` (id INT PRIMARY KEY, said TEXT) ENGINE=InnoDB"
	sql "INSERT INTO \`odd \`\`name\` VALUES (1, 'a\nINSERT INTO \`x\` VALUES (1)\n(2,'), (2, '-- Dump'), (3, NULL)"
	echo private >"$room/data/sites/one.localhost/private/files/letter"
	run -0 in_room strace -f -qq -v -s 300 -e trace=execve -o "$room/calls" "$room/bin/benchctl" backup
	[[ $output = "backup "*" is made and was restored to try it"* ]]
	id=${lines[0]#backup }
	id=${id%% *}
	# a server that starts removes other servers' temporary tables from its folder for such
	run -1 grep -vE "(tmpdir|TMPDIR)=$room/data/.mariadb.scratch/tmp" <(grep 'execve("/usr/sbin/mariadbd"' "$room/calls")
	[[ ! -e $room/data/mariadb.scratch && ! -e $room/data/.mkbench/backup/restored ]]
	restic_here dump "$id" /.mkbench/backup/set/manifest.json | jq -e '.sites["one.localhost"].tables["odd `name"] == 3'
	run -0 in_room "$room/bin/benchctl" backups --json
	jq -e --arg id "$id" 'length == 1 and .[0].id == $id and .[0].verified' <<<"$output"

	before=$(database)
	key=$(jq -r .encryption_key "$room/data/sites/one.localhost/site_config.json")
	sql "DELETE FROM \`odd \`\`name\`"
	rm "$room/data/sites/one.localhost/private/files/letter"
	echo later >"$room/data/sites/one.localhost/private/files/later"
	in_room redis-cli -p 13000 set page "of later"
	run -0 in_room "$room/bin/benchctl" restore "$id" --site one.localhost
	[[ $(in_room redis-cli -p 13000 dbsize) == 0 ]]
	[[ $(database) != "$before" ]]
	[[ $(accounts) = "$(database) $(database)" ]] # older frameworks know no other name of it than the database's
	MYSQL_PWD=$(jq -r .db_password "$room/data/sites/one.localhost/site_config.json") in_room mariadb --no-defaults -u "$(database)" \
		--socket=/run/mysqld/mysqld.sock "$(database)" -e "SELECT 1"
	[[ $(sql "SELECT COUNT(*) FROM \`odd \`\`name\`") = 3 ]]
	[[ $(cat "$room/data/sites/one.localhost/private/files/letter") = private ]]
	[[ ! -e $room/data/sites/one.localhost/private/files/later && -d $room/data/sites/one.localhost/logs ]] # a backup has none of the logs
	[[ $(jq -r .encryption_key "$room/data/sites/one.localhost/site_config.json") = "$key" ]]
	[[ $(cat "$room"/data/.mkbench/replaced/one.localhost-*/private/files/later) = later ]]
	in_room mariadb --no-defaults --user=root --socket=/run/mysqld/mysqld.sock "$before" -e "SELECT 1"
	until_room "$room/bin/health" ready
	end_room TERM
	[[ $status = 0 ]]
	start_room
	started
	[[ $(sql "SELECT COUNT(*) FROM \`odd \`\`name\`") = 3 ]]
}

@test "a restore that fails once the site is exchanged has emptied the cache" {
	start_room
	started
	run -0 in_room "$room/bin/benchctl" backup
	before=$(database)
	in_room redis-cli -p 13000 set page "of later"
	rm "$room/data/secrets/one.localhost/encryption_key"
	mkdir -p "$room/data/secrets/one.localhost/encryption_key/in-the-way"
	run -6 in_room "$room/bin/benchctl" restore latest --site one.localhost
	[[ $(database) != "$before" && $(in_room redis-cli -p 13000 dbsize) == 0 ]]
}

@test "a wrong password, a damaged repository, one that is gone, full or only to be read, a backup that is not there: one line each, and nothing lost" {
	start_room
	started
	run -0 in_room "$room/bin/benchctl" backup
	before=$(database)
	run -6 in_room "$room/bin/benchctl" restore 0badbad0 --site one.localhost
	[[ ${#lines[@]} = 1 && $output = *"no such backup"* ]]
	run -6 in_room MKBENCH_BACKUP_PASSWORD=another "$room/bin/benchctl" backup
	[[ ${#lines[@]} = 1 && $output = *"its password is another"* ]]
	[[ $(database) = "$before" ]]
	run -0 in_room "$room/bin/benchctl" backups
	in_room mount --bind "$room/repository" "$room/repository" && in_room mount -o remount,ro,bind "$room/repository"
	run -6 in_room "$room/bin/benchctl" backup
	[[ ${#lines[@]} = 1 && $output = *"nothing can be written there"* ]]
	run -0 in_room "$room/bin/benchctl" restore latest --site one.localhost # nor a lock
	[[ $(database) != "$before" ]]
	before=$(database)
	in_room umount "$room/repository"
	find "$room/repository/data" -type f -size +1k -exec sh -c 'size=$(stat -c %s "$1") && truncate -s 0 "$1" && truncate -s "$size" "$1"' sh {} \;
	run -6 in_room "$room/bin/benchctl" backup
	[[ $output = *"counts as none"* ]]
	mv "$room/repository" "$room/elsewhere"
	run -6 in_room "$room/bin/benchctl" backup
	[[ ${#lines[@]} = 1 && $output = *"is gone"* && ! -e $room/repository ]]
	[[ $(database) = "$before" ]]
}

@test "a site that the bench's user has made a link leads a restore nowhere else" {
	start_room
	started
	mv "$room/data/sites/two.localhost" "$room/data/sites/moved"
	ln -s moved "$room/data/sites/two.localhost"
	run -0 in_room "$room/bin/benchctl" backup
	[[ $output = *"moved is no site of this image, and its database is left out"* ]]
	id=$(sed -n 's/^backup \([0-9a-f]*\) is made.*/\1/p' <<<"$output")
	before=$(sha256sum "$room/data/sites/moved/site_config.json")
	schemas=$(schemas)
	run -6 in_room "$room/bin/benchctl" restore "${id%% *}" --site two.localhost
	[[ $output = *"the backup has no folder of the site with a site_config.json in it" ]]
	[[ $(sha256sum "$room/data/sites/moved/site_config.json") = "$before" && -L $room/data/sites/two.localhost ]]
	[[ $(schemas) = "$schemas" ]]
}

# The bench's user exchanges a folder of his for a link, again and again, as fast as he can.
exchange() { # FOLDER LINK
	in_room setpriv --reuid=nobody --regid=nogroup --clear-groups /usr/bin/python3 -c '
import ctypes, sys
libc = ctypes.CDLL(None)
one, other = (name.encode() for name in sys.argv[1:])
while True:
    libc.renameat2(-100, one, -100, other, 2)' "$@" 3>&- &
	exchanging=$!
}

@test "a folder that the bench's user exchanges for a link while it is read brings nothing of root's into a backup" {
	start_room
	started
	mine=$room/data/sites/one.localhost/private/files
	mkdir "$room/alone" "$mine/many"
	for ((i = 0; i < 1000; i++)); do
		echo "is root's" >"$room/alone/$i"
		echo "is his" >"$mine/many/$i"
	done
	chmod -R go= "$room/alone"
	ln -s "$room/alone" "$mine/link"
	chown -R nobody: "$mine"
	mkfifo "$mine/pipe"
	touch "$mine/one"
	exchange "$mine/many" "$mine/link"
	run -0 in_room "$room/bin/benchctl" backup
	kill "$exchanging"
	id=$(sed -n 's/^backup \([0-9a-f]*\) is made.*/\1/p' <<<"$output")
	restic_here dump "$id" /sites >"$room/dump"
	grep -a -c private/files/one "$room/dump"
	run -1 grep -a -c "is root's" "$room/dump"
	[[ ! -e $room/data/.mkbench/backup/view ]]
	[[ $(stat -c %h "$room/data/sites/one.localhost/site_config.json") = 1 ]]
}

@test "by a schedule: the first one at once, a failure is told in status and health, and only so many are kept" {
	jq '.backup += { schedule: "daily", keep: { daily: 2 } }' "$room/bench.json" >"$room/new.json"
	mv "$room/new.json" "$room/bench.json"
	start_room
	started
	made() { in_room "$room/bin/benchctl" status --json | jq -e '.backup.id and .backup.age_seconds < 600 and .backup.due_seconds > now'; }
	until_true 300 made
	until_true 300 in_room "$room/bin/benchctl" backup # the first one, which is noted, may still throw old ones away
	in_room "$room/bin/benchctl" backup
	run -0 in_room "$room/bin/benchctl" backups --json
	jq -e 'length == 1 or length == 2' <<<"$output" # of three: the last of a day, and with a newer restic the oldest of all
	mv "$room/repository" "$room/elsewhere"
	run -6 in_room "$room/bin/benchctl" backup
	run -0 in_room "$room/bin/health"
	[[ $output = degraded*"the last backup failed"*"is gone"*"the last good one is"* ]]
	run -1 in_room "$room/bin/benchctl" status
	[[ $output = *"the last backup failed"* ]]
	mv "$room/elsewhere" "$room/repository"
	in_room "$room/bin/benchctl" backup
	run -0 in_room "$room/bin/health"
	[[ $output = ready* ]]
	exec 9>"$room/data/.mkbench/backup/lock" # a restore that takes its time: no other is begun
	flock 9
	jq '.at_seconds -= 200000' "$room/data/.mkbench/backup.json" >"$room/late.json"
	cp "$room/late.json" "$room/data/.mkbench/backup.json"
	run -0 in_room "$room/bin/health"
	[[ $output = degraded*"no backup was made when it was due: the last good one is 2 days old"* ]]
	exec 9>&-
	until_true 300 made # and that is made up for
}

# in_hand PROCESS: it has come to run our command in the room, or has ended.
in_hand() { in_room pgrep -x benchctl >/dev/null || gone "$1"; }

# Ends a command of ours in the room with all that it has started, but not the scratch server, which must end by itself.
strike() {
	kill -KILL "$1" 2>/dev/null || true
	in_room pkill -KILL -x 'benchctl|restic|mariadb|mariadb-dump|gzip|tar' || true
	wait "$1" || true
}

@test "backups, restores and imports killed at random times: no half state is served, nothing is left, and the next one works" {
	start_room
	started
	sql "CREATE TABLE kept (id INT PRIMARY KEY); INSERT INTO kept VALUES (1)"
	echo 1 >"$room/data/sites/one.localhost/private/files/letter"
	run -0 in_room "$room/bin/benchctl" backup
	id=$(sed -n 's/^backup \([0-9a-f]*\) is made.*/\1/p' <<<"$output")
	run -0 in_room "$room/bin/benchctl" export one.localhost
	dump=${lines[0]}
	RANDOM=${SEED:=$$}
	echo "SEED=$SEED"
	for n in $(seq "${KILLS:-2}"); do
		sql "UPDATE kept SET id = 2"
		echo 2 >"$room/data/sites/one.localhost/private/files/letter"
		case $((n % 3)) in
		0) words=(backup) ;;
		1) words=(restore "$id" --site one.localhost) ;;
		2) words=(import new.localhost "$dump") ;;
		esac
		in_room "$room/bin/benchctl" "${words[@]}" >>"$log" 2>&1 3>&- &
		until_true 300 in_hand $!
		sleep "$((RANDOM % 3)).$((RANDOM % 100))"
		strike $!
		echo "${words[0]}: $(sql "SELECT id FROM kept")" >>"$log"
		[[ $(sql "SELECT id FROM kept") = $(cat "$room/data/sites/one.localhost/private/files/letter") ]]
		in_room curl -sSf -H "Host: one.localhost" http://127.0.0.1:8080/
		if in_room "$room/bin/benchctl" sites | grep new.localhost; then
			in_room "$room/bin/provision" --site new.localhost
			in_room "$room/bin/benchctl" drop-site new.localhost --yes --purge
		fi
	done
	run -0 in_room "$room/bin/benchctl" backup
	run -0 in_room "$room/bin/benchctl" restore "$id"
	[[ $(sql "SELECT id FROM kept") = 1 && $(cat "$room/data/sites/one.localhost/private/files/letter") = 1 ]]
	[[ $(jq length "$room/data/.mkbench/backup/begun.json") = 0 && ! -e $room/data/.importing && ! -e $room/data/sites/new.localhost ]]
	# each database is a site's, or that of a site's folder that was put aside
	while read -r base; do
		grep -q "\"$base\"" "$room"/data/sites/*/site_config.json "$room"/data/.mkbench/replaced/*/site_config.json
	done < <(schemas | grep '^_')
	[[ -z $(restic_here snapshots --json --tag=mkbench-untried | jq -r '.[]?.id') ]]
}

@test "by sftp: with a key that everybody may read, the server's own key kept; a server that is down or refuses is one line" {
	sshd=${SSHD:-/usr/sbin/sshd}
	[[ -x $sshd ]] || skip "needs openssh-server"
	for name in host mine; do ssh-keygen -q -t ed25519 -N "" -f "$room/$name"; done
	cp "$room/mine.pub" "$room/authorized"
	chmod 644 "$room/mine"
	printf '%s\n' "Port 2222" "ListenAddress 127.0.0.1" "HostKey $room/host" "AuthorizedKeysFile $room/authorized" "StrictModes no" "UsePAM no" \
		"PermitRootLogin yes" "PidFile none" "Subsystem sftp internal-sftp" >"$room/sshd_config"
	grep -q ^sshd: "$room/etc/passwd" || echo "sshd:x:812:65534::/run/sshd:/usr/sbin/nologin" >>"$room/etc/passwd"
	start_room
	started
	in_room mkdir -p /run/sshd
	if in_room "$sshd" -t -f "$room/sshd_config" -o PerSourcePenalties=no; then # since 9.8 it does not even answer who has failed four times
		echo "PerSourcePenalties no" >>"$room/sshd_config"
	fi
	serve() { in_room "$sshd" -D -f "$room/sshd_config" 3>&- & server=$!; until_true 60 in_room bash -c 'exec 3<>/dev/tcp/127.0.0.1/2222'; }
	over_there() { in_room MKBENCH_BACKUP_TO="sftp://root@127.0.0.1:2222/$room/far" MKBENCH_BACKUP_SSH_KEY_FILE="$room/mine" "$room/bin/benchctl" "$@"; }
	refused() { # WORDS
		run -6 over_there backups
		[[ ${#lines[@]} = 1 && $output = *$1* ]]
	}
	refused "sftp://root@127.0.0.1:2222/$room/far: "*"Connection refused"
	serve
	run -0 over_there backup
	[[ -e $room/far/config && ! -e $room/repository ]]
	[[ -s $room/data/secrets/backup_known_hosts ]]
	run -0 over_there backups --json
	jq -e 'length == 1' <<<"$output"
	for _ in 1 2 3 4 5; do # restic ends beside ssh, whose words come in time or not
		cp "$room/host.pub" "$room/authorized"
		refused "the server does not let this instance in: see MKBENCH_BACKUP_SSH_KEY"
	done
	echo "no key" >"$room/mine"
	refused "ssh cannot read the private key: see MKBENCH_BACKUP_SSH_KEY"
	in_room pkill -x sshd
}
