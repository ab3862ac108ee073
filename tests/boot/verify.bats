#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# mkbench verify and benchctl verify on the demo: all is well on a sound image, under our own runner, under Docker and as a disk;
# and each thing that is broken on purpose is told by its check and by no other.
bats_require_minimum_version 1.5.0
load lacks
load docker

setup_file() {
	needs docker_lacks || return 0
	export BOOT=$BATS_FILE_TMPDIR NET=mkbench-verify-$$ MKBENCH=${MKBENCH:-build/mkbench}
	export XDG_DATA_HOME=$BOOT/share
	cp -r recipes/demo recipes/demo.yml "$BOOT"
	[[ -z ${MKBENCH_BOOT_DISK:-} ]] || sed -i 's/^outputs: .*/outputs: [oci, docker, raw, qcow2]\ndisk: { size: 4G }/' "$BOOT/demo.yml"
	timeout 900 "$MKBENCH" build --progress=plain -o "$BOOT/out" "$BOOT/demo.yml" >"$BOOT/build.log" 2>&1 ||
		{ tail -20 "$BOOT/build.log" >&2; return 1; }
	timeout 300 "$MKBENCH" run --engine own --name broken --port 29790 --detach "$BOOT/out/demo-1.0.oci" >"$BOOT/run.log" 2>&1 ||
		{ cat "$BOOT/run.log" >&2; return 1; }
}

teardown_file() {
	[[ -n $LACKS ]] || "$MKBENCH" run --clean broken
}

# verify STATUS ARGUMENT...: leaves $output, standard output alone, and shows everything.
verify() {
	local want=$1
	shift
	run --separate-stderr "-$want" timeout --kill-after=30 1500 "$MKBENCH" verify "$@"
	echo "$output"
	echo "$stderr"
}

within() { timeout 1200 "$MKBENCH" run --exec broken "$@"; }

# told: the checks of the broken bench that fail, each with what it is about.
told() {
	within benchctl verify --json | jq -r '.checks[] | select(.ok | not) | "\(.check) \(.of // "")"' | sort
}

# until_well: whatever was broken has been mended.
until_well() { until_true 600 within benchctl verify; }

@test "a sound image under our own runner: every check passes, nothing stays" {
	verify 0 --engine own "$BOOT/out/demo-1.0.oci"
	for check in ready health process sql redis worker file port page ping unknown polling websocket stop; do
		grep -q "^ok   $check " <<<"$output"
	done
	for what in 'redis +redis-queue .* each write logged' 'worker +worker-short-default-0 +registered for short,default' \
		'page +deux.localhost' 'unknown +nobody.invalid .*404' 'websocket two.localhost'; do
		grep -qE "^ok   $what" <<<"$output"
	done
	run ! grep -q '^FAIL' <<<"$output"
	[[ $(ls "$XDG_DATA_HOME/mkbench") == broken ]]
}

@test "the same under Docker, as JSON" {
	docker_up
	printf '#!/bin/sh\nexec nsenter --net=/run/netns/%s %s "$@"\n' "$NET" "$(readlink -f "$MKBENCH")" >"$BATS_TEST_TMPDIR/inside"
	chmod +x "$BATS_TEST_TMPDIR/inside"
	MKBENCH=$BATS_TEST_TMPDIR/inside verify 0 --engine docker --json "$BOOT/out/demo-1.0.tar"
	left=$(docker ps -aq)$(docker volume ls -q)
	docker_down
	[[ -z $left ]]
	[[ $(jq -c '[.format, .name, .version, .engine, .ok, .failed, ([.checks[] | select(.ok | not)] | length)]' <<<"$output") == \
		'[1,"demo","1.0","docker",true,0,0]' ]]
	[[ $(jq '.checks | length' <<<"$output") -ge 30 ]]
	jq -e '.ready_seconds > 0 and .stop_seconds > 0 and (.build | length == 64)' <<<"$output"
}

@test "Ctrl-C: whatever it was doing, nothing stays" {
	"$MKBENCH" verify --engine own --progress plain "$BOOT/out/demo-1.0.oci" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	pid=$!
	by=$pid until_true 300 grep -q 'first process' "$BATS_TEST_TMPDIR/err"
	kill -INT $pid
	status=0
	wait $pid || status=$?
	cat "$BATS_TEST_TMPDIR/err"
	[[ $status == 130 ]]
	[[ $(ls "$XDG_DATA_HOME/mkbench") == broken ]]
}

@test "Redis: one that is gone, one whose policy was changed" {
	within touch -d '1 hour ago' /run/mkbench/started # verify gives a bench that has just started more time for what fails
	within sh -c 'supervisorctl stop redis:redis-cache; redis-cli -p 11000 config set maxmemory-policy allkeys-lru'
	told >"$BATS_TEST_TMPDIR/told"
	within sh -c 'supervisorctl start redis:redis-cache; redis-cli -p 11000 config set maxmemory-policy noeviction'
	cat "$BATS_TEST_TMPDIR/told"
	grep -qx 'redis redis-cache' "$BATS_TEST_TMPDIR/told"
	grep -qx 'process redis-cache' "$BATS_TEST_TMPDIR/told"
	grep -qx 'redis redis-queue' "$BATS_TEST_TMPDIR/told"
	grep -q '^health' "$BATS_TEST_TMPDIR/told"
	run ! grep -q 'redis-socketio\|^sql' "$BATS_TEST_TMPDIR/told"
	until_well
}

