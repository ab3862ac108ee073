#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The demo application on this machine's own MariaDB, Redis, Python and Node.
bats_require_minimum_version 1.5.0
load helpers
load ../app/stack

setup_file() {
	STACK_LACKS=$(stack_lacks)
	export STACK_LACKS STACK=$BATS_FILE_TMPDIR
	[[ -n $STACK_LACKS ]] || stack_up
	export WEB SOCKETIO CACHE QUEUE LIVE ROOT_USER
}

setup() {
	[[ -z $STACK_LACKS ]] || skip "$STACK_LACKS"
}

teardown_file() {
	stack_down
}

# api STATUS SITE METHOD PATH [CURL ARGS]: the body is in $output.
api() {
	local want=$1 site=$2 method=$3 path=$4
	shift 4
	output=$(curl -sS --max-time 20 -X "$method" -H "X-Frappe-Site-Name: $site.localhost" -w '\n%{http_code}' "$@" "http://127.0.0.1:$WEB$path")
	status=${output##*$'\n'}
	output=${output%$'\n'*}
	echo "$method $site $path: $status $output"
	[[ $status == "$want" ]]
}

# as SITE: the cookie of its administrator.
as() {
	local jar=$STACK/$1.jar
	[[ -e $jar ]] || api 200 "$1" POST /api/method/login -c "$jar" -d usr=Administrator -d "pwd=admin-$1" >&2
	echo "sid=$(awk '$6 == "sid" { print $7 }' "$jar")"
}

write() {
	local want=$1 site=$2 method=$3 path=$4
	shift 4
	api "$want" "$site" "$method" "$path" -b "$(as "$site")" -H 'Content-Type: application/json' "$@"
}

field() {
	/usr/bin/python3 -c 'import json, sys; print(json.dumps(eval(sys.argv[1], {"d": json.load(sys.stdin)})))' "$1" <<<"$output"
}

soon() { until_true 300 "$@"; }

job_is() {
	api 200 "$1" GET /api/jobs
	[[ $(field "[j['state'] for j in d['jobs'] if j['id'] == '$2']") == "[\"$3\"]" ]]
}

ticks() {
	api 200 "$1" GET /api/state >/dev/null && field "(d['tick'] or {'value': 0})['value']"
}

ticked_beyond() { [[ $(ticks "$1") -gt $2 ]]; }

# The worker waits in Redis for a job: only there RQ outlives a lost connection. Elsewhere it quits,
# and Supervisor starts it again.
worker_waits() { redis-cli -p "$QUEUE" client list | grep -q ' cmd=bl'; }

listen() {
	node "$BATS_TEST_DIRNAME/../app/listen.js" "$STACK/bench/apps/demo/node_modules" "$SOCKETIO" "$1.localhost" ${2:-} \
		>"$BATS_TEST_TMPDIR/$1.events" 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/listeners"
	soon grep -q . "$BATS_TEST_TMPDIR/$1.events"
}

heard() { grep -q "$2" "$BATS_TEST_TMPDIR/$1.events"; }

teardown() {
	[[ ! -e $BATS_TEST_TMPDIR/listeners ]] || xargs kill 2>/dev/null <"$BATS_TEST_TMPDIR/listeners" || true
}

@test "each site answers ping, an unknown one does not" {
	api 200 one GET /api/method/ping
	[[ $output == '{"message": "pong"}' ]]
	api 200 two GET /api/method/ping
	api 404 three GET /api/method/ping
	api 404 ../one GET /api/method/ping
}

@test "the page and all that it asks for" {
	api 200 one GET /
	local url urls
	urls=$(grep -oE '/assets/[^"]+' <<<"$output")
	for url in $urls; do
		api 200 one GET "$url" -o /dev/null
	done
}

@test "reading is open, writing asks for a login" {
	api 200 one GET /api/notes
	api 401 one POST /api/notes -d text=x
	api 401 one POST /api/jobs -d queue=short
	api 401 one POST /api/method/login -d usr=Administrator -d pwd=admin-two
	write 400 one POST /api/notes -d '{"text": ""}'
	write 400 one POST /api/notes -d '[]'
	write 400 one POST /api/jobs -d '{"queue": "nice"}'
	write 404 one DELETE /api/notes/999999
	write 403 one POST /api/notes -H 'Origin: http://elsewhere.example' -d '{"text": "x"}'
}

@test "a note belongs to its site, and so does a session" {
	write 201 one POST /api/notes -d '{"text": "only one ☕"}'
	local number
	number=$(field "d['id']")
	api 200 one GET /api/notes
	[[ $(field "d['notes'][0]['text']") == '"only one \u2615"' ]]
	api 200 two GET /api/notes
	[[ $(field "d['notes']") == "[]" ]]
	api 401 two POST /api/notes -b "$(as one)" -d text=stolen
	write 200 one DELETE "/api/notes/$number"
}

@test "a logged-out session is worth nothing" {
	api 200 two POST /api/method/login -c "$BATS_TEST_TMPDIR/jar" -d usr=Administrator -d pwd=admin-two
	cp "$BATS_TEST_TMPDIR/jar" "$BATS_TEST_TMPDIR/stolen"
	api 200 two POST /api/method/logout -H 'Host: one.localhost' -b "sid=$(awk '$6 == "sid" { print $7 }' "$BATS_TEST_TMPDIR/jar")"
	api 401 two POST /api/notes -b "sid=$(awk '$6 == "sid" { print $7 }' "$BATS_TEST_TMPDIR/stolen")" -d text=x
}

@test "a job of each queue is done by a worker" {
	local queue id
	for queue in short default long; do
		write 202 two POST /api/jobs -d "{\"queue\": \"$queue\"}"
		id=$(field "d['id']" | tr -d '"')
		soon job_is two "$id" done
	done
	api 200 one GET /api/jobs
	[[ $output != *"$id"* ]]
}

@test "the scheduler ticks for every site" {
	soon ticked_beyond one 1
	soon ticked_beyond two 1
}

# What a web process asked of the kernel while an upload was on its way, in order.
calls() { grep -oE '(fsync|fdatasync|rename|renameat2?|sendto|sendmsg|write)\(.*' "$BATS_TEST_TMPDIR/calls"; }

@test "an upload is answered once its bytes and its name are on disk, and of two of one name one is kept whole" {
	local tracer folder=$STACK/bench/sites/one.localhost/private/files cookie
	cookie=$(as one)
	rm -rf "$folder"
	strace -f -y -qq -e trace=fsync,fdatasync,rename,renameat,renameat2,sendto,sendmsg,write -o "$BATS_TEST_TMPDIR/calls" \
		-p "$(cat "$STACK/web.pid")" $(pgrep -P "$(cat "$STACK/web.pid")" | sed 's/^/-p /') 3>&- &
	tracer=$!
	traced() { grep -q "^TracerPid:[^0-9]*$tracer\$" /proc/"$(cat "$STACK/web.pid")"/status; }
	soon traced
	head -c 300000 /dev/urandom >"$BATS_TEST_TMPDIR/kept.bin"
	api 201 one POST /api/files -b "$cookie" -F "file=@$BATS_TEST_TMPDIR/kept.bin"
	kill "$tracer"
	wait "$tracer" || true
	cmp "$folder/kept.bin" "$BATS_TEST_TMPDIR/kept.bin"
	calls
	# the new folder's name, the bytes, then the file's name, then the answer
	calls | tr '\n' ' ' | grep -qE "sync\([0-9]+<$STACK[^>]*/private>.*sync\([0-9]+<$STACK[^>]*\.part>.*rename[^)]*kept.bin.*sync\([0-9]+<$folder>.*(sendto|sendmsg|write)\([^)]*201"
	local senders=()
	for letter in a b c d; do
		head -c 2000000 /dev/zero | tr '\0' $letter >"$BATS_TEST_TMPDIR/$letter"
		curl -sS -f -o /dev/null -H 'X-Frappe-Site-Name: one.localhost' -b "$cookie" -F "file=@$BATS_TEST_TMPDIR/$letter;filename=same" \
			"http://127.0.0.1:$WEB/api/files" 3>&- &
		senders+=($!)
	done
	wait "${senders[@]}"
	[[ $(stat -c %s "$folder/same") = 2000000 && $(tr -d '\n' <"$folder/same" | fold -w 1 | sort -u | wc -l) = 1 ]]
	[[ -z $(ls -A "$folder/.." | grep part) ]]
}

@test "a private file is for who logs in, and for one site" {
	echo secret >"$BATS_TEST_TMPDIR/plan.txt"
	local cookie
	cookie=$(as one)
	api 201 one POST /api/files -b "$cookie" -F "file=@$BATS_TEST_TMPDIR/plan.txt"
	api 200 one GET /private/files/plan.txt -b "$cookie"
	[[ $output == secret* ]]
	api 403 one GET /private/files/plan.txt
	api 403 two GET /private/files/plan.txt -b "$cookie"
	api 404 one GET /private/files/..%2f..%2fsite_config.json -b "$cookie"
	api 200 one GET /private/files/plan.txt -b "$cookie" -H 'X-Use-X-Accel-Redirect: True' -D "$BATS_TEST_TMPDIR/headers"
	grep -i '^X-Accel-Redirect: /protected/private/files/plan.txt' "$BATS_TEST_TMPDIR/headers"
}

@test "a live event reaches its own site only, a private one only who logged in" {
	listen one "$(as one)"
	listen two
	heard one open
	heard two open
	write 201 one POST /api/notes -d '{"text": "hear this"}'
	soon heard one 'note.*hear this'
	echo x >"$BATS_TEST_TMPDIR/x.txt"
	api 201 one POST /api/files -b "$(as one)" -F "file=@$BATS_TEST_TMPDIR/x.txt"
	soon heard one 'file.*x.txt'
	# what one heard before this, two would have heard by now
	write 201 two POST /api/notes -d '{"text": "for two"}'
	soon heard two 'for two'
	run -1 heard two 'hear this'
	run -1 heard two file
}

@test "nobody listens to a site that is not there" {
	listen three
	heard three refused
}

@test "MariaDB away is a 503, and back is back" {
	stop mariadb KILL
	api 503 one GET /api/method/ping
	[[ $output == *database* ]]
	start_mariadb
	api 200 one GET /api/method/ping
	soon ticked_beyond one "$(ticks one)"
}

@test "the cache away only loses a figure" {
	stop redis-cache KILL
	api 200 one GET /
	api 200 one GET /api/state
	[[ $(field "d['cache']") == null ]]
	start_redis cache "$CACHE"
	api 200 one GET /
	api 200 one GET /api/state
	[[ $(field "d['cache']['views']") == 1 ]]
}

@test "the queue away refuses jobs, keeps none, and the same worker goes on when it is back" {
	local worker id
	worker=$(<"$STACK/worker.pid")
	stop schedule
	soon worker_waits
	stop redis-queue KILL
	write 503 one POST /api/jobs -d '{"queue": "short"}'
	[[ $output == *'"queue"'* ]]
	api 200 one GET /api/jobs
	[[ $output != *queued* ]]
	write 201 one POST /api/notes -d '{"text": "still writing"}'
	start_redis queue "$QUEUE"
	write 202 one POST /api/jobs -d '{"queue": "short"}'
	id=$(field "d['id']" | tr -d '"')
	soon job_is one "$id" done
	[[ $worker == "$(<"$STACK/worker.pid")" && -d /proc/$worker ]]
	stop worker TERM
	start_worker
	start_schedule
}

@test "live events come back after their Redis did" {
	stop redis-socketio KILL
	write 201 one POST /api/notes -d '{"text": "nobody hears"}'
	start_redis socketio "$LIVE"
	listen one
	note_heard() {
		write 201 one POST /api/notes -d '{"text": "again"}'
		sleep 0.2
		heard one again
	}
	soon note_heard
}

@test "a job whose process was killed is done after all" {
	local id
	begun() { job_is one "$id" running || job_is one "$id" done; }
	struck() {
		write 202 one POST /api/jobs -d '{"queue": "default", "seconds": 3}' && id=$(field "d['id']" | tr -d '"') && soon begun &&
			job_is one "$id" running && pkill -KILL -P "$(<"$STACK/worker.pid")"
	}
	soon struck # of a job that was over before it was met there is another
	soon job_is one "$id" done
}

@test "create-site again changes nothing, and finishes a half-made one" {
	local before
	before=$(<"$STACK/bench/sites/one.localhost/site_config.json")
	MKBENCH_DB_PASSWORD=other MKBENCH_ADMIN_PASSWORD=other manage create-site one.localhost --db-name other
	[[ $before == "$(<"$STACK/bench/sites/one.localhost/site_config.json")" ]]
	api 200 one POST /api/method/login -d usr=Administrator -d pwd=admin-one
	[[ $(stat -c %a "$STACK/bench/sites/one.localhost/site_config.json") == 600 ]]
	mariadb --no-defaults -S "$STACK/mysqld.sock" two -e 'drop table job'
	rm -r "$STACK/bench/sites/two.localhost/logs"
	manage create-site two.localhost
	api 200 two GET /api/jobs
}

@test "set-admin-password changes it and ends the sessions" {
	local old
	old=$(as two)
	manage set-admin-password two.localhost <<<"new"
	api 401 two POST /api/notes -b "$old" -d text=x
	api 200 two POST /api/method/login -d usr=Administrator -d pwd=new
	run -1 manage set-admin-password nowhere.localhost <<<"new"
	[[ $output == *"no site nowhere.localhost"* ]]
}

@test "maintenance mode answers 503" {
	local config=$STACK/bench/sites/two.localhost/site_config.json
	cp "$config" "$BATS_TEST_TMPDIR/config"
	sed -i 's/^{/{"maintenance_mode": 1,/' "$config"
	api 503 two GET /
	api 200 one GET /api/method/ping
	cp "$BATS_TEST_TMPDIR/config" "$config"
	api 200 two GET /api/method/ping
}
