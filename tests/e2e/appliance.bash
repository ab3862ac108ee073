# SPDX-License-Identifier: MIT
# The sample image with appliance.c in it, run under a name of its own, one a test. Loaded after helpers.
setup_file() {
	MKBENCH=$(readlink -f "$MKBENCH")
	export MKBENCH
	cd "$BATS_FILE_TMPDIR"
	appliance_of
}

# appliance_of CC-OPTION...: the image of an appliance, in out/.
appliance_of() {
	cc -O1 -static "$@" -o appliance "$BATS_TEST_DIRNAME/appliance.c"
	"$(dirname "$(readlink -f "${BUILT:-$MKBENCH}")")/t/image" out ./appliance >log || { cat log; return 1; }
}

setup() {
	[ "$(id -u)" = 0 ] || skip "namespaces without a subordinate range need root"
	oci=$BATS_FILE_TMPDIR/out/mkbench-sample-1.0.oci
	tar=$BATS_FILE_TMPDIR/out/mkbench-sample-1.0.tar
	export MKBENCH_STORE=$BATS_FILE_TMPDIR/store XDG_DATA_HOME=$BATS_TEST_TMPDIR/share
	name=mkbench-$BATS_TEST_NUMBER-$$
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	[ -z "${name:-}" ] || "$MKBENCH" run --clean "$name" >/dev/null 2>&1 || true
	[ -z "${NET:-}" ] || docker_down
}

# start ARGS...: detached, under this test's name; leaves $url.
start() {
	mkbench 0 run --name "$name" --detach "$@"
	url=$(grep -o 'http://one.localhost:[0-9]*' <<<"$output")
	url=${url/one.localhost/127.0.0.1}
}

# attended ENGINE SIGNAL: a run in the foreground that gets the signal once it is ready.
attended() {
	"$MKBENCH" run --name "$name" "$oci" --engine "$1" --data data >out 2>err 3>&- &
	pid=$!
	by=$pid until_true 300 grep -q 'is ready' out
	by=$pid until_true 300 grep -q 'Ctrl-C' out
	kill -"$2" $pid
}

# strike SIGNAL STATUS: what runs as $pid and complains to err gets the signal, and ends with that status because of it.
strike() {
	local status=0
	kill -"$1" "$pid"
	wait "$pid" || status=$?
	cat err
	[ "$status" = "$2" ]
	[ "$(tail -1 err)" = "mkbench: interrupted" ]
}
