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
	jq -e '.sites["one.localhost"].tables["odd `name"] == 3' "$room/data/.mkbench/backup/set/manifest.json"
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
	id=${lines[0]#backup }
	before=$(sha256sum "$room/data/sites/moved/site_config.json")
	schemas=$(schemas)
	run -6 in_room "$room/bin/benchctl" restore "${id%% *}" --site two.localhost
	[[ $output = *"the backup has no folder of the site with a site_config.json in it" ]]
	[[ $(sha256sum "$room/data/sites/moved/site_config.json") = "$before" && -L $room/data/sites/two.localhost ]]
	[[ $(schemas) = "$schemas" ]]
}
