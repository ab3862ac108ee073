#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The demo recipe, built and booted: what README promises of a container, seen from outside it.
bats_require_minimum_version 1.5.0
load lacks
load docker

setup_file() {
	needs docker_lacks || return 0
	export BOOT=$BATS_FILE_TMPDIR NET=mkbench-boot-$$ IMAGE=demo:1.0 MKBENCH=${MKBENCH:-build/mkbench}
	export MKBENCH_STORE=$BOOT/store # the last test forgets what was built, and other files have need of it
	cp -r recipes/demo recipes/demo.yml "$BOOT"
	timeout 900 "$MKBENCH" build --progress=plain -o "$BOOT/out" "$BOOT/demo.yml" >"$BOOT/build.log" 2>&1 ||
		{ tail -20 "$BOOT/build.log" >&2; return 1; }
	docker_up
	docker load -i "$BOOT/out/demo-1.0.tar" >/dev/null
	boot demo
	ready demo
	log_in demo one.localhost
	ask one.localhost /api/notes -b "$BOOT/cookies.one.localhost" -d text=remembered >/dev/null
}

teardown() {
	[[ -z ${registry:-} ]] || kill "$registry" 2>/dev/null || true
}

teardown_file() {
	[[ -z ${NET:-} ]] || docker_down
}

@test "docker takes the container for healthy, and it needs no variable" {
	healthy() { [[ $(docker inspect -f '{{.State.Health.Status}}' demo) == healthy ]]; }
	until_true 900 healthy
	docker exec demo benchctl status
	# no answer of the check was good before the bench was ready
	run -0 docker inspect -f '{{range .State.Health.Log}}{{if eq .ExitCode 0}}{{.Output}}{{end}}{{end}}' demo
	run ! grep -vE '^(ready|degraded): 2 of 2 sites|^$' <<<"$output"
}

@test "who looks inside finds a list of processes and a pager" {
	docker exec demo ps -e | grep -q mariadbd
	docker exec demo sh -c 'free -m && less --version' >/dev/null
}

