#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# mkbench run: the sample image started by docker, and who starts it when an engine cannot.
bats_require_minimum_version 1.5.0
load helpers
load appliance
load ../boot/docker

# fake_engine NAME STATUS: a program NAME before all others that answers like an engine, and ends with STATUS when it is to run something.
fake_engine() {
	mkdir -p bin
	cat >"bin/$1" <<-END
		#!/bin/sh
		echo "$1 \$*" >>"$PWD/asked"
		case \$1 in
		info) echo '{}' ;;
		load) exit 0 ;;
		run) echo "Error: crun: no cgroups here"; exit $2 ;;
		*) exit 1 ;;
		esac
	END
	chmod +x "bin/$1"
}

@test "an engine that answers and cannot run it makes room for the next one; one that was chosen does not" {
	fake_engine docker 125
	fake_engine podman 126
	PATH=$PWD/bin:$PATH start "$oci"
	[[ $output == *"docker cannot run it"*"no cgroups here"*"trying podman"* ]]
	[[ $output == *"podman cannot run it"*"trying mkbench itself"* ]]
	grep -q '^podman run' asked
	[ "$(curl -s "$url")" = hello ]
	[ -e "$XDG_DATA_HOME/mkbench/$name/data/starts" ]
	PATH=$PWD/bin:$PATH mkbench 0 run --stop "$name"
	rm asked
	PATH=$PWD/bin:$PATH start "$oci" # its data is there: nobody else is asked
	run ! grep -q ' run ' asked
	mkbench 0 run --exec "$name" cat /data/starts
	[ "$output" = $'start\nstart' ]
	PATH=$PWD/bin:$PATH mkbench 6 run --name "$name-b" --engine podman "$oci"
	[[ $output == *"no cgroups here"* ]]
}

@test "verify: loading an image, and an engine that cannot run it, are no part of the seconds until it is ready" {
	fake_engine docker 125
	fake_engine podman 126
	sed -i "s|^load) |load) sleep 4; date +%s.%N >$PWD/loaded; |" bin/docker
	PATH=$PWD/bin:$PATH run --separate-stderr -5 "$MKBENCH" verify "$oci" --json --progress quiet
	jq -e --argjson from "$(cat loaded)" --argjson to "$(date +%s.%N)" \
		'.engine == "own" and .load_seconds >= 4 and .ready_seconds > 0 and .ready_seconds <= $to - $from' <<<"$output"
}

# probed_engine NAME STATUS: one that also takes an image of a single program; it runs that if STATUS is 0, else ends with STATUS.
probed_engine() {
	fake_engine "$1" 125
	mkdir -p "root-$1"
	sed -i "s|^load) |import) tar -xC $PWD/root-$1 \&\& echo sha256:1 ;;\nrmi) exit 0 ;;\nload) |" "bin/$1"
	sed -i "s|^run) |run) case \"\$*\" in *sha256:1*) [ $2 = 0 ] \&\& exec $PWD/root-$1/true; echo no rights here; exit $2 ;; esac; |" "bin/$1"
}

@test "an engine that cannot start a container of one small program is not given the image to load" {
	probed_engine docker 126
	probed_engine podman 0
	PATH=$PWD/bin:$PATH start "$oci"
	[[ $output == *"docker cannot run it (docker cannot start a container: no rights here): trying podman"* ]]
	[[ $output == *"podman cannot run it"*"no cgroups here"*"trying mkbench itself"* ]]
	run ! grep '^docker load' asked
	[ "$(grep -c '^podman load' asked)" = 1 ]
	[ "$(grep -c 'rmi --force sha256:1$' asked)" = 2 ]
	[ "$(curl -s "$url")" = hello ]
	PATH=$PWD/bin:$PATH mkbench 6 run --name "$name-b" --engine docker "$oci"
	[[ $output == *"docker cannot start a container: no rights here"* ]]
}

