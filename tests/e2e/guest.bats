#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
bats_require_minimum_version 1.5.0
load helpers
load room

secrets() {
	cat "$room"/data/secrets/*/{admin_password,db_password,encryption_key}
}

@test "a fresh volume: both sites made, ready, private, and no secret in any log" {
	start_room
	started
	run -0 in_room "$room/bin/health"
	[[ $output = "ready: 2 of 2 sites" ]]
	run -0 in_room "$room/bin/benchctl" status
	for name in one.localhost www.example.org two.localhost; do
		in_room curl -sf -H "Host: $name" http://127.0.0.1:8080/api/method/ping
	done
	run -0 in_room curl -s -o /dev/null -w '%{http_code}' -H 'Host: nobody.test' http://127.0.0.1:8080/
	[[ $output = 404 ]]
	[[ $(stat -c '%a %U' "$room/data/secrets" "$room/data/sites/one.localhost/site_config.json" | tr '\n' ' ') = "700 root 600 nobody " ]]
	[[ $(jq -r .greeting "$room/data/sites/one.localhost/site_config.json") = "one.localhost in Europe/Paris" ]]
	[[ $(cat "$room/data/sites/one.localhost/public/files/greeting") = "greeting hello one.localhost" ]]
	# who is ended first when memory is short
	scores() { for name in "program worker" "program web" mariadbd init; do cat "/proc/$(pgrep -of "$name")/oom_score_adj"; done; }
	run -0 in_room bash -c "$(declare -f scores); scores"
	[[ ${lines[0]} = 600 && ${lines[1]} = 300 && ${lines[2]} -le 0${lines[3]} ]]
	[[ $(readlink "$room/data/sites/apps.txt") = "$room/bench/apps.txt" ]]
	[[ $(secrets | sort -u | wc -l) = 6 ]]
	for secret in $(secrets); do
		run -1 grep -rF -e "$secret" "$room/log" "$room/data/service-logs" "$room/data/.mkbench"
	done
	# A site's account sees its own schema and nothing else.
	db=$(jq -r .db_name "$room/data/sites/one.localhost/site_config.json")
	export MYSQL_PWD=$(jq -r .db_password "$room/data/sites/one.localhost/site_config.json")
	run -0 in_room mariadb --no-defaults -h 127.0.0.1 -u "$db" -N -e "SHOW DATABASES"
	[[ $output = "$db"$'\n'information_schema ]]
	# ... not even one whose name its wildcard would match
	run -1 in_room mariadb --no-defaults -h 127.0.0.1 -u "$db" -e "CREATE DATABASE x${db#_}"
}

@test "an ordered stop: everything by itself, MariaDB last, clean; the next start keeps all" {
	start_room
	started
	worker_catches
	in_room "$repo/tests/guest/oracle" "$room" >"$room/before"
	end_room TERM
	[[ $status = 0 ]]
	run -1 grep "[^\"]killed" "$log"
	[[ -f $room/data/.mkbench/clean ]]
	# the worker of pretence ends at its second TERM only
	[[ $(cat "$room/log/worker.log") = "TERM 1"$'\n'"TERM 2" ]]
	stopped=$(grep -o ' stopped: [a-z-]*' "$log" | sed 's/.*: //' | tr '\n' ' ')
	echo "$stopped"
	[[ $stopped =~ ^(nginx|scheduler)\ (nginx|scheduler)\ .*worker.*redis-queue.*\ mariadb\ $ ]]
	seconds=$(sed -n 's/.*stopped in \([0-9]*\)\.[0-9] s.*/\1/p' "$log")
	[[ $seconds -lt 10 ]]
	start_room
	started
	[[ ! -e $room/data/.mkbench/clean ]]
	in_room "$repo/tests/guest/oracle" "$room" >"$room/after"
	diff "$room/before" "$room/after"
	run -1 grep -i "crash recovery" "$room/log/mariadb.log"
	run -1 grep "belonged to somebody else" "$log" # whatever MariaDB's own tools have left as root's
}

@test "supervisord killed: its programs are stopped and started again, none twice" {
	start_room
	started
	for _ in 1 2; do
		old=$(pgrep -P "$init" -f supervisord)
		kill -KILL "$old"
		another() { local new && new=$(pgrep -P "$init" -f supervisord) && [[ $new != "$old" ]]; }
		by=$outside until_true 300 another
		until_room "$room/bin/health" ready
		until_room "$room/bin/benchctl" status
		for name in mariadbd redis-server nginx; do
			count=$(in_room pgrep -c -x $name || true)
			echo "$name $count"
		done
		[[ $(in_room pgrep -c -x mariadbd) = 1 && $(in_room pgrep -c -x redis-server) = 3 ]]
		[[ $(in_room pgrep -c -f 'bench/program worker') = 1 && $(in_room pgrep -c -f 'nginx: master') = 1 ]]
	done
	run -1 grep -i "crash recovery" "$room/log/mariadb.log"
	end_room TERM
	[[ $status = 0 ]]
}

