#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A start that cannot succeed is unhealthy, and says why in the words of the program that fails; what is slow is not.
bats_require_minimum_version 1.5.0
load helpers
load room

# fails_with TEXT: the check fails, with TEXT in what it says; so do status and the container's output.
fails_with() {
	until_room sh -c '! "$1/bin/health" >"$1/said" && grep -qF -e "$2" "$1/said"' sh "$room" "$1" || { cat "$room/said"; return 1; }
	grep -q '^not ready: ' "$room/said"
	until_room sh -c '"$1/bin/benchctl" status >"$1/shown"; grep -qF -e "$2" "$1/shown"' sh "$room" "$1" || { cat "$room/shown"; return 1; }
	grep -qF -e "$1" "$log"
}

@test "a start says what it does and is not healthy before it is ready; one that is slow is waited for by who asks for that" {
	mkdir -m 777 "$room/flags"
	sed -i "2i until [ -e $room/flags/go ]; do sleep 0.1; done" "$room/bench/create-site"
	start_room
	until_room sh -c "$room/bin/health | grep '^starting: step [0-9]* of 2[0-9]: create/one.localhost$'"
	run -1 in_room "$room/bin/health"
	run -1 in_room "$room/bin/health" --start-period=3600
	[[ $output =~ ^"starting: step " ]]
	in_room "$room/bin/health" --start-period=0 >"$room/waited" &
	asked=$!
	run -2 in_room "$room/bin/health" --start-period=x
	run -1 in_room "$room/bin/health" --start-period=0 ready
	kill -0 $asked
	[[ ! -s $room/waited ]]
	touch "$room/flags/go"
	wait $asked || { cat "$room/waited"; return 1; }
	# live events come up after the sites: until then the answer is healthy, and says so
	[[ $(cat "$room/waited") =~ ^("ready: 2 of 2 sites"|"degraded: 2 of 2 sites"("; "[^\;]*socketio[^\;]*)+)$ ]] || { cat "$room/waited"; return 1; }
}

@test "who asks before init has done anything hears that it starts; where none runs, that it is dead" {
	mkdir "$room/run"
	cat >"$room/bin/held" <<-END
		#!/usr/bin/python3
		import os, socket
		port = socket.create_server(("", 8080))
		port.set_inheritable(True)
		os.execv("$room/bin/init", ["init"])
	END
	chmod 755 "$room/bin/held"
	cp "$room/bench.json" "$room/good.json"
	jq '.ports = [{port: 8080, whose: "nginx", key: "nginx.port", everywhere: true}]' "$room/good.json" >"$room/bench.json"
	ROOM_RUN=$room/run start_room_with held
	over # it waits for the port, and gives up
	[[ $status = 6 ]]
	[[ $(jq -r .state "$room/run/mkbench/state.json") = starting ]]
	cp "$room/good.json" "$room/bench.json"

	mkdir -m 777 "$room/flags"
	sed -i "2i until [ -e $room/flags/go ]; do sleep 0.1; done" "$room/bench/create-site"
	start_room
	until_room test -e /run/mkbench/state.json
	kill -STOP "$init"
	in_room rm -f /run/mkbench/state.json # as if it had not written it yet
	run -1 in_room "$room/bin/health"
	[[ $output =~ ^starting ]]
	run -0 in_room "$room/bin/health" live
	[[ $output = "live: starting" ]]
	run -1 in_room "$room/bin/benchctl" status --json
	[[ $(jq -r .state <<<"$output") = starting ]]
	end_room KILL

	printf '#!/bin/sh\nexec sleep 3600\n' >"$room/bin/idle"
	chmod 755 "$room/bin/idle"
	start_room_with idle
	run -1 in_room "$room/bin/health"
	[[ $output = "dead: init is not running here: no /run/mkbench/state.json" ]]
}

@test "a first answer that takes seconds is waited for, not asked for again and again" {
	sed -i "s|        body = |        said = open('$room/log/asked', 'a', 1)\\n        print('begin', file=said)\\n        first = not asked; asked.append(1); time.sleep(4 if first else 0)\\n        print('end', file=said)\\n&|; s|^terms = 0|asked = []\\n&|" \
		"$room/bench/program"
	: >"$room/log/asked"
	chmod 666 "$room/log/asked"
	start_room
	opened() { grep -q 'open: done in' "$log"; }
	by=$outside until_true 300 opened
	[[ $(head -2 "$room/log/asked" | xargs) = "begin end" ]] || { cat "$room/log/asked"; false; }
	end_room TERM
}