@test "a worker that is stopped, one that is registered for other queues" {
	within supervisorctl stop workers:worker-short-default-0
	[[ $(told | tr '\n' ,) == 'health ,process worker-short-default-0,worker worker-short-default-0,' ]]
	within supervisorctl start workers:worker-short-default-0
	until_well
	within sh -c 'p=$(supervisorctl pid workers:worker-short-default-0)
		for k in $(redis-cli -p 11000 smembers rq:workers); do
			[ "$(redis-cli -p 11000 hget $k pid)" != $p ] || redis-cli -p 11000 hset $k queues other
		done'
	[[ $(told) == 'worker worker-short-default-0' ]]
	within supervisorctl restart workers:worker-short-default-0
	until_well
}

@test "files: a secret that others may read, a folder of another mode" {
	within chmod 644 /data/secrets/one.localhost/db_password
	[[ $(told) == 'file secrets' ]]
	within chmod 600 /data/secrets/one.localhost/db_password
	within chmod 640 /data/sites/two.localhost/site_config.json
	[[ $(told) == 'file sites' ]]
	within chmod 600 /data/sites/two.localhost/site_config.json
	within chmod 755 /data/redis-queue
	[[ $(told) == 'file folders' ]]
	within chmod 700 /data/redis-queue
	until_well
}

@test "a port that nobody declared is open to other machines" {
	within python3 -c 'import socket, time; s = socket.socket(); s.bind(("0.0.0.0", 4444)); s.listen(); time.sleep(900)' 3>&- &
	pid=$!
	by=$pid until_true 300 within grep -q :115C /proc/net/tcp
	[[ $(told) == 'port ' ]]
	within sh -c 'for p in /proc/[0-9]*; do grep -q 4444 $p/cmdline && kill ${p#/proc/}; done' || true
	wait $pid || true
	until_well
}

@test "SQL: an account that sees another site's database, one whose password is no more" {
	within sh -c 'c=/data/sites; v() { sed -n "s/.*\"$2\": *\"\([^\"]*\)\".*/\1/p" $c/$1.localhost/site_config.json; }
		mariadb -e "grant select on $(v two db_name).* to \"$(v one db_user)\"@localhost"'
	[[ $(told) == 'sql one.localhost' ]]
	within sh -c 'c=/data/sites; v() { sed -n "s/.*\"$2\": *\"\([^\"]*\)\".*/\1/p" $c/$1.localhost/site_config.json; }
		mariadb -e "revoke select on $(v two db_name).* from \"$(v one db_user)\"@localhost"
		mariadb -e "alter user \"$(v two db_user)\"@localhost identified by \"other\""'
	told >"$BATS_TEST_TMPDIR/told"
	cat "$BATS_TEST_TMPDIR/told"
	grep -qx 'sql two.localhost' "$BATS_TEST_TMPDIR/told"
	run ! grep -q 'sql one' "$BATS_TEST_TMPDIR/told"
}

@test "a disk, raw and qcow2: every check passes, and no unit has failed" {
	[[ -n ${MKBENCH_BOOT_DISK:-} ]] || skip "boots under emulation take minutes: MKBENCH_BOOT_DISK=1 make test"
	for form in raw qcow2; do
		verify 0 --accel tcg "$BOOT/out/demo-1.0.$form"
		grep -q '^ok   unit ' <<<"$output"
		[[ $(ls "$XDG_DATA_HOME/mkbench") == broken ]]
	done
}

@test "a disk's data outlive its image in a disk of their own" {
	[[ -n ${MKBENCH_BOOT_DISK:-} ]] || skip "boots under emulation take minutes: MKBENCH_BOOT_DISK=1 make test"
	before=$(sha256sum "$BOOT"/out/demo-1.0.{raw,qcow2})
	timeout 1500 "$MKBENCH" run --accel tcg --name first --data "$BOOT/data" --port 29791 --detach "$BOOT/out/demo-1.0.qcow2"
	password=$("$MKBENCH" run --exec first cat /data/secrets/one.localhost/admin_password)
	run -127 "$MKBENCH" run --exec first nosuch
	[[ $output == "mkbench: nosuch: there is no such program in first" ]]
	"$MKBENCH" run --clean first
	[[ $(sha256sum "$BOOT"/out/demo-1.0.{raw,qcow2}) == "$before" ]]
	timeout 1500 "$MKBENCH" run --accel tcg --name second --data "$BOOT/data" --port 29791 --detach "$BOOT/out/demo-1.0.raw"
	again=$("$MKBENCH" run --exec second cat /data/secrets/one.localhost/admin_password)
	"$MKBENCH" run --clean second
	[[ -n $password && $again == "$password" ]]
}
