#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Backups in a room of pretence, by Debian's own restic.
bats_require_minimum_version 1.5.0
load helpers
load room
load upgrade

setup() {
	need_room
	command -v restic >/dev/null || skip "needs restic"
	make_room
	jq --arg to "$room/repository" '.backup = { to: $to }' "$room/bench.json" >"$room/new.json"
	mv "$room/new.json" "$room/bench.json"
}

restic_here() { RESTIC_PASSWORD_FILE=$room/data/secrets/backup_password restic -q --no-cache -r "$room/repository" "$@"; }
database() { jq -r .db_name "$room/data/sites/one.localhost/site_config.json"; }
sql() { in_room mariadb --no-defaults --user=root --socket=/run/mysqld/mysqld.sock --batch --skip-column-names "$(database)" -e "$1"; }

schemas() { in_room mariadb --no-defaults --user=root --socket=/run/mysqld/mysqld.sock --skip-column-names -e 'SHOW DATABASES'; }

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
	run -0 in_room "$room/bin/benchctl" restore "$id" --site one.localhost
	[[ $(database) != "$before" ]]
	[[ $(sql "SELECT COUNT(*) FROM \`odd \`\`name\`") = 3 ]]
	[[ $(cat "$room/data/sites/one.localhost/private/files/letter") = private ]]
	[[ ! -e $room/data/sites/one.localhost/private/files/later ]]
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

# another_volume: the next start has an empty one; the password of the repository is in $password.
another_volume() {
	password=$(cat "$room/data/secrets/backup_password")
	mv "$room/data" "$room/data.$1"
	mkdir "$room/data"
}

private_file() { in_room curl -sS -H "Host: $1" "http://127.0.0.1:8080$2"; }

# What a site must still have after it came from nothing.
is_back() {
	[[ $(sql "SELECT COUNT(*) FROM \`odd \`\`name\`") = 3 ]]
	[[ $(sql "SELECT loud FROM heard") = HELLO ]]
	[[ $(cat "$room/data/sites/one.localhost/private/files/letter") = private ]]
	for secret in one.localhost/{admin_password,encryption_key,db_password} two.localhost/admin_password backup_password; do
		cmp "$room/data/secrets/$secret" "$room/data.old/secrets/$secret"
	done
	cmp <(jq -S . "$room/data/sites/one.localhost/site_config.json") <(jq -S . "$room/data.old/sites/one.localhost/site_config.json")
	MYSQL_PWD=$(jq -r .db_password "$room/data/sites/one.localhost/site_config.json") in_room mariadb --no-defaults -S /run/mysqld/mysqld.sock \
		-u "$(jq -r .db_user "$room/data/sites/one.localhost/site_config.json")" "$(database)" -e "INSERT INTO said VALUES ('again')"
	[[ $(sql "SELECT COUNT(*) FROM heard") = 2 ]] # the trigger works, for the site's own account
	[[ $(jq -r '.image.version' "$room/data/.mkbench/committed.json") = 1.0 ]]
	in_room "$room/bin/benchctl" sites | grep added.localhost
	[[ ! -e $room/data/.mkbench/restored && ! -e $room/data/.mkbench/restoring && ! -e $room/data/.mariadb.scratch ]]
}

# A volume with a site that was added, a trigger, odd rows and a private file, and one backup of it; stopped.
a_backup() {
	start_room
	started
	in_room "$room/bin/benchctl" add-site added.localhost --app first
	sql "CREATE TABLE \`odd \`\`name\` (id INT PRIMARY KEY, said TEXT) ENGINE=InnoDB"
	sql "INSERT INTO \`odd \`\`name\` VALUES (1, 'a\nINSERT INTO \`x\` VALUES (1)\n(2,'), (2, '-- Dump'), (3, NULL)"
	sql "CREATE TABLE said (words TEXT); CREATE TABLE heard (loud TEXT)
		; CREATE TRIGGER hear AFTER INSERT ON said FOR EACH ROW INSERT INTO heard VALUES (UPPER(NEW.words)); INSERT INTO said VALUES ('hello')"
	echo private >"$room/data/sites/one.localhost/private/files/letter"
	run -0 in_room "$room/bin/benchctl" backup
	end_room TERM
	another_volume old
}

