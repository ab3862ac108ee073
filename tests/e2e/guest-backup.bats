#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Backups in a room of pretence, by Debian's own restic.
bats_require_minimum_version 1.5.0
load helpers
load room

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
	run -0 in_room "$room/bin/benchctl" backup
	[[ $output = "backup "*" is made and was restored to try it"* ]]
	id=${lines[0]#backup }
	id=${id%% *}
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

@test "a wrong password, a damaged repository, one that is gone, a backup that is not there: one line each, and nothing lost" {
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
