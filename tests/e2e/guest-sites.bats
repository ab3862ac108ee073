#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Sites that come, go and are touched by hand while a bench of pretence runs or is killed.
bats_require_minimum_version 1.5.0
load helpers
load room

@test "a site is added while the bench runs; killed in the middle, the next start finishes it" {
	start_room
	started
	run -0 in_room "$room/bin/benchctl" add-site three.localhost --app first --host drei.test
	in_room curl -sf -H 'Host: drei.test' http://127.0.0.1:8080/api/method/ping
	run -2 in_room "$room/bin/benchctl" add-site three.localhost
	run -2 in_room "$room/bin/benchctl" add-site ../four
	for app in nope ../apps/first .; do
		run -2 in_room "$room/bin/benchctl" add-site three-b.localhost --app first --app "$app"
		[ "$output" = "benchctl: the image has no app '$app': known are first, second" ]
	done
	run -1 grep three-b "$room/data/.mkbench/sites.json"
	run -137 in_room env MKBENCH_CRASH_AT=create/four.localhost:mid "$room/bin/benchctl" add-site four.localhost
	run -0 in_room "$room/bin/health" # the others serve
	[[ $output =~ "site four.localhost is still being prepared" ]]
	end_room TERM
	start_room
	started
	run -0 in_room "$room/bin/health"
	[[ $output = "ready: 4 of 4 sites" ]]
	[[ $(jq -r 'select(.step == "site/three.localhost" and .event == "begin").n' "$room/data/.mkbench/ledger" | wc -l) = 1 ]]
}

long() { printf '%063d.' 1 2 3 | tr 0 a; printf '%061d' 4 | tr 0 b; } # the longest name that DNS has

@test "names that are words of nginx, and the longest ones, are hosts like any other" {
	start_room
	started
	for name in default include hostnames volatile "$(long | cut -c 1-140 | sed 's/[.]$//')"; do
		run -0 in_room "$room/bin/benchctl" add-site "$name" --app first
		in_room curl -sf -H "Host: $name" http://127.0.0.1:8080/api/method/ping
	done
	run -0 in_room "$room/bin/benchctl" add-site three.localhost --app first --host "$(long)"
	in_room curl -sf -H "Host: $(long)" http://127.0.0.1:8080/api/method/ping
	run -2 in_room "$room/bin/benchctl" add-site four.localhost --host "$(long)c"
	run -2 in_room "$room/bin/benchctl" add-site four.localhost --host '*.a.*'
	end_room TERM
	# what a person has written there by hand
	jq '.[0].hosts = ["*.a.*", "a..b", "x;y", ("c" * 300), ".b"]' "$room/data/.mkbench/sites.json" >"$room/new"
	mv "$room/new" "$room/data/.mkbench/sites.json"
	start_room
	started
	run -0 in_room "$room/bin/health" ready
	[[ $output = "ready: 8 of 8 sites" ]]
	in_room curl -sf -H 'Host: one.localhost' http://127.0.0.1:8080/api/method/ping
}

@test "one site of many that does not answer degrades the bench, by its name; when none answers it is not ready" {
	start_room
	started
	spoil() { sed -i.good 's/"db_password": "/&x/' "$room/data/sites/$1/site_config.json"; }
	mend() { mv "$room/data/sites/$1/site_config.json.good" "$room/data/sites/$1/site_config.json"; }
	spoil two.localhost
	run -0 in_room "$room/bin/health"
	echo "$output"
	[[ $output =~ ^"degraded: 1 of 2 sites; site two.localhost: " ]]
	[[ -e /proc/$init/root/run/mkbench/ready ]]
	run -1 in_room "$room/bin/health" ready
	[[ $output =~ ^"not ready: 1 of 2 sites; site two.localhost: " ]]
	spoil one.localhost
	run -1 in_room "$room/bin/health"
	[[ $output =~ ^"not ready: 0 of 2 sites; site one.localhost: " ]]
	[[ ! -e /proc/$init/root/run/mkbench/ready ]]
	mend one.localhost
	mend two.localhost
	run -0 in_room "$room/bin/health"
	[[ $output = "ready: 2 of 2 sites" ]]
}