@test "MariaDB, Redis and the rest killed: all is back, and HUP reloads nginx" {
	start_room
	started
	for name in mariadbd redis-server nginx; do
		in_room pkill -KILL -x $name
	done
	in_room pkill -KILL -f 'bench/program web'
	until_room "$room/bin/benchctl" status
	worker=$(in_room pgrep -f 'nginx: worker')
	kill -HUP "$init"
	until_room sh -c "! pgrep -f 'nginx: worker' | grep -qx $worker"
	until_room "$room/bin/health" ready
}

@test "a second instance on the volume stands by, opens nothing, and takes over" {
	start_room
	started
	in_room "$repo/tests/guest/oracle" "$room" >"$room/before"
	first=$outside first_init=$init
	start_room
	until_room "$room/bin/health"
	run -0 in_room "$room/bin/health"
	[[ $output = "standby: another instance uses the volume; the wait page is served until it leaves" ]]
	run -1 in_room "$room/bin/health" ready
	run -6 in_room "$room/bin/benchctl" add-site three.localhost
	[[ $(in_room pgrep -c .) -le 3 ]]
	# whoever is sent here already is told to wait, whatever he asks and however he asks it
	for address in 127.0.0.1 '[::1]'; do
		run -0 in_room curl -s -i -H 'Host: one.localhost' "http://$address:8080/any/path"
		[[ $output =~ ^"HTTP/1.1 503 " && $output =~ "Retry-After: 5" ]]
	done
	head -c 3000000 /dev/zero >"$room/large"
	run -0 in_room curl -s -o /dev/null -w '%{http_code}' -H 'Expect:' --data-binary "@$room/large" http://127.0.0.1:8080/
	[[ $output = 503 ]]
	run -0 in_room curl -s -I -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/
	[[ $output = 503 ]]
	in_room python3 -c 'import socket; all = [socket.create_connection(("127.0.0.1", 8080)) for _ in range(300)]; all[-1].close()
s = all[0]; s.send(b"GET / HTTP/1.0\r\n\r\n"); assert s.recv(100).startswith(b"HTTP/1.1 503 ")'
	server=$(in_room pgrep -P 1 init)
	[[ $(awk '/^Uid:/ { print $3 }' "/proc/$init/root/proc/$server/status") = "$(id -u nobody)" ]]
	# nothing is wrong with it
	run -0 in_room "$room/bin/benchctl" status
	[[ $output = state\ *"standby: another instance uses the volume"* && $output != *problems* && $output != *Supervisor* ]]
	in_room kill -9 "$server"
	until_room curl -s -o /dev/null http://127.0.0.1:8080/
	kill -TERM "$first_init"
	wait "$first"
	started
	in_room "$repo/tests/guest/oracle" "$room" >"$room/after"
	diff "$room/before" "$room/after"
	run -1 grep -i "crash recovery" "$room/log/mariadb.log"
}

@test "a framework step that fails: said with its last words, the other site served, healed when the cause is gone" {
	mv "$room/bench/create-site" "$room/bench/create-site.good"
	printf '#!/bin/bash\n[ "$1" != two.localhost ] || { echo "no luck with $MKBENCH_DB_PASSWORD"; exit 3; }\nexec %s "$@"\n' \
		"$room/bench/create-site.good" >"$room/bench/create-site"
	chmod 755 "$room/bench/create-site"
	start_room
	until_room grep -q "create/two.localhost failed" "$log"
	grep -q "create ended with status 3: no luck with \*\*\*" "$log"
	until_room curl -sf -H 'Host: one.localhost' http://127.0.0.1:8080/api/method/ping
	run -0 in_room curl -s -o /dev/null -w '%{http_code}' -H 'Host: two.localhost' http://127.0.0.1:8080/
	[[ $output = 503 ]]
	run -1 in_room "$room/bin/benchctl" status
	[[ $output =~ "no luck with ***" ]]
	until_room "$room/bin/health" # its start goes on until the last step was tried
	run -1 in_room grep "no luck" /run/mkbench/progress.json
	# each site's visitors see their own site's state and nobody's name
	[[ $(in_room jq -r .state /run/mkbench/progress/one.localhost.json) = done ]]
	[[ $(in_room jq -r '.state, (.steps[] | select(.state == "failed").step)' /run/mkbench/progress/two.localhost.json) = failed$'\n'create ]]
	run -1 in_room grep -h localhost /run/mkbench/progress/{one,two}.localhost.json
	mv "$room/bench/create-site.good" "$room/bench/create-site"
	started
}

