#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Sites that were made while an image was built: what the image has of them, and what an empty volume becomes.
bats_require_minimum_version 1.5.0
load helpers
load room

word=prebakeCanary

tell_all() {
	in_room "$repo/tests/guest/oracle" "$room" >"$room/told"
	sed "s#$room#ROOM#g" "$room/told" | grep -v '^unpack/'
}

# A bench whose sites the first start has made, told once.
undisturbed() {
	[[ ! -e $BATS_FILE_TMPDIR/oracle ]] || return 0
	start_room
	started
	tell_all >"$BATS_FILE_TMPDIR/oracle"
	end_room TERM
	rm -rf "$room"
	make_room
}

# As a build does: the volume is empty again, and no step of the framework that makes sites works any more. What the image has knows no
# room, so all tests of an unchanged bench have one bake in common.
prebake() {
	if [[ -e $BATS_FILE_TMPDIR/sites ]] && cmp -s "$BATS_FILE_TMPDIR/create-site" <(sed "s#$room#ROOM#g" "$room/bench/create-site"); then
		cp -a "$BATS_FILE_TMPDIR/sites" "$room/sites"
		status=0
	else
		sed "s#$room#ROOM#g" "$room/bench/create-site" >"$room/log/create-site"
		start_room_with prebake "$@"
		over
		[[ $status = 0 ]] || return 0
		[[ -z $(ls "$room/data") ]]
		if [[ ! -e $BATS_FILE_TMPDIR/sites ]]; then
			mv "$room/log/create-site" "$BATS_FILE_TMPDIR/create-site"
			cp -a "$room/sites" "$BATS_FILE_TMPDIR/sites"
		fi
	fi
	printf '#!/bin/sh\nexit 1\n' >"$room/bench/create-site"
	touch "$room/log/renewed"
	chmod 666 "$room/log/renewed"
}

is_equal() {
	tell_all >"$room/oracle"
	diff "$BATS_FILE_TMPDIR/oracle" "$room/oracle"
	[[ -z $(find "$room/data" -name '*.new' -o -name '*.replaced' -o -name '*.damaged') ]]
}

@test "what the image has is no secret, and an empty volume becomes what the framework would make of it, by one run for all sites" {
	undisturbed
	prebake
	[[ $status = 0 ]] || { cat "$log"; false; }
	[[ $(cd "$room/sites" && echo *) = "list.json mariadb redis sites" ]]
	[[ $(stat -c %a%U "$room/sites") = 700root && -z $(find "$room/sites" -name site_config.json -o -name '*.log') ]]
	jq -e '.shapes["one.localhost"] | .rows.first_1 >= 1 and (.columns | length) == (.rows | length) and (.keys | length) > 0' "$room/sites/list.json"
	start_room
	started
	is_equal
	[[ $(cat "$room/log/renewed") = run ]]
	in_room jq -e '[.steps[] | select(.step | test("create/")) | .state] | all(. == "skipped" or . == "done")' /run/mkbench/progress.json
	in_room mariadb -S /run/mysqld/mysqld.sock -N -e "SELECT password FROM _032d4c17a2178aa3.user" >"$room/hash.1"
	end_room TERM
	run ! grep -rlaF "$word" "$room/sites" "$room/data"
	# a second start finds nothing to do
	start_room
	started
	is_equal
	[[ $(cat "$room/log/renewed") = run ]]
	# another volume of the same image has no secret in common with this one
	end_room TERM
	cp -r "$room/data/secrets" "$room/secrets.1"
	find "$room/data" -mindepth 1 -delete
	start_room
	started
	for file in admin_password db_password encryption_key; do
		[[ -s $room/data/secrets/one.localhost/$file ]]
		run ! cmp -s "$room/secrets.1/one.localhost/$file" "$room/data/secrets/one.localhost/$file"
	done
	in_room mariadb -S /run/mysqld/mysqld.sock -N -e "SELECT password FROM _032d4c17a2178aa3.user" >"$room/hash.2"
	[[ -s $room/hash.2 ]]
	run ! cmp -s "$room/hash.1" "$room/hash.2"
}

@test "killed like by a power cut before, in and after each step of the first start, then finished: equal" {
	undisturbed
	prebake
	for point in unpack:before unpack:mid unpack:commit unpack:after stores:mid cache:after renew:before secrets/one.localhost:mid \
		folder/two.localhost:mid renew:mid renew:commit renew:after create/one.localhost:before bench:before open:before; do
		echo "# $point"
		start_room MKBENCH_CRASH_AT=$point
		over
		[[ $status = 137 ]] || { echo "$point ended with $status"; tail -20 "$log"; false; }
	done
	start_room
	started
	is_equal
}