@test "a map that nginx refuses never counts: add-site fails and is undone, a start leaves that site out" {
	# an nginx with less room than ours stands for whatever it may refuse
	sed -i 's/map_hash_bucket_size 512/map_hash_bucket_size 64/' "$room/etc/nginx.conf"
	start_room
	started
	local name=a-name-that-has-more-letters.than-sixty-four-bytes-have-room-for.localhost
	cp "$room/data/.mkbench/ledger" "$room/before"
	run -6 in_room "$room/bin/benchctl" add-site $name --app first
	echo "$output"
	[[ $output =~ "nginx refuses its configuration: could not build" ]]
	[[ $output =~ "removed again" ]]
	[[ ! -e $room/data/sites/$name && ! -e $room/data/secrets/$name && $(jq -c . "$room/data/.mkbench/sites.json") = "[]" ]]
	[[ $(databases | wc -l) = 2 ]]
	run -0 in_room nginx -t -c "$room/etc/nginx.conf"
	run -0 in_room "$room/bin/health" ready
	[[ $output = "ready: 2 of 2 sites" ]]
	end_room TERM
	echo "[{\"name\": \"$name\", \"apps\": [\"first\"], \"hosts\": []}]" >"$room/data/.mkbench/sites.json"
	start_room
	until_room curl -sf -H 'Host: one.localhost' http://127.0.0.1:8080/api/method/ping
	grep -q "site $name is left out: nginx refuses" "$log"
	run -0 in_room curl -s -o /dev/null -w '%{http_code}' -H "Host: $name" http://127.0.0.1:8080/api/method/ping
	[[ $output = 404 ]]
}

@test "a site that is added and does not answer is an error, and is removed again" {
	start_room
	started
	# its page is asked of a program that has gone
	sed -i 's/self.send_response(200)/self.send_response(502 if "three" in self.headers.get("Host", "") else 200)/' "$room/bench/program"
	in_room pkill -KILL -f 'bench/program web'
	until_room curl -sf -H 'Host: one.localhost' http://127.0.0.1:8080/api/method/ping
	run -6 in_room "$room/bin/benchctl" add-site three.localhost --app first
	[[ $output =~ "site three.localhost does not answer at /api/method/ping (HTTP status 502)" ]]
	[[ $(jq -c . "$room/data/.mkbench/sites.json") = "[]" && ! -e $room/data/sites/three.localhost ]]
	run -0 in_room "$room/bin/health"
	[[ $output = "ready: 2 of 2 sites" ]]
}

@test "a site that was added under a name refused today is served, made anew and dropped as any other" {
	start_room
	started
	run -2 in_room "$room/bin/benchctl" add-site localhost
	end_room TERM
	echo '[{"name": "localhost", "apps": ["first"], "hosts": []}, {"name": "locale", "dropped": "20250101-000000", "purge": true}]' >"$room/data/.mkbench/sites.json"
	start_room
	started
	run -0 in_room "$room/bin/health"
	[[ $output = "ready: 3 of 3 sites" ]]
	in_room curl -sf -H 'Host: localhost' http://127.0.0.1:8080/api/method/ping
	in_room mariadb --no-defaults -S /run/mysqld/mysqld.sock -e "DROP DATABASE $(jq -r .db_name "$room/data/sites/localhost/site_config.json")"
	rm -r "$room/data/sites/localhost"
	until_room "$room/bin/benchctl" add-site localhost --again # provision may have a last step to do
	run -0 in_room "$room/bin/benchctl" drop-site localhost --yes --purge
	run -0 in_room "$room/bin/health"
	[[ $output = "ready: 2 of 2 sites" ]]
	[[ $(jq -c . "$room/data/.mkbench/sites.json") = "[]" ]]
}