@test "a volume that cannot be used is refused with the reason" {
	start_room MKBENCH_VOLUME_ID=other
	over
	[[ $status = 6 ]]
	grep -q "MKBENCH_VOLUME_ID asks for other" "$log"
	echo x >"$room/data/somebody-elses.txt"
	start_room
	over
	[[ $status = 6 ]]
	grep -q "holds something that is not ours ('somebody-elses.txt')" "$log"
	rm "$room/data/somebody-elses.txt"
	# Read-only in the room alone.
	env MKBENCH_BENCH="$room/bench.json" "$repo/tests/guest/enter-room" sh -c 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && exec "$2"' sh \
		"$room/data" "$room/bin/init" >>"$log" 2>&1 && status=0 || status=$?
	[[ $status = 6 ]]
	grep -q "is mounted read-only" "$log"
	[[ -z $(ls -A "$room/data") ]]
}

@test "settings that contradict each other are refused before anything is touched" {
	start_room MKBENCH_ADMIN_PASSWORD=a MKBENCH_ADMIN_PASSWORD_FILE="$room/bench.json"
	over
	[[ $status = 2 ]]
	start_room MKBENCH_EPHEMERAL=perhaps
	over
	[[ $status = 2 ]]
	[[ -z $(ls -A "$room/data") ]]
	printf 'from a file\r\n' >"$room/password"
	start_room MKBENCH_ADMIN_PASSWORD_FILE="$room/password" MKBENCH_EPHEMERLA=1
	started
	grep -q "no setting is called MKBENCH_EPHEMERLA: did you mean MKBENCH_EPHEMERAL" "$log"
	[[ $(cat "$room/data/secrets/one.localhost/admin_password") = "from a file" ]]
	in_room sh -c 'cat /proc/[0-9]*/environ' | tr '\0' '\n' >"$room/environ"
	grep "^MKBENCH_EPHEMERLA=" "$room/environ"
	run -1 grep "from a file" "$room/environ"
}

@test "a container that is started again: nothing that its last run has left in /run misleads it" {
	mkdir "$room/run"
	start_room ROOM_RUN="$room/run"
	started
	end_room KILL
	touch "$room/data/sites/one.localhost/locks/x"
	mkdir -m 777 "$room/flags"
	printf '#!/bin/bash\ntouch %s/waiting; until [ -e %s/go ]; do sleep 0.1; done; exec /usr/sbin/mariadbd "$@"\n' "$room/flags" "$room/flags" \
		>"$room/mariadbd"
	chmod 755 "$room/mariadbd"
	sed -i "s#/usr/sbin/mariadbd#$room/mariadbd#" "$room/etc/supervisord.conf"
	start_room ROOM_RUN="$room/run"
	until_room test -e "$room/flags/waiting"
	run -1 in_room "$room/bin/health" started
	touch "$room/flags/go"
	started
	[[ ! -e $room/data/sites/one.localhost/locks/x ]]
	end_room TERM
	[[ $status = 0 ]]
}

@test "supervisord hangs: the stop is in order all the same" {
	start_room
	started
	kill -STOP "$(pgrep -P "$init" -f supervisord)"
	end_room TERM
	[[ $status = 0 ]]
	run -1 grep "killed$" "$log"
	[[ -f $room/data/.mkbench/clean ]]
	seconds=$(sed -n 's/.*stopped in \([0-9]*\)\.[0-9] s.*/\1/p' "$log")
	[[ $seconds -lt 10 ]]
	start_room
	started
	run -1 grep -i "crash recovery" "$room/log/mariadb.log"
}

@test "a program that supervisor gives up, as it does in an image, is tried again" {
	mv "$room/bench/program" "$room/bench/program.good"
	printf '#!/bin/bash\n[ $1 != scheduler ] || exit 1\nexec %s.good "$@"\n' "$room/bench/program" >"$room/bench/program"
	chmod 755 "$room/bench/program"
	start_room
	until_room grep -q "scheduler: supervisor has given up" "$log"
	until_room sh -c "$room/bin/health | grep '^degraded:.*scheduler is FATAL'"
	mv "$room/bench/program.good" "$room/bench/program"
	until_room "$room/bin/benchctl" status
}

@test "the door is open on IPv6, too, and where the kernel has none it opens all the same" {
	start_room
	started
	run -0 in_room curl -sf -H 'Host: one.localhost' 'http://[::1]:8080/api/method/ping'
	end_room TERM
	ln -s "$repo/tests/guest/without-ipv6" "$room/bin/without-ipv6"
	start_room_with without-ipv6 INIT="$room/bin/init"
	started
	[[ ! -s /proc/$init/root/run/mkbench/nginx-listen.conf && -e /proc/$init/root/run/mkbench/nginx-listen.conf ]]
}