@test "an application whose import ends its process is not waited for" {
	printf '[program:preload]\ncommand=/bin/sh -c "sleep 2; exit 1"\nautostart=false\nautorestart=true\nuser=nobody\n' >>"$room/etc/supervisord.conf"
	jq '.supervisor.preload = "/run/preload.sock" | .programs += [.programs[] | select(.name == "web") | .name = "preload" | .group = "preload" | .role = "preload"]' \
		"$room/bench.json" >"$room/new.json"
	mv "$room/new.json" "$room/bench.json"
	start_room
	serves() { grep -q 'bench: done in' "$log"; }
	by=$outside until_true 300 serves
	end_room TERM
}

@test "MariaDB that does not know a setting: its own line, and what to do; it is tried again by itself" {
	sed -i '/^port=/a bogus_variable=1' "$room/etc/my.cnf"
	start_room
	fails_with "unknown variable 'bogus_variable=1' (the server knows no such setting: mariadb.settings of the recipe)"
	run -1 grep -F "may be recovering" "$log"
	sed -i '/^bogus_variable/d' "$room/etc/my.cnf"
	until_room "$room/bin/health"
}

@test "a Redis that refuses its configuration is named with its own words" {
	sed -i 's/^port 11000/port 11000\nmaxmemory-policy nonsense/' "$room/etc/redis-queue.conf"
	start_room
	fails_with "'maxmemory-policy nonsense'"
	grep -q "stores failed after .*: redis-queue ends again and again: " "$log"
	sed -i '/nonsense/d' "$room/etc/redis-queue.conf"
	until_room "$room/bin/health"
}

@test "nginx that does not start" {
	sed -i 's/listen 8080/listen 8080; nonsense on; listen 8081/' "$room/etc/nginx.conf"
	start_room
	fails_with 'unknown directive "nonsense"'
}

@test "supervisord that ends again and again: its own words, not those of who misses it" {
	sed -i 's/^\[supervisord\]$/[supervisord]\nminfds=9999999/' "$room/etc/supervisord.conf"
	start_room
	fails_with 'as per the "minfds"'
	grep -qF "allow more open files: docker run --ulimit nofile=" "$room/said"
	grep -q "supervisord has died with status" "$log"
}

@test "mariadb-install-db that fails again and again is said with its last words" {
	printf '#!/bin/sh\necho "FATAL ERROR: no room for dragons"\nexit 1\n' >"$room/bin/install"
	chmod 755 "$room/bin/install"
	jq --arg to "$room/bin/install" '.mariadb.install = [$to]' "$room/bench.json" >"$room/new.json"
	mv "$room/new.json" "$room/bench.json"
	start_room
	fails_with "mariadb-install-db ended with status 1: FATAL ERROR: no room for dragons"
}

@test "a site that cannot be made is given up after a number of the same failures, and goes on when something changes" {
	mv "$room/bench/create-site" "$room/bench/create-site.good"
	printf '#!/bin/bash\necho x >>%s/tries; echo "no luck at $SECONDS$RANDOM s"; exit 3\n' "$room/data/sites" >"$room/bench/create-site"
	chmod 755 "$room/bench/create-site"
	jq '.sites |= .[:1]' "$room/bench.json" >"$room/new.json"
	mv "$room/new.json" "$room/bench.json"
	start_room
	fails_with "create ended with status 3: no luck at"
	until_room grep -q "provisioning has failed 5 times for the same reason, and waits for a change: benchctl retry" "$log"
	[[ $(grep -c x "$room/data/sites/tries") = 5 ]]
	run -1 in_room "$room/bin/health"
	touch "$room/data/sites/common_site_config.json"
	until_room sh -c "[ \$(grep -c x $room/data/sites/tries) -ge 6 ]"
	mv "$room/bench/create-site.good" "$room/bench/create-site"
	run -0 in_room "$room/bin/benchctl" retry
	started
}