databases() { in_room mariadb --no-defaults -S /run/mysqld/mysqld.sock -N -e "SELECT schema_name FROM information_schema.schemata WHERE schema_name RLIKE '^(_|dropped)' ORDER BY 1"; }
accounts() { in_room mariadb --no-defaults -S /run/mysqld/mysqld.sock -N -e "SELECT COUNT(*) FROM mysql.user WHERE user LIKE '\\_%'"; }

@test "a site is dropped: by its name said again, closed at once, put aside whole; the others and the image's row stay" {
	start_room
	started
	run -0 in_room "$room/bin/benchctl" add-site three.localhost --app first --host drei.test
	rows=$(in_room mariadb --no-defaults -S /run/mysqld/mysqld.sock -N "$(jq -r .db_name "$room/data/sites/two.localhost/site_config.json")" -e "SELECT * FROM user")
	run -2 in_room "$room/bin/benchctl" drop-site two.localhost </dev/null
	run -2 in_room "$room/bin/benchctl" drop-site two.localhost <<<one.localhost
	run -2 in_room "$room/bin/benchctl" drop-site nobody.localhost --yes
	run -0 in_room "$room/bin/health"
	[[ $output = "ready: 3 of 3 sites" ]]
	run -0 in_room "$room/bin/benchctl" drop-site two.localhost <<<two.localhost
	run -0 in_room "$room/bin/health"
	[[ $output = "ready: 2 of 2 sites" ]]
	run -0 in_room curl -s -o /dev/null -w '%{http_code}' -H 'Host: two.localhost' http://127.0.0.1:8080/api/method/ping
	[[ $output = 404 ]]
	aside=$(echo "$room"/data/dropped/two.localhost-*)
	[[ $(stat -c %a "$room/data/dropped") = 700 && -s $aside/site/private/files/base && -s $aside/secrets/encryption_key ]]
	[[ ! -e $room/data/sites/two.localhost && ! -e $room/data/secrets/two.localhost ]]
	[[ $(in_room mariadb --no-defaults -S /run/mysqld/mysqld.sock -N "$(jq -r .tables "$aside/dropped.json")" -e "SELECT * FROM user") = "$rows" ]]
	[[ $(databases | wc -l) = 3 && $(accounts) = 4 ]]
	# without a trace: nothing of it is left
	run -0 in_room "$room/bin/benchctl" drop-site three.localhost --yes --purge
	[[ $(databases | wc -l) = 2 && $(accounts) = 2 && $(ls "$room/data/dropped" | wc -l) = 1 ]]
	run -1 grep -r three.localhost "$room/data/.mkbench/sites.json" "$room/data/secrets"
	end_room TERM
	start_room
	started
	run -0 in_room "$room/bin/health"
	[[ $output = "ready: 1 of 1 sites" ]]
	run -1 grep "not of this image" "$log"
	# the image's own row is there to be made again
	run -2 in_room "$room/bin/benchctl" add-site two.localhost --host other.test
	run -0 in_room "$room/bin/benchctl" add-site two.localhost
	in_room curl -sf -H 'Host: two.localhost' http://127.0.0.1:8080/api/method/ping
	run -0 in_room "$room/bin/health"
	[[ $output = "ready: 2 of 2 sites" ]]
}

