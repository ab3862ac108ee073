#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The jobs keeper over a real Redis and real RQ workers. MKBENCH_RQ=VERSION: that RQ from the package index, and not the machine's; tried
# with 1.10.1, 1.13.0, 1.15.1 and 2.6.0.
bats_require_minimum_version 1.5.0
load helpers
guest=${GUEST:-$(dirname "$(readlink -f "$MKBENCH")")/guest/guest}

setup_file() {
	[[ -n ${MKBENCH_RQ:-} ]] || return 0
	export RQ_PATH=$BATS_FILE_TMPDIR/rq
	pip install --quiet --target "$RQ_PATH" "rq==$MKBENCH_RQ"
}

setup() {
	[[ $(id -u) = 0 ]] || skip "needs root: the keeper takes another user's rights"
	for program in redis-server redis-cli jq; do command -v $program >/dev/null || skip "needs $program"; done
	PYTHONPATH=${RQ_PATH:-} /usr/bin/python3 -c 'import rq' || skip "needs python3-rq"
	ROOM=$(mktemp -d /tmp/jobs.XXXXXX)
	chmod 777 "$ROOM"
	# others may not read where the clone lies, nor what is of bats
	cp -r "$BATS_TEST_DIRNAME/jobs" "$ROOM/programs"
	[[ -z ${RQ_PATH:-} ]] || cp -r "$RQ_PATH/." "$ROOM/programs"
	cd "$ROOM"
	QUEUE=$(/usr/bin/python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
	export ROOM QUEUE
	export PYTHONPATH=$ROOM/programs PYTHONDONTWRITEBYTECODE=1
	jq -n --arg room "$ROOM" --argjson port "$QUEUE" '{ format: 1, name: "jobs", version: "1", build: "01", data: $room, http_port: 8080,
		bench: { path: $room, user: "nobody" }, default_site: "one.localhost",
		framework: { name: "wsgi", common_site_config: { redis_queue: "redis://127.0.0.1:\($port)" }, site_config: {}, site_create: [], site_finish: [],
			probe_path: "/", admin_user: "Administrator" },
		mariadb: { socket: "\($room)/sql.sock", data: $room, user: "nobody", install: ["true"], memory_file: "\($room)/m" },
		redis: [{ name: "redis-queue", role: "queue", port: $port, socket: null, user: "nobody" }],
		web: { port: 8000, workers: 0 }, socketio: { port: 9000 },
		nginx: { sites_file: "\($room)/n", unknown_host: "refuse" },
		supervisor: { socket: "\($room)/s", configuration: "\($room)/c" },
		programs: [{ name: "worker", group: "worker", role: "worker", phase: "bench", stop_order: 20, stop_seconds: 3 }],
		folders: [], links: [], sites: [] }' >bench.json
	start redis redis-server --port "$QUEUE" --save '' --dir "$ROOM"
	until_true 300 redis-cli -p "$QUEUE" ping
	start database as_nobody database
	until_true 300 test -S sql.sock
}

