#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Whole builds of Debian with next to nothing above it: interrupted, by an ordinary user, and on a disk that fills up.
bats_require_minimum_version 1.5.0
load ../until

setup_file() {
	MKBENCH=$(readlink -f "${MKBENCH:-build/mkbench}")
	export MKBENCH LAB=$BATS_FILE_TMPDIR MKBENCH_STORE=$BATS_FILE_TMPDIR/store
	mkdir -p "$LAB/app/app"
	touch "$LAB/app/app/__init__.py"
	cat >"$LAB/bare.yml" <<-'END'
		title: nothing but Debian
		services: [bench, supervisor]
		variables: { wsgi: none, frappe_pages: "" }
		commands: { shell: [/bin/true] }
		app_steps:
		  - { name: make, argv: [sh, -c, "echo waiting; sleep 1; echo made > made"], directory: "{{bench}}/apps/{{app}}" }
		probe_path: /
		admin_user: nobody
		memory_per_worker: 64M
	END
	cat >"$LAB/small.yml" <<-'END'
		name: small
		base: { suite: bookworm }
		framework: ./bare.yml
		apps: [{ name: app, path: ./app }]
		sites: [{ name: one.localhost }]
	END
	cd "$LAB"
	timeout 600 "$MKBENCH" build --progress=plain -o out small.yml >build.log 2>&1 || { cat build.log >&2; return 1; }
	sed -n '/^tree\|^oci\|^docker/p' build.log >digests
	[[ $(wc -l <digests) = 3 ]]
}

setup() {
	cd "$LAB"
}

teardown() {
	[[ -z ${server:-} ]] || kill "$server" 2>/dev/null || true
	[[ -z ${room:-} ]] || rm -rf "$room"
}

# interrupted STAGE SECONDS [0]: Ctrl-C for the whole foreground that many seconds after a stage has begun. It is in time, unless the stage
# is so short that the build may end with 0 before.
interrupted() {
	local leader line
	ended=0
	rm -f "$BATS_TEST_TMPDIR/$1"
	mkfifo "$BATS_TEST_TMPDIR/$1"
	setsid sh -c 'echo $$; exec timeout --foreground 600 "$@"' sh "$MKBENCH" build --progress=json -o "$BATS_TEST_TMPDIR/out" small.yml \
		>"$BATS_TEST_TMPDIR/$1" 2>&1 3>&- &
	local child=$!
	exec 7<"$BATS_TEST_TMPDIR/$1"
	read -r leader <&7
	while read -r line <&7; do
		[[ $line != *'"begin","stage":"'$1'"'* ]] || { sleep "$2"; kill -INT -- "-$leader" || [[ -n ${3:-} ]]; break; }
	done
	cat <&7
	exec 7<&-
	wait $child || ended=$?
	echo "$1: $ended"
	[[ $ended = 130 || $ended = "${3:-130}" ]]
	[[ -z $(pgrep -s "$leader") ]]
	run -1 grep "$MKBENCH_STORE" /proc/self/mountinfo
}

# What a build has left beside results: the store's locks are empty files.
nothing_left() { # OUT
	[[ -z $(find "$MKBENCH_STORE/tmp" -mindepth 1 -not -size 0) ]]
	[[ -z $(find "$1" -name '*.part*' -o -name '.*.new') ]]
}