@test "each of them killed on a volume of its own: the first password stays, nothing is left over" {
	undisturbed
	prebake
	for point in unpack:mid unpack:commit unpack:after renew:mid renew:commit secrets/one.localhost:mid; do
		echo "# $point"
		start_room MKBENCH_CRASH_AT=$point
		over
		[[ $status = 137 ]]
		password=$(cat "$room/data/secrets/one.localhost/admin_password" 2>/dev/null || true)
		start_room
		started
		is_equal
		[[ -z $password || $password = $(cat "$room/data/secrets/one.localhost/admin_password") ]]
		end_room TERM
		find "$room/data" -mindepth 1 -delete
	done
}

@test "a kill from outside at any moment of the first start is no other" {
	undisturbed
	prebake
	for ms in 200 600 1000 1500 2200 3000; do
		start_room
		sleep "$((ms / 1000)).$(printf %03d $((ms % 1000)))"
		end_room KILL
	done
	start_room
	started
	is_equal
}

@test "an image without these sites, or with others, on a volume that was left half unpacked makes them by the framework's steps" {
	undisturbed
	cp "$room/bench/create-site" "$room/create-site"
	prebake
	for case in unpack:mid/none unpack:commit/another renew:mid/another renew:commit/none; do
		echo "# $case"
		start_room MKBENCH_CRASH_AT="${case%/*}"
		over
		[[ $status = 137 ]]
		cp "$room/bench/create-site" "$room/no-create-site"
		cp "$room/create-site" "$room/bench/create-site"
		cp "$room/sites/list.json" "$room/list.json"
		[[ $case = */none ]] && rm "$room/sites/list.json" || sed -i 's/"id": *"..../"id": "XXXX/' "$room/sites/list.json"
		start_room
		started
		is_equal
		end_room TERM
		cp "$room/no-create-site" "$room/bench/create-site"
		cp "$room/list.json" "$room/sites/list.json"
		find "$room/data" -mindepth 1 -delete
	done
}

@test "a site that cannot be renewed keeps no other from being served, and is ready once it can" {
	prebake
	touch "$room/log/refuse-one.localhost"
	start_room
	is_open() { in_room jq -e '."two.localhost"' /run/mkbench/sites.json; }
	answers() { in_room curl -fsS -H 'Host: two.localhost' http://127.0.0.1:8080/api/method/ping; }
	by=$outside until_true 300 answers
	run -22 in_room curl -fsS -o /dev/null -H 'Host: one.localhost' http://127.0.0.1:8080/api/method/ping
	grep "one.localhost: refused" "$log"
	rm "$room/log/refuse-one.localhost"
	started
	run -1 grep -rlaF "$word" "$room/data"
}

@test "a site that somebody has put on the volume before its first start is not written over" {
	cp "$room/bench/create-site" "$room/create-site"
	prebake
	cp "$room/create-site" "$room/bench/create-site"
	mkdir -p "$room/data/sites/one.localhost"
	echo mine >"$room/data/sites/one.localhost/note"
	start_room
	said() { grep "not of our making" "$log"; }
	by=$outside until_true 300 said
	[[ $(cat "$room/data/sites/one.localhost/note") = mine ]]
	grep "is there already: the sites are made here" "$log"
}

@test "jobs that wait in Redis when the sites are made wait on the volume, and nothing of what was there before" {
	sed -i '$ a redis-cli -p 11000 set gone "$MKBENCH_DB_PASSWORD" >/dev/null; redis-cli -p 11000 del gone >/dev/null' "$room/bench/create-site"
	sed -i '$ a redis-cli -p 11000 rpush waiting "$app of $site" >/dev/null' "$room/bench/create-site"
	prebake
	[[ $status = 0 ]] || { cat "$log"; false; }
	start_room
	started
	[[ $(in_room redis-cli -p 11000 lrange waiting 0 -1 | sort | paste -sd,) = "base of one.localhost,base of two.localhost,first of one.localhost,first of two.localhost,second of one.localhost" ]]
	run ! grep -rlaF "$word" "$room/data/redis"
}

@test "a site that is added is a copy of a prebaked one that is like it, equal to one that the framework makes, and so it is after a kill" {
	# a copy cannot be of a framework that writes a site's name into it
	sed -i 's/\$app of \$site/$app/' "$room/bench/create-site"
	sed -i 's/GREETING=hello {site}/GREETING=hello/' "$room/bench.json"
	cp "$room/bench.json" "$room/bench/create-site" "$room/log/"
	add() { in_room env MKBENCH_CRASH_AT="${2:-}" "$room/bin/benchctl" add-site "$1"; }
	start_room
	started
	add three.localhost
	tell_all >"$BATS_TEST_TMPDIR/oracle"
	end_room TERM
	rm -rf "$room"/data/* "$room"/data/.[a-z]*
	prebake
	[[ $(jq -c '[.templates[] | [.site, .dump, .time_zone]]' "$room/sites/list.json") = '[["one.localhost","0.sql","Europe/Paris"],["two.localhost","1.sql","UTC"]]' ]]
	is_copy() {
		tell_all >"$room/oracle"
		diff "$BATS_TEST_TMPDIR/oracle" "$room/oracle"
		[[ $(jq -r .encryption_key "$room"/data/sites/*/site_config.json | sort -u | wc -l) = 3 ]]
		run ! grep -rlaF "$word" "$room/data"
	}
	start_room
	started
	run -137 add three.localhost create/three.localhost:mid
	end_room KILL
	start_room MKBENCH_CRASH_AT=create/three.localhost:commit
	over
	[[ $status = 137 ]]
	start_room
	started
	is_copy
	end_room TERM
	find "$room/data" -mindepth 1 -delete
	start_room
	started
	add three.localhost
	is_copy
	# what cannot be renewed is undone
	touch "$room/log/refuse-four.localhost"
	run -6 add four.localhost
	[[ ! -e $room/data/sites/four.localhost ]]
	[[ -z $(in_room mariadb -S /run/mysqld/mysqld.sock -N -e "SHOW DATABASES LIKE '\_%'" | grep -v "$(in_room cat "$room"/data/sites/*/site_config.json | jq -r .db_name)") ]]
}