@test "a drop that is killed at any step is closed already, and finished by the next start" {
	start_room
	started
	for point in drop-aside:before drop-aside:mid drop-aside:after drop-database:after drop-rest:after drop-forget:after drop-database:mid; do
		name=${point/:/-}.localhost
		in_room "$room/bin/benchctl" add-site $name
		keep=
		[[ $point != drop-rest:after ]] || keep=--purge
		run -137 in_room env MKBENCH_CRASH_AT=${point%:*}/$name:${point#*:} "$room/bin/benchctl" drop-site $name --yes $keep
		run -0 in_room curl -s -o /dev/null -w '%{http_code}' -H "Host: $name" http://127.0.0.1:8080/
		[[ $output = 404 ]]
		# no question: it was answered. All others are finished by the next one that provisions.
		[[ $point != drop-aside:mid ]] || run -0 in_room "$room/bin/benchctl" drop-site $name </dev/null
	done
	run -2 in_room "$room/bin/benchctl" add-site $name
	[[ $output =~ "is being dropped" ]]
	end_room KILL
	start_room
	started
	run -0 in_room "$room/bin/health"
	[[ $output = "ready: 2 of 2 sites" ]]
	echo "$(databases)" "$(accounts)"
	[[ $(ls "$room/data/dropped" | wc -l) = 6 && $(databases | grep -c dropped) = 6 && $(databases | wc -l) = 8 && $(accounts) = 4 ]]
	for aside in "$room"/data/dropped/*; do
		[[ -s $aside/dropped.json && -s $aside/site/site_config.json && -s $aside/secrets/admin_password ]]
	done
	[[ $(jq length "$room/data/.mkbench/sites.json") = 0 ]]
}

@test "what a person has done stays: settings, a new database password, a site removed by hand" {
	start_room
	started
	end_room TERM
	one=$room/data/sites/one.localhost/site_config.json common=$room/data/sites/common_site_config.json
	jq '.db_password = "it'"'"'s \\ new" | .mail_server = "m"' "$one" >"$one.x"
	mv "$one.x" "$one"
	jq '.redis_cache = "redis://elsewhere" | .mine = 1' "$common" >"$common.x"
	mv "$common.x" "$common"
	: >"$room/data/sites/two.localhost/site_config.json" # torn by a power cut
	touch "$room/data/sites/one.localhost/locks/bench_migrate.lock"
	key=$(jq -r .encryption_key "$room/data/secrets/two.localhost/site_config.json")
	start_room
	started
	[[ $(jq -r '.mail_server + .db_password' "$one") = "mit's \\ new" ]]
	[[ $(jq -r '.redis_cache, .mine, .default_site' "$common" | tr '\n' ' ') = "redis://elsewhere 1 one.localhost " ]]
	[[ $(jq -r .encryption_key "$room/data/sites/two.localhost/site_config.json") = "$key" ]]
	[[ $(stat -c %U "$room/data/sites/two.localhost/site_config.json") = nobody ]]
	[[ ! -e $room/data/sites/one.localhost/locks/bench_migrate.lock ]]
	grep -q "'redis_cache' was changed by hand and stays" "$log"
	# dropped, folder and tables: not made again unasked
	db=$(jq -r .db_name "$room/data/sites/two.localhost/site_config.json")
	in_room mariadb --no-defaults -S /run/mysqld/mysqld.sock -e "DROP DATABASE $db"
	rm -r "$room/data/sites/two.localhost"
	end_room TERM
	start_room
	until_room grep -q "two.localhost was made, but is gone" "$log"
	until_room curl -sf -H 'Host: one.localhost' http://127.0.0.1:8080/api/method/ping
	[[ ! -e $room/data/sites/two.localhost ]]
	until_room "$room/bin/benchctl" add-site two.localhost --again # provision may have a last step to do
	in_room curl -sf -H 'Host: two.localhost' http://127.0.0.1:8080/api/method/ping
}

@test "what stands in the way of a link is kept, the second time too" {
	for n in 1 2 3; do
		rm -f "$room/data/sites/assets"
		mkdir -p "$room/data/sites/assets"
		echo $n >"$room/data/sites/assets/mine"
		start_room
		until_room test -L "$room/data/sites/assets"
		end_room KILL
	done
	[[ $(cat "$room"/data/sites/assets.replaced{,.2,.3}/mine | tr '\n' ' ') = "1 2 3 " ]]
}