@test "for programs: one line of JSON says what was built and where, every other line is an event; quiet says nothing" {
	timeout 600 "$MKBENCH" build --progress=json -o "$BATS_TEST_TMPDIR/out" small.yml >"$BATS_TEST_TMPDIR/result" 2>"$BATS_TEST_TMPDIR/events"
	jq -se 'length > 1 and all(.event | IN("begin", "progress", "end", "note"))' "$BATS_TEST_TMPDIR/events" >/dev/null
	[[ $(wc -l <"$BATS_TEST_TMPDIR/result") = 1 ]]
	result() { jq -r "$1" "$BATS_TEST_TMPDIR/result"; }
	[[ $(result '[.event, .name, .outputs[].output] | join(" ")') = "result small oci docker" ]]
	[[ $(result .tree) = sha256:$(sed -n 's/^tree .*sha256://p' digests) ]]
	[[ $(result '.outputs[0].digest') = $(jq -r '.manifests[0].digest' "$BATS_TEST_TMPDIR/out/small-latest.oci/index.json") ]]
	[[ $(result '.outputs[1].digest') = sha256:$(sed -n 's/^docker.*sha256://p' digests) ]]
	[[ $(result '.outputs[1].path') = "$BATS_TEST_TMPDIR/out/small-latest.tar" ]]
	[[ $(result '.outputs[1].size_bytes') = $(stat -c %s "$BATS_TEST_TMPDIR/out/small-latest.tar") ]]
	[[ $(result '[.layers[].digest] | join(" ")') = $(jq -r '[.layers[].digest] | join(" ")' \
		"$BATS_TEST_TMPDIR/out/small-latest.oci/blobs/sha256/$(result '.outputs[0].digest[7:]')") ]]
	# What fails is an event, too.
	sed 's/^name: .*/name: A B/' small.yml >wrong.yml
	run -3 --separate-stderr "$MKBENCH" build --progress=json wrong.yml
	jq -se 'length == 2 and .[0].event == "problem" and .[0].file == "wrong.yml" and .[0].line > 0 and .[1].event == "error" and .[1].status == 3' <<<"$stderr"
	run -0 --separate-stderr "$MKBENCH" lock --progress=json small.yml
	jq -e '.event == "result" and .packages > 10 and .moved == []' <<<"$output"
	run -6 --separate-stderr "$MKBENCH" store export --progress=json small.yml -o /dev/full
	jq -se 'last | .event == "error" and .status == 6' <<<"$stderr"
	timeout 600 "$MKBENCH" build --progress=quiet -o "$BATS_TEST_TMPDIR/out" small.yml >"$BATS_TEST_TMPDIR/quiet" 2>&1
	[[ ! -s $BATS_TEST_TMPDIR/quiet ]]
}

@test "Ctrl-C in any stage leaves nothing under a final name, and nothing at all after the next build" {
	export MKBENCH_STORE=$BATS_TEST_TMPDIR/store
	for stage in packages unpack configure apps; do
		interrupted $stage 0.2
		[[ ! -e $BATS_TEST_TMPDIR/out ]]
	done
	for try in {1..30}; do
		rm -rf "$BATS_TEST_TMPDIR/out"
		interrupted outputs 0 0
		[[ $ended = 0 ]] || break
	done
	[[ $ended = 130 ]]
	# An output that has its final name is whole.
	for name in "$BATS_TEST_TMPDIR"/out/*; do
		[[ $name == *.part || ! -e $name ]] || diff -r "$name" "out/${name##*/}"
	done
	timeout 600 "$MKBENCH" build --progress=plain -o "$BATS_TEST_TMPDIR/out" small.yml >"$BATS_TEST_TMPDIR/log" 2>&1
	nothing_left "$BATS_TEST_TMPDIR/out"
	diff -r out "$BATS_TEST_TMPDIR/out"
}

@test "an ordinary user with a range of ids builds the same bytes as root" {
	[[ $(id -u) = 0 ]] || skip "compares with root's build: run it as root"
	local uid=61234 space=$BATS_TEST_TMPDIR/space
	# The user exists in a mount namespace alone, and so does the folder that he may reach.
	mkdir -p "$space"/{bin,share/mkbench,etc,home,lab}
	cp "$MKBENCH" "$space/bin/mkbench"
	cp -r "$BATS_TEST_DIRNAME"/../../{services,rootfs} "$space/share/mkbench"
	cp "$(dirname "$MKBENCH")"/guest/{guest,libraries.json} "$space/share/mkbench"
	cp -r app bare.yml small.yml small.lock "$space/lab"
	mkdir "$space/home/store"
	cp -r "$MKBENCH_STORE"/{blobs,refs} "$space/home/store" # what was downloaded and packed; nothing that was unpacked
	rm -rf "$space"/home/store/refs/{poured,build,layer,tree}*
	chown -R $uid:$uid "$space"/{home,lab}
	for file in passwd group; do cp /etc/$file "$space/etc/$file"; done
	echo "mkbench-test:x:$uid:$uid::/mnt/home:/bin/sh" >>"$space/etc/passwd"
	echo "mkbench-test:x:$uid:" >>"$space/etc/group"
	echo "mkbench-test:2000000000:65536" | tee "$space/etc/subuid" >"$space/etc/subgid"
	touch /etc/subuid /etc/subgid
	unshare --mount bash -euc '
		for file in passwd group subuid subgid; do mount --bind "$1/etc/$file" /etc/$file; done
		mount --bind "$1" /mnt
		cd /mnt/lab
		exec env -i PATH="$PATH" HOME=/mnt/home MKBENCH_STORE=/mnt/home/store setpriv --reuid='$uid' --regid='$uid' --clear-groups \
			/mnt/bin/mkbench build --progress=plain -o out small.yml' bash "$space" >"$BATS_TEST_TMPDIR/log" 2>&1 || { cat "$BATS_TEST_TMPDIR/log"; false; }
	cat "$BATS_TEST_TMPDIR/log"
	grep -q "^configure: .* packages" "$BATS_TEST_TMPDIR/log" # done, not found
	diff digests <(sed -n '/^tree\|^oci\|^docker/p' "$BATS_TEST_TMPDIR/log")
	[[ $(stat -c %u "$space/lab/out/small-latest.tar") = "$uid" ]]
}

