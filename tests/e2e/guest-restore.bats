#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What comes out of backups: an instance from nothing, a site under another name, after kills.
bats_require_minimum_version 1.5.0
load helpers
load room
load upgrade
load backup

# another_volume: the next start has an empty one; the password of the repository is in $password.
another_volume() {
	password=$(cat "$room/data/secrets/backup_password")
	mv "$room/data" "$room/data.$1"
	mkdir "$room/data"
}

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

@test "from nothing, beside the cache of another instance: the cache begins empty" {
	start_room
	started
	run -0 in_room "$room/bin/benchctl" backup
	in_room redis-cli -p 13000 set page "of before"
	end_room TERM
	another_volume old
	[[ -s $room/data.old/redis-cache/dump.rdb ]]
	cp -a "$room/data.old/redis-cache" "$room/data"
	from_nothing
	started
	[[ $(in_room redis-cli -p 13000 dbsize) == 0 ]]
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