@test "an engine that was asked for and does not answer says why, and who needs none" {
	mkdir bin
	ln -s "$(command -v timeout)" bin
	for engine in docker podman; do
		PATH=$PWD/bin mkbench 6 run --name "$name" --engine $engine "$oci"
		[ "$output" = "mkbench: $engine does not answer: it is not installed"$'\n'"--engine own needs no $engine" ]
		printf '#!/bin/sh\necho "a first line" >&2\necho "permission denied: the socket" >&2\nexit 1\n' >bin/$engine
		chmod +x bin/$engine
		PATH=$PWD/bin:$PATH mkbench 6 run --name "$name" --engine $engine "$oci"
		[ "$output" = "mkbench: $engine does not answer: permission denied: the socket"$'\n'"--engine own needs no $engine" ]
	done
}

@test "docker, podman: a value of this shell is handed on without a word of it on a command line" {
	for engine in docker podman; do
		fake_engine $engine 125
		sed -i "2a echo \"\$WORD\" >$PWD/inherited" "bin/$engine"
		WORD="two words" PATH=$PWD/bin:$PATH mkbench 6 run --name "$name" --engine $engine "$oci" --env WORD --env OTHER=x --env EMPTY=
		grep -q "^$engine run .* --env WORD --env OTHER=x --env EMPTY= mkbench-sample:1.0" asked
		run ! grep -q two asked
		[ "$(cat inherited)" = "two words" ]
	done
}

# A daemon of our own, and networks too: what runs on the machine stays untouched.
start_docker() {
	local lacks
	lacks=$(docker_lacks)
	[ -z "$lacks" ] || skip "$lacks"
	export BOOT=$BATS_TEST_TMPDIR NET=mkbench-run-$$
	docker_up
	printf '#!/bin/sh\nexec nsenter --net=/run/netns/%s %s "$@"\n' "$NET" "$MKBENCH" >inside
	BUILT=$MKBENCH
	chmod +x inside
	MKBENCH=$PWD/inside
}

@test "docker: loads layout and archive, keeps the volume, stops in order, is cleaned" {
	start_docker
	start "$oci"
	[ "$(inside curl -s "$url")" = hello ]
	mkbench 0 run --exec "$name" cat /data/starts
	[ "$output" = start ]
	mkbench 0 run --stop "$name"
	start "$tar"
	[[ $output == *"there already"* ]]
	mkbench 0 run --exec "$name" cat /data/stopped
	[ "$output" = "in order" ]
	mkbench 0 run --clean "$name"
	[ -z "$(docker ps -aq)$(docker volume ls -q)$(docker images -aq)" ]
	docker load -i "$tar"
	docker create --name "$name" mkbench-sample:1.0
	mkbench 2 run --name "$name" "$oci"
	[[ $output == *"mkbench did not start"* ]]
	docker rm "$name"
	attended docker INT
	wait $pid
	[ "$(cat data/stopped)" = "in order" ]
	mkbench 5 run --name "$name" "$oci" --env FAIL=1
	[[ $output == *"| the appliance fails at once"* ]]
	mkbench 5 verify "$oci" --engine docker
	docker image inspect mkbench-sample:1.0 # was there before
}

@test "docker: an image goes with the container it was loaded for, unless somebody else needs it" {
	start_docker
	mkbench 5 verify "$oci" --engine docker
	[ -z "$(docker ps -aq)$(docker volume ls -q)$(docker images -aq)" ]
	start "$oci"
	mkbench 2 run --stop nobody
	[[ $output == *"known are $name" ]]
	docker create --name other mkbench-sample:1.0
	mkbench 0 run --clean "$name"
	docker image inspect mkbench-sample:1.0
	docker rm other
	docker rmi mkbench-sample:1.0
	start "$oci"
	docker tag mkbench-sample:1.0 mine:1
	mkbench 0 run --clean "$name"
	docker image inspect mine:1
	docker rmi mine:1 mkbench-sample:1.0
	mkbench 0 run --name "$name" "$oci" --detach
	mkbench 0 run --stop "$name"
	appliance_of -O2
	start out/mkbench-sample-1.0.oci # the next version under the same name
	[ "$(docker images -aq | wc -l)" = 1 ]
	mkbench 0 run --clean "$name"
	[ -z "$(docker images -aq)" ]
}