# on_small_disk SIZE WHAT: a build with its store, or its output, on a file system of that size of its own.
on_small_disk() {
	local disk=$BATS_TEST_TMPDIR/disk log=$BATS_TEST_TMPDIR/log store=$MKBENCH_STORE out=$BATS_TEST_TMPDIR/out
	mkdir -p "$disk"
	[[ $2 = output ]] && out=$disk || store=$disk
	run -6 unshare --mount bash -c '
		mount -t tmpfs -o size="$1" tmpfs "$2"
		MKBENCH_STORE=$3 timeout 600 "$MKBENCH" build --progress=plain -o "$4" small.yml >"$5" 2>&1; status=$?
		ls -A "$4" >"$5.names" 2>/dev/null
		find "$3/tmp" -mindepth 1 -not -size 0 >"$5.work"
		exit $status' bash "$1" "$disk" "$store" "$out" "$log"
	echo "$1 $2:"
	cat "$log" "$log.names" "$log.work"
	[[ ! -s $log.work ]]
	run -1 grep part "$log.names"
	[[ $(grep -c '^mkbench: ' "$log") = 1 ]]
	said=$(grep '^mkbench: ' "$log")
}

@test "a disk that fills up is said in one line, and nothing half-made stays" {
	[[ $(id -u) = 0 ]] || skip "mounts a small file system: needs root"
	for size in 12m 100m; do # while packages come, while they are unpacked
		on_small_disk $size store
		[[ $said == *"the store's disk is full"*"MKBENCH_STORE"* && ! -s $BATS_TEST_TMPDIR/log.names ]]
	done
	on_small_disk 20m output
	[[ $said == *"$BATS_TEST_TMPDIR/disk"*"No space left on device" && ! -s $BATS_TEST_TMPDIR/log.names ]]
	on_small_disk $(($(du -sm "$LAB/out/small-latest.oci" | cut -f1) * 3 / 2))m output # enough for the first of the two
	[[ $(cat "$BATS_TEST_TMPDIR/log.names") = small-latest.oci ]]
}

@test "store: what was exported builds the same bytes elsewhere, without a network, and a changed app too" {
	run -0 timeout 600 "$MKBENCH" store export --progress=plain small.lock -o "$BATS_TEST_TMPDIR/store.tar"
	export MKBENCH_STORE=$BATS_TEST_TMPDIR/other
	run -0 "$MKBENCH" store import "$BATS_TEST_TMPDIR/store.tar"
	[[ $output == *"files are in the store $MKBENCH_STORE" ]]
	run -0 timeout 600 unshare -n "$MKBENCH" build --progress=plain -o "$BATS_TEST_TMPDIR/out" small.yml
	sed -n '/^tree\|^oci\|^docker/p' <<<"$output" | diff - digests
	cp -r app small.yml small.lock bare.yml "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	echo changed >app/app/__init__.py
	run -0 timeout 600 unshare -n "$MKBENCH" build --progress=plain -o changed small.yml
}