@test "the programs' lines are in the container's own output, each with its name, bounded and fit for a terminal" {
	cat >"$room/bench/web-words" <<-'END'
		#!/bin/bash
		printf 'Traceback\n  File "x"\nValueError: \033[2Jdanger \xff\n'
		head -c 5000 /dev/zero | tr '\0' x; echo
		for ((i = 0; i < 3000; i++)); do echo "flood $i"; done
		exec "$(dirname "$0")/program" web
	END
	chmod 755 "$room/bench/web-words"
	sed -i "s#^command=$room/bench/program web#command=$room/bench/web-words#" "$room/etc/supervisord.conf"
	start_room
	started
	until_room grep -q '^web | ValueError: ?\[2Jdanger ?$' "$log"
	until_room grep -qE '^web \| x{2000} \.\.\.$' "$log"
	until_room grep -qE '^web \| \([0-9]+ more lines: benchctl logs web\)$' "$log"
	[[ $(grep -c '^web | flood' "$log") -lt 500 ]]
	[[ $(grep -c '^flood' "$room/data/service-logs/web.log") = 3000 ]] # all of it is in the file
	grep -q "^supervisord | .* spawned: 'web'" "$log"
	grep -q '^mariadb | ' "$log"
	run -1 grep "authentication checking" "$log"
	# a file that is rotated, a relay that is killed: nothing is missed for long, nothing comes twice
	mv "$room/data/service-logs/web.log" "$room/data/service-logs/web.log.1"
	echo "after the rotation" >"$room/data/service-logs/web.log"
	until_room grep -q '^web | after the rotation$' "$log"
	relay=$(in_room pgrep -f '^relay ')
	in_room kill -9 "$relay"
	another() { local new && new=$(in_room pgrep -f '^relay ') && [[ $new != "$relay" ]]; }
	by=$outside until_true 300 another
	again() { echo "after the kill" >>"$room/data/service-logs/web.log"; sleep 0.5; grep -q '^web | after the kill$' "$log"; }
	by=$outside until_true 300 again
	[[ $(grep -c '^web | after the rotation$' "$log") = 1 ]]
	worker_catches
	end_room TERM
	[[ $status = 0 ]]
	grep -qE '^worker \| TERM 2' "$log" # up to the last line
}

@test "a recipe that wants events alone has no program's lines in the container's own output" {
	jq '.logs = {"stdout": "events"}' "$room/bench.json" >"$room/new.json"
	mv "$room/new.json" "$room/bench.json"
	start_room
	started
	grep -q "^supervisord | .* spawned: 'web'" "$log"
	run -1 grep '^mariadb | ' "$log"
}

@test "a reader who does not read holds up neither start nor stop" {
	start_room
	started
	relay=$(in_room pgrep -f '^relay ')
	in_room kill -STOP "$relay"
	end_room TERM
	[[ $status = 0 ]]
}

@test "a program that has not run well for long makes the bench unhealthy, one that fails for a moment does not; a dead init is told" {
	mkdir -p "$room/run/mkbench"
	printf '#!/bin/sh\nexec sleep 3600\n' >"$room/bin/idle"
	chmod 755 "$room/bin/idle"
	ROOM_RUN=$room/run start_room_with idle
	touch "$room/run/mkbench/started"
	now=$(awk '{ print int($1 * 1000) }' /proc/uptime)
	state() { # SINCE_MS BEAT_MS
		jq -n --argjson since "$1" --argjson beat "$2" \
			'{state: "running", begun_ms: 0, since_ms: 0, beat_ms: $beat, troubles: {web: {since_ms: $since, why: "no luck"}}}' >"$room/run/mkbench/state.json"
	}
	state $((now - 360000)) $((now + 600000))
	run -1 in_room "$room/bin/health"
	[[ $output == *"; web has not run well for "[67]" minutes: no luck"* ]]
	state $((now - 60000)) $((now + 600000))
	run -1 in_room "$room/bin/health"
	[[ $output != *"has not run well"* ]]
	state $((now - 60000)) $((now - 60000))
	run -1 in_room "$room/bin/health"
	[[ $output =~ ^"dead: init has not been heard of for " ]]
}