from_nothing() { start_room MKBENCH_RESTORE="${1:-latest}" MKBENCH_BACKUP_PASSWORD="$password" "${@:2}"; }

@test "from nothing: an empty volume becomes the whole instance of a backup, once" {
	a_backup
	from_nothing
	started
	is_back
	grep "the volume holds backup latest now, of pretence 1.0" "$log"
	in_room "$room/bin/benchctl" backup
	end_room TERM
	[[ $status = 0 ]]
	from_nothing
	started
	grep "the volume holds an instance already" "$log"
}

@test "from nothing, and it cannot be: one line, and the volume is as empty as it was" {
	a_backup
	refused() { # STATUS WORDS START...
		: >"$log"
		"${@:3}"
		over
		[[ $status = "$1" ]]
		[[ $(grep -c "is not restored" "$log") = 1 ]]
		grep "is not restored.*$2" "$log"
		[[ -z $(find "$room/data" -mindepth 1 ! -path "$room/data/.mkbench" ! -name lease ! -path '*/.mkbench/backup*') ]]
	}
	right=$password
	password=another
	refused 6 "its password is another" from_nothing
	password=
	refused 6 "MKBENCH_BACKUP_PASSWORD is needed" from_nothing
	password=$right
	refused 6 "no such backup" from_nothing 0badbad0
	refused 6 "names no backup" from_nothing --help
	refused 6 "there is none" from_nothing latest MKBENCH_BACKUP_TO="$room/nowhere"
	jq '.apps[0].version = "0.9"' "$room/bench.json" >"$room/new.json"
	cp "$room/bench.json" "$room/right.json"
	mv "$room/new.json" "$room/bench.json"
	refused 6 "needs\? first 1.0\|they need first 1.0" from_nothing
	mv "$room/right.json" "$room/bench.json"
	find "$room/repository/data" -type f -size +1k -exec sh -c 'size=$(stat -c %s "$1") && truncate -s 0 "$1" && truncate -s "$size" "$1"' sh {} \;
	refused 6 "it is damaged" from_nothing
}

@test "from nothing, killed at each point: it begins anew or finishes" {
	a_backup
	for phase in mid commit after; do
		from_nothing latest MKBENCH_CRASH_AT="restore:$phase"
		over
		[[ $status = 6 ]]
		if [[ $phase = after ]]; then start_room; else from_nothing; fi # the last one is finished without being asked
		started
		is_back
		end_room KILL
		rm -rf "$room/data"
		mkdir "$room/data"
	done
}