@test "outputs that name a registry: it gets the image last; one that refuses leaves the files, and --no-push asks none" {
	mkdir state
	"$BATS_TEST_DIRNAME/../registry/serve" state 3>&- &
	server=$!
	by=$server until_true 300 test -e state/port
	at=127.0.0.1:$(<state/port)
	cp -r app small.yml small.lock bare.yml "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	echo "outputs: [docker, $at/team/small, oci, $at/other:7]" >>small.yml
	run -0 "$MKBENCH" plan --progress=quiet small.yml
	[[ $output == *"push to   $at/team/small:latest"$'\n'*"push to   $at/other:7"$'\n'* ]]
	run -0 timeout 600 "$MKBENCH" build --no-push --progress=plain -o out small.yml
	[[ $output != *Pushed* && ! -s $LAB/state/log ]]
	run -0 --separate-stderr timeout 600 "$MKBENCH" build --progress=json -o out small.yml
	jq -e --arg at "$at" '[.outputs[].output] == ["docker", "oci"] and [.pushed[].reference] == [$at + "/team/small:latest", $at + "/other:7"] and
		.pushed[0].digest == .pushed[1].digest and .outputs[1].digest == .pushed[0].digest' <<<"$output"
	[ "$(skopeo inspect --tls-verify=false "docker://$at/other:7" | jq -r .Digest)" = "$(jq -r .manifests[0].digest out/small-latest.oci/index.json)" ]
	run -0 timeout 600 "$MKBENCH" build --progress=plain -o out small.yml
	[[ $output == *$'\nPushed\n'"$at/team/small:latest@sha256:"*" unchanged"$'\n'"$at/other:7@"*" unchanged" ]]
	echo '* team 9 status=403' >"$LAB/state/faults"
	run -4 --separate-stderr timeout 600 "$MKBENCH" build --progress=json -o again small.yml
	echo "$stderr"
	jq -e '.pushed == [] and (.outputs | length) == 2' <<<"$output"
	[[ -s again/small-latest.tar && $stderr == *'"text":"the build succeeded'", the push to $at/team/small failed (retry: 'mkbench push "*"/again/small-latest.tar $at/team/small'): "* ]]
}

# What people meet: a word each of a step that would make two builds differ, each in a file of its own.
hostile=(
	'date +%Y' 'date +%s' 'date +%G-W%V' 'date -Iseconds' nproc 'cat /proc/sys/kernel/random/uuid' 'cat /proc/uptime' 'mktemp -u'
	'stat -c %Y made' 'od -N 8 /dev/urandom'
)

@test "verify --reproducible: the same bytes under other circumstances; ten ways to take in something of the machine or the day are found" {
	cp -r app small.yml small.lock bare.yml "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	run -0 --separate-stderr timeout 900 "$MKBENCH" verify --reproducible --json small.yml
	jq -e '.ok and ([.outputs[].output] == ["oci", "docker"]) and .first_difference == null and (.varied | contains(["date", "time zone", "store"]))' <<<"$output"
	[[ $(id -u) != 0 ]] || jq -e '.kept == []' <<<"$output"
	steps='echo made > made' paths=()
	for i in "${!hostile[@]}"; do
		steps+="; ${hostile[i]} >hostile-$i"
		paths+=("/home/frappe/frappe-bench/apps/app/hostile-$i")
	done
	sed -i "s|echo made > made|$steps|" bare.yml
	run -5 --separate-stderr timeout 900 "$MKBENCH" verify --reproducible --json small.yml
	printf '%s\n' "$output" "${hostile[@]}"
	jq -e --arg now "$(date +%Y)" --arg later "$(date -d '400 days' +%Y)" '(.ok | not) and (.outputs | all(.same | not)) and .layers == ["apps"] and
		.first_difference.at == {where: "line 1", first: $now, second: $later}' <<<"$output"
	diff <(printf '%s\n' "${paths[@]}") <(jq -r '.first_difference | .path, .also[]' <<<"$output" | grep -v '/made$')
}

@test "verify --reproducible: interrupted in either build it leaves nothing, and says why one fails" {
	cp -r app small.yml small.lock bare.yml "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	room=$(mktemp -d) # which another user reaches, as he does not what bats has
	chmod 755 "$room"
	for sign in out store; do # what the first build has, what the second
		TMPDIR=$room "$MKBENCH" verify --reproducible small.yml >said 2>&1 3>&- &
		pid=$! status=0
		by=$pid until_true 300 eval "compgen -G '$room/*/$sign/*' >/dev/null"
		kill -INT $pid
		wait $pid || status=$?
		cat said
		[[ $status == 130 && $(tail -n 1 said) == "mkbench: interrupted" ]]
		[[ -z $(ls "$room") ]]
		run ! pgrep -f "$room"
	done
	[[ $(id -u) == 0 ]] || skip "a small file system is mounted by root"
	run -6 unshare --mount bash -c 'mount -t tmpfs -o size=64k none "$1" && TMPDIR=$1 "$2" "${@:3}"' bash "$room" "$MKBENCH" verify --reproducible small.yml
	[[ $output == "mkbench: the build into "*"/out: write "*": No space left on device" ]]
}
