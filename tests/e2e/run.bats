#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# mkbench run and verify: the sample image started by mkbench itself.
bats_require_minimum_version 1.5.0
load helpers
load appliance

@test "own runner: starts, shows the steps, answers, keeps data, stops in order, is cleaned" {
	start "$oci" --engine own
	[[ $output == *"database  "*"1.5 s"* ]]
	[[ $output == *"site one  "*"0.5 s"* ]]
	[[ $output == *"http://www.example.invalid:"* ]]
	[[ $output == *"127.0.0.1 www.example.invalid"* ]]
	[[ $output == *"/data/secrets/one.localhost/admin_password"* ]]
	[ "$(curl -s "$url")" = hello ]
	mkbench 0 run --stop "$name"
	[ "$(cat "$XDG_DATA_HOME/mkbench/$name/data/stopped")" = "in order" ]
	run -7 curl -s "$url"
	start "$tar" --engine own
	[[ $output == *"there already"* ]]
	mkbench 0 run --exec "$name" cat /data/starts
	[ "$output" = $'start\nstart' ]
	mkbench 0 run --clean "$name"
	[ ! -e "$XDG_DATA_HOME/mkbench/$name" ]
	mkbench 2 run --stop "$name"
	[[ $output == *"there is no container '$name': known are none" ]]
}

@test "what was started is listed, and its name is known as a name, not an image" {
	cd "$BATS_TEST_TMPDIR"
	run --separate-stderr -0 "$MKBENCH" run --list
	[[ -z $output && $stderr == "nothing that mkbench run has started is here" ]]
	start "$oci" --engine own
	mkbench 0 run --list
	[[ $output =~ ^$name\ +own\ +running$ ]]
	mkbench 2 run "$name"
	[[ $output == *"$name is the name of a running instance (own), not an image: 'mkbench run --exec $name bash'"* ]]
	mkbench 0 run --stop "$name"
	mkbench 0 run --list
	[[ $output =~ ^$name\ +own\ +stopped$ ]]
	mkbench 2 run "$name"
	[[ $output == *"$name is the name of a stopped instance (own), not an image: 'mkbench run IMAGE --name $name' starts it again"* ]]
	mkbench 2 run "$name-other"
	[[ $output == *"$name-other: there is no such file"* ]]
	mkbench 2 run --list more
}

@test "own runner: a program inside has the container's environment, processes and status" {
	WORD="two words" start "$oci" --engine own --env WORD --env OTHER=x
	mkbench 0 run --exec "$name" /hello env WORD
	[ "$output" = "two words" ]
	mkbench 0 run --exec "$name" /hello env GREETING
	[ "$output" = hi ]
	mkbench 0 run --exec "$name" /hello pid
	[[ $output == *" of group 0" ]] # its parent is outside
	TERM=our-kind script -qec "'$MKBENCH' run --exec '$name' /hello env TERM" typed
	grep -q our-kind typed
	script -qec "'$MKBENCH' run --exec '$name' /hello tty" typed
	grep -q 'terminal /dev/pts/0, ours' typed
	run -7 script -qec "'$MKBENCH' run --exec '$name' /hello exit 7" typed
	TERM=our-kind mkbench 0 run --exec "$name" /hello env TERM </dev/null
	[ "$output" = dumb ]
	mkbench 7 run --exec "$name" /hello exit 7
	mkbench 127 run --exec "$name" /nothing
	mkbench 0 run --exec "$name" cat /proc/1/comm
	[ "$output" = hello ]
}

@test "own runner: clean leaves what an image runs from, until that has stopped" {
	export MKBENCH_STORE=$BATS_TEST_TMPDIR/store
	start "$oci" --engine own
	mkbench 0 clean --all
	mkbench 0 run --exec "$name" /hello env GREETING
	[ "$output" = hi ]
	mkbench 0 run --stop "$name"
	mkbench 0 clean --all
	[ -z "$(ls "$MKBENCH_STORE/trees")" ]
}

