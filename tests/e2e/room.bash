# SPDX-License-Identifier: MIT
# A bench of pretence (tests/guest) in namespaces of its own, one a test. Loaded after helpers.
repo=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
guest=${GUEST:-$(dirname "$(readlink -f "$MKBENCH")")/guest/guest}

need_room() {
	[[ $(id -u) = 0 ]] || skip "needs root: namespaces, and a user for each program"
	for program in mariadbd mariadb-install-db mariadb redis-server nginx supervisord unshare nsenter ip jq curl python3; do
		command -v $program >/dev/null || skip "needs $program"
	done
	unshare --mount --pid --net --ipc --uts --fork true || skip "needs namespaces"
}

# A room at $room; short, because of the sockets in it.
make_room() {
	room=$(mktemp -d /tmp/room.XXXXXX)
	"$repo/tests/guest/make-room" "$room"
	mkdir "$room/bin"
	for name in init provision health benchctl prebake; do ln -s "$guest" "$room/bin/$name"; done
	log=$room/log/init.log
	touch "$log"
}

# start_room [NAME=VALUE...]: $outside is our process, $init is process 1 seen from here.
start_room() {
	start_room_with init "$@"
}

start_room_with() { # PROGRAM [NAME=VALUE...]
	env MKBENCH_BENCH="$room/bench.json" "${@:2}" "$repo/tests/guest/enter-room" "$room/bin/$1" >>"$log" 2>&1 3>&- &
	outside=$!
	init=
	entered() { init=$(pgrep -P "$outside") || gone "$outside"; }
	until_true 300 entered
}

in_room() { timeout --kill-after=5 600 nsenter -t "$init" -m -p -n -i -u env MKBENCH_BENCH="$room/bench.json" "$@"; }

# Waits until a command in the room succeeds; fails when init has gone before.
until_room() {
	by=$outside until_true 300 in_room "$@" || { tail -40 "$log"; return 1; }
}

started() { until_room "$room/bin/health" started && until_room "$room/bin/health" ready; }

# Readiness does not wait for the worker: before it catches TERM (15), that ends it at once.
worker_catches() {
	until_room bash -c 'caught=$(sed -n "s/^SigCgt:\t*//p" "/proc/$(pgrep -of "program worker$")/status") && ((0x$caught >> 14 & 1))'
}

# Ends process 1 with a signal and waits for all to be over: its status is in $status.
end_room() {
	kill "-$1" "$init" 2>/dev/null || true
	over
}

over() {
	status=0
	until_true 300 gone "$outside"
	wait "$outside" || status=$?
	outside=
}

drop_room() {
	[[ -z ${outside:-} ]] || { kill -KILL "$outside" 2>/dev/null && wait "$outside" || true; }
	[[ -z ${room:-} ]] || rm -rf "$room"
}

setup() {
	need_room
	make_room
}

teardown() {
	drop_room
}