@test "every site at once, and a site under another name, with its files, its key and an account of its own; of an older release, migrated" {
	start_room
	started
	sql "CREATE TABLE kept (id INT PRIMARY KEY); INSERT INTO kept VALUES (1)"
	echo private >"$room/data/sites/one.localhost/private/files/letter"
	run -0 in_room "$room/bin/benchctl" backup
	id=$(sed -n 's/^backup \([0-9a-f]*\) is made.*/\1/p' <<<"$output")
	sql "DELETE FROM kept"
	rm "$room/data/sites/one.localhost/private/files/letter"
	before=$(schemas | wc -l)
	run -0 in_room "$room/bin/benchctl" restore "$id"
	[[ $output = *"site one.localhost is as"*"site two.localhost is as"* ]]
	[[ $(sql "SELECT COUNT(*) FROM kept") = 1 && $(schemas | wc -l) = $((before + 2)) ]]
	[[ $(cat "$room/data/sites/one.localhost/private/files/letter") = private ]]
	cmp "$room/data/sites/one.localhost/site_config.json" "$room/data/secrets/one.localhost/site_config.json"
	in_room touch -d '1 hour ago' /run/mkbench/started # verify gives a bench that has just started more time for what fails
	in_room "$room/bin/benchctl" verify >"$room/verify" || [[ $(grep -c "not the site's" "$room/verify") = 0 ]]

	run -0 in_room "$room/bin/benchctl" restore latest --site one.localhost --as three.localhost
	config=$room/data/sites/three.localhost/site_config.json
	[[ $(cat "$room/data/sites/three.localhost/private/files/letter") = private ]]
	[[ $(jq -r .encryption_key "$config") = $(jq -r .encryption_key "$room/data/sites/one.localhost/site_config.json") ]]
	[[ $(jq -r .db_user "$config") != $(jq -r .db_user "$room/data/sites/one.localhost/site_config.json") ]]
	MYSQL_PWD=$(jq -r .db_password "$config") in_room mariadb --no-defaults -S /run/mysqld/mysqld.sock -u "$(jq -r .db_user "$config")" \
		"$(jq -r .db_name "$config")" -e "INSERT INTO kept VALUES (2)"
	[[ $(sql "SELECT COUNT(*) FROM kept") = 1 ]]
	in_room curl -sSf -H "Host: three.localhost" http://127.0.0.1:8080/
	for phase in before commit; do # killed right before the exchange, and right after it: what was there is kept
		config=$(jq -S . "$room/data/sites/two.localhost/site_config.json")
		run ! in_room MKBENCH_CRASH_AT=restore:$phase "$room/bin/benchctl" restore "$id" --site two.localhost
		[[ $phase = commit ]] || [[ $(jq -S . "$room/data/sites/two.localhost/site_config.json") = "$config" ]]
		run -0 in_room "$room/bin/benchctl" backup
		[[ $phase = before ]] || [[ $(cat "$room"/data/.mkbench/replaced/two.localhost-*/site_config.json | jq -S .) = *"$config"* ]]
	done
	[[ $(jq length "$room/data/.mkbench/backup/begun.json") = 0 ]]
	run -2 in_room "$room/bin/benchctl" restore latest --site one.localhost --as two.localhost
	[[ ${#lines[@]} = 1 && $output = *"there is a site two.localhost already"* ]]
	jq '.apps[0] |= (.version = "1.1" | .content = "sha256:f2")' "$room/bench.json" >"$room/new.json"
	cp "$room/bench.json" "$room/right.json"
	mv "$room/new.json" "$room/bench.json"
	before=$(schemas)
	run -6 in_room "$room/bin/benchctl" restore latest --site one.localhost
	[[ $output = *"would have to be migrated"*"--as NAME"* && $(schemas) = "$before" ]]
	mv "$room/right.json" "$room/bench.json"
	end_room TERM
	image 2
	start_room
	started
	run -0 in_room "$room/bin/benchctl" restore "$id" --site one.localhost --as four.localhost
	[[ -e $room/data/sites/four.localhost/private/files/migrated ]]
	jq -e '.sites["four.localhost"].apps.first.version == "1.1"' "$room/data/.mkbench/committed.json"
}

@test "frozen: nobody writes until it is thawed or the time is over, and thaw says which" {
	start_room
	started
	sql "CREATE TABLE kept (id INT PRIMARY KEY)"
	run -0 in_room "$room/bin/benchctl" freeze
	run -6 in_room "$room/bin/benchctl" freeze
	sql "INSERT INTO kept VALUES (1)" 3>&- &
	writer=$!
	sleep 2
	kill -0 "$writer"
	files() { (cd "$room/data/mariadb" && find . -type f -exec sha256sum {} + | sort); }
	files >"$room/files"
	sleep 3
	diff "$room/files" <(files)
	[[ $(sql "SELECT COUNT(*) FROM kept") = 0 ]]
	run -0 in_room "$room/bin/benchctl" thaw
	wait "$writer"
	[[ $(sql "SELECT COUNT(*) FROM kept") = 1 ]]
	run -0 in_room "$room/bin/benchctl" freeze --seconds 1
	sql "INSERT INTO kept VALUES (2)" # waits for the end of it
	run -6 in_room "$room/bin/benchctl" thaw
	[[ ${#lines[@]} = 1 && $output = *"it is not frozen any more"* ]]
	run -2 in_room "$room/bin/benchctl" freeze --seconds 0
}

@test "a site as the framework's files, and a site from such: files, key; newer apps, others' databases and the client's commands are refused" {
	start_room
	started
	sql "CREATE TABLE kept (id INT PRIMARY KEY); INSERT INTO kept VALUES (1)"
	echo public >"$room/data/sites/one.localhost/public/files/picture"
	mkdir -p "$room/data/sites/one.localhost/private/files/deep/public/files"
	echo private >"$room/data/sites/one.localhost/private/files/deep/public/files/letter"
	chown -R nobody: "$room/data/sites/one.localhost/private/files"
	mkdir "$room/out"
	run -0 in_room "$room/bin/benchctl" export one.localhost --to "$room/out"
	[[ ${#lines[@]} = 4 ]]
	database=$(echo "$room"/out/*_*-one_localhost-database.sql.gz) stem=${lines[0]%-database.sql.gz}
	zcat "$database" | head -3 | grep -q "begin first metadata"
	tar -tf "$stem-files.tar" | grep -x ./one.localhost/public/files/picture
	run -0 in_room "$room/bin/benchctl" export one.localhost
	[[ $(stat -c %U "${lines[0]}") = nobody && ${lines[0]} = "$room/data/sites/one.localhost/private/backups/"* ]]
	all=(--files "$stem-files.tar" --private-files "$stem-private-files.tar" --config "$stem-site_config_backup.json")
	run -0 in_room "$room/bin/benchctl" import new.localhost "$database" "${all[@]}"
	new=$room/data/sites/new.localhost
	[[ $(cat "$new/public/files/picture") = public && $(cat "$new/private/files/deep/public/files/letter") = private ]]
	[[ $(jq -r .encryption_key "$new/site_config.json") = $(jq -r .encryption_key "$room/data/sites/one.localhost/site_config.json") ]]
	[[ $(in_room mariadb --no-defaults -S /run/mysqld/mysqld.sock -N "$(jq -r .db_name "$new/site_config.json")" -e "SELECT * FROM kept") = 1 ]]
	in_room curl -sSf -H "Host: new.localhost" http://127.0.0.1:8080/

	before=$(schemas)
	refused() { # STATUS WORDS
		run ! in_room "$room/bin/benchctl" import other.localhost "$room/dump.sql" "${all[@]}"
		[[ $status = "$1" && $output = *"$2"* && $(schemas) = "$before" && ! -e $room/data/sites/other.localhost && ! -e $room/data/.importing ]]
	}
	zcat "$database" | sed 's/^-- version = 1.0/-- version = 1.1/' >"$room/dump.sql"
	refused 2 "is of first 1.1, and this image has the older 1.0"
	zcat "$database" | sed 's/\[first\]/[third]/' >"$room/dump.sql"
	refused 2 "has the app 'third'"
	{ zcat "$database"; echo "INSERT INTO $(database).kept VALUES (7);"; } >"$room/dump.sql"
	refused 6 "denied"
	{ zcat "$database"; echo "\\! touch $room/escaped"; } >"$room/dump.sql"
	run ! in_room "$room/bin/benchctl" import other.localhost "$room/dump.sql" "${all[@]}"
	[[ ! -e $room/escaped && $(sql "SELECT COUNT(*) FROM kept") = 1 ]]
	# the bench's user puts links in the place of what a person is about to name
	mkdir -m 700 "$room/for-root"
	cp "$database" "${all[@]:1:1}" "${all[@]:5:1}" "$room/for-root"
	theirs=$room/data/sites/one.localhost/private/backups/named
	for_root=("$room"/for-root/*)
	for n in 0 1 2; do
		ln -sfn "${for_root[n]}" "$theirs"
		words=("$database" "${all[@]}")
		case ${for_root[n]} in
		*database*) words[0]=$theirs ;;
		*files*) words[2]=$theirs ;;
		*config*) words[6]=$theirs ;;
		esac
		run -6 in_room "$room/bin/benchctl" import other.localhost "${words[@]}"
		[[ $output = *"a link leads to it, and user nobody may not read it"* && ! -e $room/data/sites/other.localhost ]]
	done
	run -0 in_room "$room/bin/benchctl" import named.localhost "${for_root[0]}" # a person's own, which that user may not read
	[[ $(stat -c %U "$room/data/sites/named.localhost" "$room/data/sites/named.localhost/site_config.json" | sort -u) = nobody ]]
	echo "something else" >"$room/dump.sql"
	before=$(schemas)
	run -2 in_room "$room/bin/benchctl" import another.localhost "$room/dump.sql"
	[[ $output = *"is no dump"* ]]
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
