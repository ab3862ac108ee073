#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A site as the framework's own files, and a bench that holds still for a snapshot.
bats_require_minimum_version 1.5.0
load helpers
load room
load upgrade
load backup

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