teardown() {
	local file
	for file in "$ROOM"/*.pid; do
		[[ ! -e $file ]] || kill -KILL "$(<"$file")" 2>/dev/null || true
	done
	[[ ! -e $ROOM/horses ]] || xargs kill -KILL <"$ROOM/horses" 2>/dev/null || true
	[[ -z ${ROOM:-} ]] || { tail -n 40 "$ROOM"/*.log; rm -rf "$ROOM"; }
}

start() { # NAME COMMAND...
	"${@:2}" </dev/null >>"$1.log" 2>&1 3>&- &
	echo $! >"$1.pid"
}
as_nobody() { exec setpriv --reuid=nobody --regid=nogroup --clear-groups /usr/bin/python3 "$ROOM/programs/work.py" "$@"; }
worker() { start "$1" as_nobody worker "${@:2}"; }
keeper() { start keeper env MKBENCH_BENCH="$ROOM/bench.json" "$guest" keeper; }
ask() { /usr/bin/python3 "$ROOM/programs/work.py" ask "$@"; }
status_is() { [[ $(/usr/bin/python3 "$ROOM/programs/work.py" status "$1") = *"$2" ]]; }
times_ran() { grep -cx "$1" ran 2>/dev/null || true; }
has_run() { [[ $(times_ran "$1") -ge 1 ]]; }
rc() { redis-cli -p "$QUEUE" "$@"; }
# A whole look of the keeper, which asks by scripts, is over since then: it has met who works.
looks() { rc INFO commandstats | sed -n 's/^cmdstat_eval:calls=\([0-9]*\),.*/\1/p'; }
keeper_has_looked() {
	local before
	before=$(looks)
	looked_twice() { (( $(looks) >= ${before:-0} + 2 )); }
	until_true 300 looked_twice
}
status_of_jobs() { MKBENCH_BENCH=$ROOM/bench.json "$guest" benchctl status --json | jq -c .jobs; }

@test "a job that Redis lost between the queue and its worker runs after all, once; a deferred or waiting one is left alone" {
	local id
	for q in short home-bench:default; do
		id=$(ask "$q" quick "lost-$q")
		[[ $(rc LPOP "rq:queue:$q") = "$id" ]]
		rc HSET "rq:job:$id" enqueued_at 2020-01-01T00:00:00.000000Z
	done
	id=$(ask single quick stuck)
	rc LMOVE rq:queue:single rq:queue:single:intermediate LEFT RIGHT
	ask idle quick waiting # a queue without a worker
	[[ $(status_of_jobs | jq .lost) = 2 ]] # the third is no minute old
	keeper
	all_found() { [[ $(grep -c 'is queued again: it was in no queue and no registry' keeper.log) = 3 ]]; }
	until_true 300 all_found
	worker worker-a short home-bench:default single
	for name in lost-short lost-home-bench:default stuck; do until_true 300 has_run "$name"; done
	[[ $(rc LLEN rq:queue:single:intermediate) = 0 && $(rc LRANGE rq:queue:idle 0 -1 | wc -l) = 1 ]]
	sleep 12 # two looks more
	for name in lost-short lost-home-bench:default stuck; do [[ $(times_ran "$name") = 1 ]]; done
	[[ $(times_ran waiting) = 0 && $(rc LLEN rq:queue:idle) = 1 ]]
	all_found
	[[ $(status_of_jobs | jq -c '[.lost, .waiting, .failed]') = '[0,1,0]' ]]
	[[ $(status_of_jobs | jq .oldest_seconds) -ge 12 ]]
}

@test "the job of a dead worker runs again; that of a worker that lives, and of a horse that outlived its worker, runs once" {
	local long short
	keeper
	worker worker-a default
	ask default slow alive 45
	until_true 300 has_run begin-alive
	worker worker-b default
	long=$(ask default slow orphan 40)
	until_true 300 has_run begin-orphan
	keeper_has_looked
	pgrep -P "$(<worker-b.pid)" >horses
	kill -KILL "$(<worker-b.pid)"
	worker worker-c default
	short=$(ask default slow dead 9999)
	until_true 300 has_run begin-dead
	pgrep -P "$(<worker-c.pid)" | xargs kill -KILL "$(<worker-c.pid)"
	rc HSET "rq:job:$short" mkbench_deaths 0 >/dev/null
	worker worker-d default
	begun_again() { [[ $(times_ran begin-dead) -ge 2 ]]; }
	until_true 300 begun_again
	until_true 300 has_run orphan
	until_true 300 has_run alive
	sleep 15
	[[ $(times_ran begin-alive) = 1 && $(times_ran begin-orphan) = 1 && $(times_ran begin-dead) = 2 ]]
	grep -q "job $short of default is queued again: its worker is gone" keeper.log
	run -1 grep "$long" keeper.log
	pgrep -P "$(<worker-d.pid)" >>horses
}

@test "a job over which one worker after the other dies is listed as failed, with the reason" {
	local id n
	keeper
	id=$(ask default slow deadly 9999)
	rc HSET "rq:job:$id" mkbench_deaths 3
	worker worker-a default
	until_true 300 has_run begin-deadly
	pgrep -P "$(<worker-a.pid)" | xargs kill -KILL "$(<worker-a.pid)"
	until_true 300 status_is "$id" failed
	[[ $(rc HGET "rq:job:$id" exc_info) = "its worker died over it 4 times" && $(rc LLEN rq:queue:default) = 0 ]]
	[[ $(status_of_jobs | jq -c '[.failed, .running]') = '[1,0]' ]]
}

@test "while MariaDB is away workers take no jobs, and those that have used up their tries are tried again when it is back; others are not" {
	local once
	keeper
	worker worker-a default
	until_true 300 grep -q 'istening on' worker-a.log
	sleep 3
	ask default needs_database first
	until_true 300 has_run first
	kill -KILL "$(<database.pid)"
	rm sql.sock
	ask default needs_database tries retry=2
	once=$(ask default needs_database once)
	until_true 300 grep -q 'MariaDB does not answer' keeper.log
	ask default needs_database later retry=1 # whoever waited for a job already takes it
	until_true 300 grep -q 'Worker.* suspended, run' worker-a.log
	ask default needs_database held
	sleep 5
	[[ $(rc TTL rq:suspended) -gt 0 ]]
	start database as_nobody database
	until_true 300 has_run tries
	until_true 300 has_run later
	until_true 300 has_run held
	[[ $(rc EXISTS rq:suspended) = 0 && $(times_ran tries) = 1 ]]
	# whatever of it was taken before the keeper looked: a job without more tries is its app's to care for
	status_is "$once" failed || has_run once
	# what a person has suspended stays
	rc SET rq:suspended 1
	kill -KILL "$(<database.pid)"
	rm sql.sock
	said() { [[ $(grep -c 'MariaDB does not answer' keeper.log) = 2 ]]; }
	until_true 300 said
	start database as_nobody database
	went_on() { [[ $(grep -c 'MariaDB answers' keeper.log) = 2 ]]; }
	until_true 300 went_on
	[[ $(rc GET rq:suspended) = 1 ]]
}
