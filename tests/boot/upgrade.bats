#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Three releases of the demo on one volume: the second adds a patch, the third one that fails half-way. By hand, and by Swarm, there with a
# fourth that fails, too, and ends (on_failure: exit).
bats_require_minimum_version 1.5.0
load lacks
load docker

setup_file() {
	needs docker_lacks || return 0
	export BOOT=$BATS_FILE_TMPDIR NET=mkbench-upgrade-$$ MKBENCH=${MKBENCH:-build/mkbench}
	[[ -z ${DEMO_IMAGES:-} ]] || ln -s "$DEMO_IMAGES" "$BOOT/out" # demo-1.0.tar to 3.0, built before
	docker_up
	[[ -z ${MKBENCH_SWARM:-} ]] || export RELEASES="1 2 3 4"
	tests/boot/releases "$MKBENCH" "$BOOT"
	for n in ${RELEASES:-1 2 3}; do docker load -qi "$BOOT/out/demo-$n.0.tar" >/dev/null; done
}

teardown_file() {
	[[ -z ${NET:-} ]] || { docker swarm leave --force >/dev/null 2>&1 || true; docker_down; }
}

# the container of release N on the one volume.
boot_release() {
	docker rm -f demo >/dev/null 2>&1 || true
	IMAGE=demo:$1.0 boot demo
}

columns() { docker exec demo sh -c "mariadb -N -e \"SELECT column_name FROM information_schema.columns WHERE table_name = 'note' ORDER BY table_schema, ordinal_position\"" | tr '\n' ' '; }

@test "by hand: migrated and tried before anybody is let in; a broken migration leaves the release before, and its data" {
	boot_release 1
	ready demo
	log_in demo one.localhost
	ask one.localhost /api/notes -b "$BOOT/cookies.one.localhost" -d text=remembered >/dev/null
	[[ $(columns) != *loud* ]]
	docker stop demo
	boot_release 2
	seen=
	until docker exec demo /usr/lib/mkbench/health ready; do
		[[ $(status_of one.localhost / || true) != 503 ]] || seen=503
		sleep 0.2
	done
	[[ $seen = 503 ]]
	[[ $(columns) = *loud*loud* ]]
	ask one.localhost /api/notes | grep remembered
	docker exec demo benchctl verify
	docker stop demo
	boot_release 3
	broken() { [[ $(docker exec demo /usr/lib/mkbench/health) == "failed: "*"migrate/one.localhost"*nowhere* ]]; }
	until_true 900 broken || { docker logs --tail 30 demo; false; }
	[[ $(status_of one.localhost /) = 503 ]]
	docker stop demo
	[[ $(docker inspect -f '{{.State.ExitCode}}' demo) = 7 ]]
	boot_release 2
	ready demo
	[[ $(columns) = *text*loud*text*loud* ]]
	ask one.localhost /api/notes | grep remembered
	docker stop demo
	boot_release 1 # it is older than the data
	[[ $(docker wait demo) = 6 ]]
	docker logs demo 2>&1 | grep "this image is older than the data"
	docker rm -f demo
}

# Who monitors for less time than a hand-over and a migration take sees no failure in start-first: a standby is healthy at once.
# service NAME ORDER: release 1 as a service of one node, healthy; the watcher's lines are in $BOOT/NAME.seen.
service() {
	docker service create -d --name "$1" --replicas 1 --mount "type=volume,source=$1-data,target=/data" --health-interval 2s \
		--health-start-period 60s --stop-grace-period 15s --update-order "$2" --update-failure-action rollback --update-monitor 5m \
		--rollback-order "$2" --rollback-monitor 5s demo:1.0 >/dev/null
	until_true 900 serves "$1" 1.0 || { docker service ps --no-trunc "$1"; docker ps -a; false; }
}

task() { docker ps -q --filter "label=com.docker.swarm.service.name=$1" --filter "ancestor=demo:$2"; }
# Past Swarm's own mesh, which wants a kernel with ip_vs: each task is asked where it is.
page() {
	local id code=000
	for id in $(docker ps -q --filter "label=com.docker.swarm.service.name=$1"); do
		code=$(nsenter --net="/proc/$(docker inspect -f '{{.State.Pid}}' "$id")/ns/net" curl -s -m 5 -o /dev/null -w '%{http_code}' -H 'Host: one.localhost' \
			http://127.0.0.1:8080/api/method/ping || true)
		[[ $code != 200 ]] || break
	done
	echo "$code"
}
serves() { [[ -n $(task "$1" "$2") && $(page "$1") = 200 ]]; }
state() { docker service inspect -f '{{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}}' "$1"; }

# update NAME RELEASE STATE SERVES: and the seconds without an answer but the wait page.
update() {
	local begun=$SECONDS lost=0
	docker service update -d --image "demo:$2" "$1" >/dev/null
	until [[ $(state "$1") = "$3" ]] && serves "$1" "$4"; do
		[[ $(page "$1") = 200 ]] || lost=$((lost + 1))
		((SECONDS - begun < 1800)) || { docker service ps --no-trunc "$1"; docker ps -a; return 1; }
		sleep 1
	done
	echo "# $1 to $2: $3 after $((SECONDS - begun)) s, about $lost s without the site" >&3
}

# Only for whoever asks: it takes half an hour.
@test "Swarm, stop-first and start-first: a release is taken; one that cannot migrate is rolled back, with its data" {
	[[ -n ${MKBENCH_SWARM:-} ]] || skip "takes half an hour: MKBENCH_SWARM=1"
	docker swarm init --advertise-addr 127.0.0.1 >/dev/null
	for order in stop-first start-first; do
		service "$order" "$order"
		docker exec "$(task "$order" 1.0)" sh -c "mariadb -N -e 'SHOW DATABASES'" >/dev/null
		update "$order" 2.0 completed 2.0
		update "$order" 4.0 rollback_completed 2.0
		update "$order" 3.0 rollback_completed 2.0
		run -0 docker exec "$(task "$order" 2.0)" benchctl upgrade
		[[ $output = *"data    demo 2.0"* ]]
		docker service rm "$order" >/dev/null
		none() { [[ -z $(docker ps -q --filter "label=com.docker.swarm.service.name=$order") ]]; }
		until_true 300 none
	done
}