@test "an image without a site: one that is added is a copy of a template that was made for that" {
	sed -i 's/\$app of \$site/$app/' "$room/bench/create-site"
	jq '.sites = [] | del(.default_site) | .framework.site_finish = [] | .templates = [ { "name": "shop", "apps": ["second"], "time_zone": "Asia/Tokyo" },
		{ "name": "more", "apps": ["first", "second"] } ]' "$room/bench.json" >"$room/new"
	mv "$room/new" "$room/bench.json"
	prebake
	[[ $(jq -c '[.sites, [.templates[] | .site]]' "$room/sites/list.json") = '[[],["shop.template.invalid","more.template.invalid"]]' ]]
	start_room
	started
	run -0 in_room "$room/bin/health"
	[[ $output = "ready: 0 of 0 sites" && -z $(ls -d "$room"/data/sites/*.invalid 2>/dev/null) ]]
	in_room "$room/bin/benchctl" verify --json >said || true # the room lacks much that an image has
	jq -e '[.checks[] | select(.check == "file" and .of == "secrets")] | length == 1 and .[0].ok' said
	run -2 in_room "$room/bin/benchctl" add-site one.localhost --template shops
	[[ $output = "benchctl: the image has no template 'shops': known are shop, more" ]]
	run -2 in_room "$room/bin/benchctl" add-site one.localhost --template shop --app first
	in_room "$room/bin/benchctl" add-site one.localhost
	in_room "$room/bin/benchctl" add-site two.localhost --template more --host zwei.test
	in_room curl -fsS -H 'Host: zwei.test' http://127.0.0.1:8080/api/method/ping
	[[ $(jq -c '[.[] | [.name, .apps, .time_zone]]' "$room/data/.mkbench/sites.json") = '[["one.localhost",["second"],"Asia/Tokyo"],["two.localhost",["first","second"],"UTC"]]' ]]
	[[ $(cat "$room"/data/sites/*/private/files/* | sort | paste -sd,) = base,base,first,second,second ]]
	[[ $(cat "$room/log/renewed") = run$'\n'run ]]
	end_room TERM
	start_room
	started
	run -0 in_room "$room/bin/health"
	[[ $output = "ready: 2 of 2 sites" ]]
}

@test "a site whose name stands in what the framework has made is no template, and says where" {
	prebake
	[[ $(jq -c .templates "$room/sites/list.json") = '[]' ]]
}

@test "a password of the build that an app has kept fails the build, which names the file" {
	sed -i '$ a echo "$MKBENCH_DB_PASSWORD" >"'"$room"'/data/sites/$site/private/files/kept.$app"' "$room/bench/create-site"
	prebake
	[[ $status = 1 ]]
	grep "sites/sites/one.localhost/private/files/kept.* holds a password or key of the build" "$log"
}

@test "a password of the build that an app has kept in its database fails the build" {
	sed -i '$ a [ "$app" != first ] || sql "INSERT INTO first_1 VALUES (7, '"'\$MKBENCH_ADMIN_PASSWORD'"')"' "$room/bench/create-site"
	prebake
	[[ $status = 1 ]]
	grep "prebake/0.sql holds a password or key of the build" "$log"
}

@test "a step that fails in the build says so, with the step's own words" {
	sed -i '$ a echo "no such thing as a bench" >&2; exit 3' "$room/bench/create-site"
	prebake
	[[ $status = 1 ]]
	grep "no such thing as a bench" "$log"
	grep "prebake: false makes them at the first boot" "$log"
}