@test "what serves nobody is not in the image, and each package's licence is" {
	run -0 docker exec demo sh -ec '
		cd /usr
		find share/doc share/man share/info share/lintian share/bug share/locale/*/LC_MESSAGES lib/python3/dist-packages/supervisor/tests \
			lib/*/gconv/IBM* bin/aria_* bin/myisam* -type f ! -name copyright ! -path share/info/dir 2>/dev/null || true
		find share/doc -name copyright | wc -l'
	echo "$output"
	(( ${#lines[@]} == 1 && lines[0] > 100 ))
}

@test "a bench that cannot start is unhealthy, with its reason, and never healthy" {
	docker run -d --name stuck --tmpfs /data:size=24m -e MKBENCH_EPHEMERAL=1 --health-interval 1s --health-retries 3 --health-start-period 1s \
		"$IMAGE" >/dev/null
	state() { [[ $(docker inspect -f '{{.State.Health.Status}}' stuck) == "$1" ]]; }
	decided() { state unhealthy || state healthy; }
	until_true 900 decided
	state unhealthy
	run -0 docker inspect -f '{{range .State.Health.Log}}{{.Output}}{{end}}' stuck
	[[ $output == *"not ready: "*"/data is full"* ]]
	docker rm -f stuck >/dev/null
}

@test "docker logs shows each program's lines, and no warning that is none" {
	ask one.localhost "/api/method/ping?seen=in-the-log" -A 'a browser' >/dev/null
	logged() { docker logs demo 2>&1 | grep -qE '^nginx \| [0-9T:+-]{25} .* one.localhost "GET /api/method/ping\?seen=in-the-log HTTP/1.1" 200 [0-9]+ [0-9.]+ "a browser"$'; }
	until_true 300 logged
	docker logs demo >"$BATS_TEST_TMPDIR/log" 2>&1
	for name in mariadb redis-queue web nginx supervisord; do grep "^$name | " "$BATS_TEST_TMPDIR/log" >/dev/null; done
	run ! grep -E "CRIT|authentication" "$BATS_TEST_TMPDIR/log"
}

@test "a second container on the volume is healthy while it serves the wait page, and takes over" {
	docker run -d --name second -v demo-data:/data --health-interval 1s "$IMAGE" >/dev/null
	says() { docker inspect -f '{{(index .State.Health.Log 0).Output}}' second | grep -q "^$1"; }
	healthy() { [[ $(docker inspect -f '{{.State.Health.Status}}' second) == healthy ]]; }
	until_true 900 healthy
	run -0 docker exec second /usr/lib/mkbench/health
	[[ $output == standby:* ]]
	docker exec second benchctl status
	address=$(docker inspect -f '{{.NetworkSettings.IPAddress}}' second)
	run -0 inside curl -sS -i -H 'Host: one.localhost' "http://$address:8080/any/path"
	[[ $output == "HTTP/1.1 503 "*Retry-After:* ]]
	docker stop -t 10 demo
	ready second
	healthy
	[[ $(inside curl -sS -H 'Host: one.localhost' "http://$address:8080/api/notes") == *remembered* ]]
	docker stop -t 10 second >/dev/null
	docker rm second >/dev/null
	docker start demo
	ready demo
}

@test "the bench's user reads apps and environment, and can neither change them nor put the bench aside" {
	docker exec demo setpriv --reuid=frappe --regid=frappe --init-groups sh -ec '
		cd /home/frappe/frappe-bench
		head -c 1 apps/demo/demo/wsgi.py >/dev/null
		test "$(find . -writable ! -type l -print)" = ./config # for locks; what is in it is root'"'"'s
		if rm -f config/supervisor.conf 2>/dev/null; then exit 1; fi
		if mv ../frappe-bench ../mine 2>/dev/null; then exit 1; fi
		touch ../.cache
		rm ../.cache'
}

@test "each site answers under its names, and nobody else's" {
	for host in one.localhost two.localhost deux.localhost ONE.localhost; do
		[[ $(ask "$host" /api/method/ping) == *pong* ]]
		[[ $(status_of "$host" /) == 200 ]]
	done
	[[ $(ask deux.localhost /api/state | jq -r .site) == two.localhost ]]
	[[ $(status_of unknown.example /) == 404 ]]
	[[ $(status_of 127.0.0.1 /api/method/ping) == 404 ]]
}

@test "a client cannot pick another tenant by header" {
	[[ $(ask one.localhost /api/state -H 'X-Frappe-Site-Name: two.localhost' | jq -r .site) == one.localhost ]]
}

@test "every asset of the page is there, secrets are not" {
	page=$(ask one.localhost /)
	urls=$(grep -oE '(src|href)="/assets/[^"]+"' <<<"$page" | cut -d'"' -f2)
	[[ -n $urls ]]
	for url in $urls; do
		echo "$url"
		[[ $(status_of one.localhost "$url") == 200 ]]
	done
	for path in /common_site_config.json /one.localhost/site_config.json /assets/../common_site_config.json /sites/apps.txt; do
		echo "$path"
		[[ $(status_of one.localhost "$path" --path-as-is) == 4?? ]]
	done
}

@test "notes live in their own site" {
	ask one.localhost /api/notes | grep -q remembered
	run -0 ask two.localhost /api/notes
	[[ $output != *remembered* ]]
	[[ $(status_of two.localhost /api/notes -b "$BOOT/cookies.one.localhost" -d text=intruder) == 40[13] ]]
}

@test "a site's database account sees its own database only" {
	run -1 docker exec demo sh -c 'c=/data/sites; db() { sed -n "s/.*\"$2\": *\"\([^\"]*\)\".*/\1/p" $c/$1/site_config.json; }
		mariadb -h 127.0.0.1 -u "$(db one.localhost db_user)" -p"$(db one.localhost db_password)" -e "use $(db two.localhost db_name)"'
	[[ $output == *"Access denied"* ]]
}

@test "jobs run on each queue and the scheduler ticks" {
	log_in demo one.localhost
	for queue in short default long; do
		ask one.localhost /api/jobs -b "$BOOT/cookies.one.localhost" -d "queue=$queue" -d seconds=0 >/dev/null
	done
	ran() { [[ $(ask one.localhost /api/jobs | jq "[.jobs[] | select($1)] | length") -ge 3 ]]; }
	until_true 300 ran '.state == "done"' || { ask one.localhost /api/jobs; return 1; }
	first=$(ask one.localhost /api/state | jq .tick.value)
	ticked() { [[ $(ask one.localhost /api/state | jq .tick.value) -gt $first ]]; }
	until_true 600 ticked
}

@test "a live event reaches the pages of its site and of no other" {
	docker cp tests/app/listen.js demo:/tmp/listen.js
	for site in one two; do
		docker exec -d demo sh -c "timeout 900 node /tmp/listen.js /home/frappe/frappe-bench/apps/demo/node_modules 9000 $site.localhost >/tmp/heard.$site"
	done
	opened() { docker exec demo sh -c 'grep -q open /tmp/heard.one && grep -q open /tmp/heard.two'; }
	until_true 300 opened
	log_in demo one.localhost
	ask one.localhost /api/notes -b "$BOOT/cookies.one.localhost" -d text=announced >/dev/null
	heard() { docker exec demo grep -q announced /tmp/heard.one; }
	until_true 300 heard
	run -1 docker exec demo grep -q announced /tmp/heard.two
}

@test "a websocket opens through nginx for the site's own page and not for another's" {
	handshake() {
		inside curl -sS --max-time 10 -o /dev/null -w '%{http_code}' -H 'Host: one.localhost' -H "Origin: http://$1" \
			-H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' \
			-H 'Sec-WebSocket-Key: c29tZXRoaW5nIG9sZCEhIQ==' \
			'http://127.0.0.1:8080/socket.io/?EIO=4&transport=websocket' || true
	}
	[[ $(handshake one.localhost) == 101* ]]
	[[ $(handshake evil.example) == 403* ]]
}

@test "every process killed comes back, and the sites with it" {
	for program in $(docker exec demo benchctl status --json | jq -r '.programs[].name'); do
		pid=$(docker exec demo benchctl status --json | jq -r ".programs[] | select(.name == \"$program\").pid")
		echo "kill -9 $program ($pid)"
		docker exec demo sh -c "kill -9 $pid"
		came_back() {
			local now
			now=$(docker exec demo benchctl status --json | jq -r ".programs[] | select(.name == \"$program\") | select(.state == \"RUNNING\").pid")
			[[ -n $now && $now != "$pid" ]]
		}
		until_true 300 came_back
		ready demo
	done
	ask one.localhost /api/notes | grep -q remembered
}

@test "Supervisor itself killed comes back without a process twice" {
	docker exec demo sh -c 'kill -9 $(cat /run/mkbench/supervisord.pid 2>/dev/null || pgrep -o supervisord)'
	sleep 2
	ready demo
	[[ $(docker exec demo sh -c 'ls -d /proc/[0-9]*' | wc -l) -lt 60 ]]
	[[ $(docker exec demo sh -c 'cat /proc/[0-9]*/comm' | grep -c mariadbd) == 1 ]]
	ask one.localhost /api/notes | grep -q remembered
}

@test "it stops in order within ten seconds and starts again with its data" {
	docker stop -t 10 demo
	[[ $(docker inspect -f '{{.State.ExitCode}}' demo) == 0 ]]
	[[ $(docker logs --tail 3 demo 2>&1) == *stopped* ]]
	docker logs --tail 100 demo 2>&1 | grep "stopped: web (exit status 0)" # and not killed while Python frees its memory
	docker start demo
	ready demo
	ask one.localhost /api/notes | grep -q remembered
	docker exec demo tail -n 50 /data/service-logs/mariadb.log >"$BATS_TEST_TMPDIR/log"
	grep 'ready for connections' "$BATS_TEST_TMPDIR/log"
	run -1 grep -iE 'crash recovery|was not shut down' "$BATS_TEST_TMPDIR/log"
}

@test "killed like a power cut it recovers" {
	docker kill -s KILL demo
	docker start demo
	ready demo
	ask one.localhost /api/notes | grep -q remembered
}

@test "a container removed and made anew on the volume keeps the data" {
	docker rm -f demo >/dev/null
	boot demo --hostname another-name
	ready demo
	ask one.localhost /api/notes | grep -q remembered
	log_in demo one.localhost
}

@test "a site added at run time is served, and the others stay" {
	docker exec demo benchctl add-site three.localhost
	until_true 300 ask three.localhost /api/method/ping
	[[ $(ask three.localhost /api/state | jq -r .site) == three.localhost ]]
	ask one.localhost /api/notes | grep -q remembered
}

@test "provisioning killed at each of its steps is finished by the next start" {
	docker rm -f demo >/dev/null
	boot killed
	for round in 1 2 3 4 5 6; do
		sleep "0.$round"
		docker kill -s KILL killed >/dev/null || true
		docker start killed >/dev/null
	done
	ready killed
	for site in one.localhost two.localhost; do
		until_true 300 ask "$site" /api/method/ping
		log_in killed "$site"
	done
}

@test "two instances share no secret" {
	docker ps -aq | xargs -r docker rm -f >/dev/null
	boot demo
	ready demo
	mine=$(docker exec demo sh -c 'cat /data/secrets/*/admin_password /data/sites/*/site_config.json')
	docker rm -f demo >/dev/null
	boot other
	ready other
	for site in one.localhost two.localhost; do
		password=$(docker exec other cat "/data/secrets/$site/admin_password")
		run ! grep -qF "$password" <<<"$mine"
	done
}

@test "pushed into a registry and pulled by docker it is the image that docker load makes, and serves both sites" {
	printf 'version: 0.1\nlog: {level: warn}\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: "127.0.0.1:5000"}\n' "$BATS_TEST_TMPDIR/data" \
		>"$BATS_TEST_TMPDIR/registry.yml"
	nsenter --net="/run/netns/$NET" docker-registry serve "$BATS_TEST_TMPDIR/registry.yml" >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
	registry=$!
	by=$registry until_true 300 inside curl -s -o /dev/null http://127.0.0.1:5000/v2/
	loaded=$(docker image inspect -f '{{.Id}}' demo:1.0)
	docker ps -aq | xargs -r docker rm -f >/dev/null
	docker rmi demo:1.0 >/dev/null
	run -1 docker image inspect "$loaded"
	run -0 inside "$MKBENCH" push --progress=plain "$BOOT/out/demo-1.0.oci" 127.0.0.1:5000/team/demo
	run -0 inside "$MKBENCH" push --progress=plain "$BOOT/out/demo-1.0.oci" 127.0.0.1:5000/team/demo
	[[ $output == *" unchanged" ]]
	docker pull -q 127.0.0.1:5000/team/demo:1.0
	kill "$registry"
	[ "$(docker image inspect -f '{{.Id}}' 127.0.0.1:5000/team/demo:1.0)" = "$loaded" ]
	docker tag 127.0.0.1:5000/team/demo:1.0 demo:1.0
	docker volume rm demo-data >/dev/null
	boot demo
	ready demo
	for site in one.localhost two.localhost; do [ "$(status_of $site /)" = 200 ]; done
}

@test "in a gigabyte that others fill the kernel ends workers, which come back; MariaDB stays, and status says it" {
	[[ -n ${MKBENCH_OOM:-} ]] || skip "fills a container's memory, which takes a minute: MKBENCH_OOM=1"
	workers() { docker exec short pgrep -f 'manage worker' | sort | paste -sd' '; }
	server() { docker exec short pgrep -x mariadbd; }
	killed() { docker exec short benchctl status --json | jq -e '.killed_for_memory > 0'; }
	fill() { docker exec -d short python3 -c 'import time; held = [b"x" * (10 << 20) for _ in range(40)]; time.sleep(600)'; }
	docker run -d --name short --memory 1g --memory-swap 1g "$IMAGE" >/dev/null
	until_true 300 docker exec short /usr/lib/mkbench/health ready
	before=$(workers) mariadb=$(server)
	fill # smaller than what a worker is taken for, each
	fill
	until_true 300 killed
	[[ $(workers) != "$before" && $(server) = "$mariadb" ]]
	docker exec short benchctl status | grep "ended .* of our processes because memory was short"
	docker exec short pkill -f time.sleep
	until_true 300 docker exec short /usr/lib/mkbench/health ready
	[[ $(server) = "$mariadb" ]]
	docker rm -f short >/dev/null
}

@test "verify --reproducible: all of it is the same under ten other circumstances and more, from an empty store" {
	run -0 --separate-stderr timeout 1800 "$MKBENCH" verify --reproducible --json "$BOOT/demo.yml"
	echo "$output"
	jq -e '.ok and ([.outputs[] | [.output, .same]] == [["oci", true], ["docker", true]]) and (.varied | length) >= 10 and .kept == []' <<<"$output"
}

@test "built again from its lock without network it is the same, byte for byte" {
	"$MKBENCH" clean --built
	timeout 900 unshare -n "$MKBENCH" build --progress=plain -o "$BATS_TEST_TMPDIR/out" "$BOOT/demo.yml" >"$BATS_TEST_TMPDIR/log" 2>&1 ||
		{ cat "$BATS_TEST_TMPDIR/log"; false; }
	diff <(grep sha256 "$BOOT/build.log") <(grep sha256 "$BATS_TEST_TMPDIR/log") # by layer
	cmp "$BOOT/out/demo-1.0.tar" "$BATS_TEST_TMPDIR/out/demo-1.0.tar"
}