@test "own runner: layers are laid over one another, and what a container changes ends with it" {
	start "$oci" --engine own
	mkbench 0 run --exec "$name" cat /gone/b
	mkbench 1 run --exec "$name" cat /gone/a
	mkbench 1 run --exec "$name" cat /d/old
	mkbench 0 run --exec "$name" cat /etc/fő
	root=$(echo "$MKBENCH_STORE"/trees/*)
	[ -n "$(find "$root" -name packed -perm 4755 -user 1000)" ]
	[ -n "$(find "$root" -name pipe -type p)" ]
	[ "$(find "$root" -name hello -links 4 | wc -l)" = 1 ]
	[ -z "$(find "$root" -name '.wh.*')" ]
}

@test "own runner: the port carries long streams both ways, and many at once" {
	start "$oci" --engine own
	head -c 3000000 /dev/zero >stream
	python3 - "${url##*:}" stream <<-'END'
		import socket, sys, threading
		data = open(sys.argv[2], "rb").read()
		def talk(results, i):
		    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
		    s.sendall(data)
		    s.shutdown(socket.SHUT_WR)
		    got = b""
		    while part := s.recv(65536):
		        got += part
		    results[i] = got.split(b"\n", 1)[0] == b"3000000 bytes" and len(got.split(b"\n", 1)[1]) == 40 * 65536
		results = [False] * 20
		threads = [threading.Thread(target=talk, args=(results, i)) for i in range(20)]
		for t in threads: t.start()
		for t in threads: t.join()
		assert all(results), results
	END
	[ "$(curl -s "$url")" = hello ]
}

@test "own runner: a name runs once, a port serves once" {
	start "$oci" --engine own
	mkbench 2 run --name "$name" "$oci" --engine own
	[[ $output == *"runs already"*"--stop $name"* ]]
	mkbench 2 run --name "$name-b" "$oci" --engine own --port "${url##*:}"
	[[ $output == *"port ${url##*:} of 127.0.0.1 is taken"* ]]
	mkbench 0 run --name "$name-b" "$oci" --engine own --detach
	[[ $output != *":${url##*:}"* ]]
	mkbench 0 run --clean "$name-b"
}

@test "own runner: a failing start ends with its last words, a failing step with its name" {
	mkbench 5 run --name "$name" "$oci" --engine own --env FAIL=1
	[[ $output == *"$name ended before it was ready"*"| the appliance fails at once"*"'mkbench run --clean $name' removes"* ]]
	mkbench 5 run --name "$name" "$oci" --engine own --env FAIL_STEP=1
	[[ $output == *"provisioning failed at the step 'site one'"*"| a first line"* ]]
	[ "$(cat "$XDG_DATA_HOME/mkbench/$name/data/stopped")" = "in order" ]
}

@test "own runner: Ctrl-C stops in order; so does mkbench's sudden death; --data keeps the data" {
	attended own INT
	wait $pid
	[ "$(cat data/stopped)" = "in order" ]
	grep -q 'stop: in order' err
	rm data/stopped
	attended own KILL
	until_true 300 test -e data/stopped
	until_true 300 mkbench 0 run --clean "$name"
	[ "$(cat data/starts)" = $'start\nstart' ]
}

# held WORDS...: mkbench, by what it says a start that does not become ready; leaves $pid.
held() {
	rm -rf data
	mkdir data
	touch data/hold
	env --default-signal=INT "$MKBENCH" "$@" >said 2>err 3>&- &
	pid=$!
	by=$pid until_true 300 grep -q 'first process' err
}

@test "own runner: a wait for readiness can be interrupted, and is no success" {
	for words in "TERM 143" "INT 130" "INT 130 --detach"; do
		read -r signal want more <<<"$words"
		held run --name "$name" "$oci" --engine own --data data $more
		by=$pid until_true 300 test -e data/starts
		strike "$signal" "$want"
		[ "$(cat data/stopped)" = "in order" ]
		[ ! -s said ]
	done
	appliance_of -DHOLDS
	env --default-signal=INT "$MKBENCH" verify out/mkbench-sample-1.0.oci --engine own >said 2>err 3>&- &
	pid=$!
	by=$pid until_true 300 grep -q 'first process' err
	strike INT 130
	run ! ls -d "$XDG_DATA_HOME"/mkbench/mkbench-verify*
}

@test "own runner: what it waits for is said, also where there is no bar" {
	for style in plain json; do
		"$MKBENCH" run --name "$name" "$oci" --engine own --env NEVER_READY=1 --progress $style >out 2>err 3>&- &
		pid=$!
		by=$pid until_true 300 grep -E '^the database starts|"note".*the database starts' err
		kill -TERM $pid
		wait $pid || true
	done
}

@test "own runner: nothing that an image says commands the terminal" {
	hostile=$'\033[2J\xc2\x9b\xe9'
	mkbench 5 run --name "$name" "$oci" --engine own --env FAIL_STEP=1 --env 'STEP=site \u001b[2J' --env LOG="said $hostile"
	[[ $output == *"at the step 'site ?[2J'"*"| said ?[2J???"* ]]
	[[ $output != *$'\033'* ]]
	for style in plain json bar; do
		"$MKBENCH" run --name "$name" "$oci" --engine own --env NEVER_READY=1 --env HEALTH="waits $hostile" --progress $style >out 2>err 3>&- &
		pid=$!
		by=$pid until_true 300 grep -aF 'waits ?[2J???' err
		kill -TERM $pid
		wait $pid || true
		run ! grep -aF "$hostile" err
	done
}

@test "own runner: a layout that others have copied, signed or put into an index runs, whatever is beside the image" {
	add() { # TYPE FILE: a blob of the layout; prints its descriptor
		local sum
		sum=$(sha256sum <"$2" | cut -d' ' -f1)
		cp "$2" "other.oci/blobs/sha256/$sum"
		jq -nc --arg type "application/vnd.oci.image.$1.v1+json" --arg sum "sha256:$sum" --argjson size "$(stat -c %s "$2")" '{mediaType: $type, digest: $sum, size: $size}'
	}
	cp -r "$oci" other.oci
	image=$(jq -c '.manifests[0] | del(.annotations, .platform)' other.oci/index.json) # as skopeo copies it: without a name, or by its tag alone
	jq -nc --argjson subject "$image" '{schemaVersion: 2, config: $subject, layers: [], subject: $subject}' >signature
	jq -nc --argjson image "$image" --argjson signature "$(add manifest signature)" '{schemaVersion: 2, manifests: [$signature, $image]}' >other.oci/index.json
	start other.oci --engine own
	mkbench 0 run --clean "$name"
	echo '{"schemaVersion": 2, "layers": []}' >attestation
	jq -nc --argjson image "$image" --argjson attestation "$(add manifest attestation)" '{schemaVersion: 2, manifests: [
		$attestation + {platform: {os: "unknown", architecture: "unknown"}}, $image + {platform: {os: "linux", architecture: "s390x"}},
		$image + {platform: {os: "linux", architecture: "'"$(dpkg --print-architecture)"'"}}]}' >platforms
	jq -nc --argjson index "$(add index platforms)" '{schemaVersion: 2, manifests: [$index + {annotations: {"org.opencontainers.image.ref.name": "7"}}]}' >other.oci/index.json
	start other.oci --engine own
	mkbench 0 run --clean "$name"
	echo '{"schemaVersion": 2, "manifests": []}' >other.oci/index.json
	mkbench 5 run --name "$name" other.oci --engine own
	[[ $output == *"other.oci is damaged: its index names no image" ]]
}

@test "own runner: an image whose layers zstd has packed runs; why one does not start is said, also when it was tried just before" {
	skopeo copy --quiet --insecure-policy --dest-compress-format zstd "oci:$oci:1.0" oci:packed
	[[ $(jq -r '.layers[].mediaType' "packed/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' packed/index.json)") == *tar+zstd* ]]
	start packed --engine own
	[ "$(curl -s "$url")" = hello ]
	mkbench 0 run --clean "$name"
	config=$(jq -nc '{architecture: "amd64", os: "linux", config: {Entrypoint: ["/x"], ExposedPorts: {"8080/tcp": {}}}, rootfs: {type: "layers", diff_ids: []}}')
	put() { printf %s "$1" >"hollow/blobs/sha256/$(printf %s "$1" | sha256sum | cut -d' ' -f1)" && printf %s "$1" | sha256sum | cut -d' ' -f1; }
	mkdir -p hollow/blobs/sha256
	manifest=$(jq -nc --arg sum "sha256:$(put "$config")" --argjson size ${#config} '{schemaVersion: 2, config: {digest: $sum, size: $size}, layers: []}')
	jq -nc --arg sum "sha256:$(put "$manifest")" --argjson size ${#manifest} '{schemaVersion: 2, manifests: [{digest: $sum, size: $size}]}' >hollow/index.json
	for turn in {1..10}; do # nothing is free to be tried again before the one that failed is gone
		mkbench 6 run --name "$name" hollow --engine own
		[[ $output == *"the container does not start: mount /proc: No such file or directory"* ]]
	done
}

@test "a damaged image is refused, and leaves nothing in the store" {
	cp -r "$oci" bad.oci
	blob=$(find bad.oci/blobs -type f -size +100k)
	chmod u+w "$blob"
	printf x | dd of="$blob" bs=1 seek=5000 conv=notrunc status=none
	export MKBENCH_STORE=$PWD/store
	mkbench 5 run --name "$name" bad.oci --engine own
	[ -z "$(ls store/trees 2>/dev/null)" ]
	rm -f "$blob"
	mkbench 5 run --name "$name" bad.oci --engine own
	[[ $output == *"lacks the blob"* ]]
	echo '{' >bad.oci/index.json
	mkbench 5 run --name "$name" bad.oci --engine own
	head -c 100000 "$tar" >short.tar
	mkbench 5 run --name "$name" short.tar --engine own
	[[ $output == *"it ends early, copy it again"* ]]
}

@test "run, verify: sites that are no host names are a damaged image" {
	local sites why
	while read -r sites why; do
		rm -rf out
		appliance_of "-DBENCH=\"{\\\"sites\\\":$sites}\""
		mkbench 5 run --name "$name" out/mkbench-sample-1.0.oci --engine own --detach
		[[ $output == *"out/mkbench-sample-1.0.oci is damaged: $why"* ]]
		[[ $output != *reboot* ]]
		mkbench 0 run --clean "$name"
		mkbench 5 verify out/mkbench-sample-1.0.oci --engine own
		[[ $output == *"FAIL outside "*"out/mkbench-sample-1.0.oci is damaged: $why"* ]]
	done <<-'EOF'
		[{\"name\":\"one.localhost\",\"hosts\":[7]}] bench.json: 'hosts' must be a list of strings
		[{\"name\":\"one;reboot\"}] a site of its bench.json has no host name where one belongs
		[{\"hosts\":[]}] a site of its bench.json has no host name where one belongs
	EOF
}

@test "usage: what run does not take is refused with a hint" {
	mkbench 0 run --help
	[[ $output == *"--exec NAME"* ]]
	mkbench 2 run
	mkbench 2 run "$oci" more
	mkbench 2 run --port 0 "$oci"
	mkbench 2 run --port 70000 "$oci"
	mkbench 2 run --bogus "$oci"
	mkbench 2 run --engine lxc "$oci"
	[[ $output == *"docker, podman or own"* ]]
	mkbench 2 run --name ../x "$oci"
	mkbench 2 run --env MKBENCH_UNSET_VARIABLE "$oci"
	mkbench 2 run --env =x "$oci"
	[[ $output == *"KEY=VALUE or KEY, not '=x'"* ]]
	mkbench 2 run "$oci" --data ""
	touch file
	for data in file new.qcow2; do
		mkbench 2 run "$oci" --data $data
		[[ $output == *"--data $data is no folder"* ]]
	done
	[ ! -e new.qcow2 ]
	mkbench 2 run "$oci" --output .
	mkbench 3 run nothing.yml
	mkbench 2 run "$BATS_TEST_FILENAME"
	[[ $output == *"is no image that mkbench built"* ]]
	mkbench 2 run nothing.oci
	mkbench 2 run --exec "$name"
}

@test "verify: an image without the programs of a bench fails its checks, and nothing of it stays" {
	mkbench 5 verify "$oci" --engine own
	[[ $output == *"ok   ready"* ]]
	[[ $output == *"FAIL inside"* ]]
	[[ $output == *"ok   page      www.example.invalid"* ]]
	[[ $output == *"FAIL stop "*"without reporting an ordered stop"* ]]
	[[ $output == *"2 of 6 checks failed"* ]]
	[ -z "$(ls "$XDG_DATA_HOME/mkbench")" ]
	run --separate-stderr -5 "$MKBENCH" verify "$tar" --engine own --json --progress quiet
	[ "$(jq -c '[.format, .engine, .ok, .failed, [.checks[] | select(.ok | not).check]]' <<<"$output")" = \
		'[1,"own",false,2,["inside","stop"]]' ]
	[ -z "$(ls "$XDG_DATA_HOME/mkbench")" ]
}

@test "verify: an image that runs and is not ready is looked at all the same" {
	appliance_of -DFAILS
	mkbench 5 verify out/mkbench-sample-1.0.oci --engine own
	[[ $output == *"FAIL ready "*"failed at the step 'site one'"* ]]
	[[ $output == *"FAIL inside"* ]]
	[[ $output == *"ok   page      one.localhost"* ]]
	[ -z "$(ls "$XDG_DATA_HOME/mkbench")" ]
}

@test "verify: nothing that a report says commands the terminal" {
	appliance_of '-DREPORT="{\"checks\": [{\"check\": \"\\u001b[2J\", \"of\": \"caf\\u00e9\", \"ok\": true, \"says\": \"\\u009b\"}]}"'
	mkbench 5 verify out/mkbench-sample-1.0.oci --engine own
	[[ $output == *"ok   ?[2J      café "*" ??"* ]]
	[[ $output != *$'\033'* ]]
}

@test "usage: what verify does not take is refused" {
	mkbench 0 verify --help
	[[ $output == *"--json"* ]]
	mkbench 2 verify
	mkbench 2 verify "$oci" more
	mkbench 2 verify --name x "$oci"
	mkbench 2 verify nothing.oci
	for words in "--engine own" "--output ." "--progress plain" "--memory 1G"; do
		mkbench 2 verify --reproducible $words some.yml
		[[ $output == *"${words% *} cannot be used with --reproducible, which starts no image" ]]
	done
	[ -z "$(ls "$XDG_DATA_HOME/mkbench" 2>/dev/null)" ]
}