@test "ready is said when live events answer through nginx, too, and not before" {
	mv "$room/bench/program" "$room/bench/program.good"
	printf '#!/bin/bash\nuntil [ $1 != socketio ] || [ -e %s/listen ]; do sleep 0.1; done\nexec %s.good "$@"\n' \
		"$room" "$room/bench/program" >"$room/bench/program"
	chmod 755 "$room/bench/program"
	start_room
	until_room "$room/bin/health" started
	until_room sh -c "$room/bin/health | grep '^degraded: 2 of 2 sites; socketio: connect to .*: Connection refused'"
	run -1 in_room "$room/bin/health" ready
	[[ $output =~ ^"not ready: 2 of 2 sites; socketio: " ]]
	run -1 in_room "$room/bin/health" --start-period=3600 # an engine must not call it healthy yet
	[[ $output =~ ^"not ready: 2 of 2 sites; socketio: " ]]
	run -0 in_room "$room/bin/health" --start-period=1
	[[ $output =~ ^"degraded: 2 of 2 sites; socketio: " ]]
	run ! grep 'nginx .*connect() failed.*socket' "$log" # it is not asked for what does not listen yet
	touch "$room/listen"
	until_room "$room/bin/health" ready
	run -0 in_room "$room/bin/health" ready
	[[ $output = "ready: 2 of 2 sites" ]]
}

@test "a full volume while it is being prepared: said, and continued by itself when there is room" {
	cat >"$room/small" <<-EOF
		#!/bin/bash
		mount -t tmpfs -o size=24m,mode=755 tmpfs $room/data && exec $room/bin/init
	EOF
	chmod 755 "$room/small"
	ln -sf "$room/small" "$room/bin/small"
	start_room_with small
	until_room grep -q "tables failed" "$log"
	run -1 in_room "$room/bin/health"
	[[ $output =~ ^"not ready: 0 of 2 sites; tables failed: " ]]
	in_room mount -o remount,size=800m "$room/data"
	started
	grep -q "WARNING: .* is no volume but memory" "$log"
	in_room test ! -e "$room/data/mariadb.new"
}

@test "a volume that is full when the bench starts is waited for, and is told when it fills up later" {
	cat >"$room/small" <<-EOF
		#!/bin/bash
		mount -t tmpfs -o size=500m,mode=755 tmpfs $room/data && mkdir $room/data/.mkbench
		dd if=/dev/zero of=$room/data/.mkbench/filler bs=1M status=none
		exec $room/bin/init
	EOF
	chmod 755 "$room/small"
	ln -sf "$room/small" "$room/bin/small"
	start_room_with small MKBENCH_EPHEMERAL=1
	until_room grep -q "init: starting: the volume is full: waiting for room" "$log"
	run -1 in_room "$room/bin/health"
	[[ $output = "not ready: the volume is full: waiting for room" ]]
	in_room rm "$room/data/.mkbench/filler"
	started
	run -0 in_room "$room/bin/health" ready
	[[ $output = "ready: 2 of 2 sites" ]]
	in_room dd if=/dev/zero of="$room/data/.mkbench/filler" bs=1M status=none || true
	run -0 in_room "$room/bin/health" ready
	[[ $output = "degraded: 2 of 2 sites; $room/data is full: less than 64 MiB free" ]]
	run -1 in_room "$room/bin/benchctl" status
	[[ $output == *"$room/data is full"* ]]
	in_room rm "$room/data/.mkbench/filler"
	run -0 in_room "$room/bin/health" ready
	[[ $output = "ready: 2 of 2 sites" ]]
	[[ $(grep -c "waiting for room" "$log") = 1 ]]
}

@test "a Redis whose file has a torn end after a power cut starts, with all that is whole; what is more than torn is a person's" {
	start_room
	started
	in_room redis-cli -p 11000 set kept yes
	in_room redis-cli -p 11000 bgrewriteaof
	in_room redis-cli -p 11000 set later yes
	until_room sh -c "redis-cli -p 11000 info persistence | grep -q aof_rewrite_in_progress:0"
	end_room KILL
	tail=$(ls "$room"/data/redis/appendonlydir/*.incr.aof | tail -1)
	printf '*3\r\n$3\r\nSET\r\n\0\0\0\0\0\0\0' >>"$tail"
	start_room
	started
	grep -q "init: redis-queue: the last 20 bytes of its file were torn, and are cut off" "$log"
	[[ $(in_room redis-cli -p 11000 mget kept later) = $'yes\nyes' ]]
	end_room KILL
	head -c 2M /dev/zero >>"$tail"
	start_room
	until_room grep -q "init: warning: redis-queue: ${tail##*/} of $room/data/redis/appendonlydir is damaged or gone, and jobs may" "$log"
	[[ $(stat -c %s "$tail") -gt 2000000 ]]
}
