#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a process may do: in a container of our own runner, in a build step, and in a container of Docker's for the same image.
bats_require_minimum_version 1.5.0
load helpers
load appliance
load ../boot/docker

# probes: the program, in the folder that the container has as its volume.
probes() {
	mkdir data
	cc -O1 -static -o data/probe "$BATS_TEST_DIRNAME"/probe*.c
}

# allowed FILE: what it may, a probe a line.
allowed() {
	grep -c ' no$' "$1" >/dev/null # it came to an end, and found something closed
	sed -n 's/ yes$//p' "$1" | LC_ALL=C sort
}

# listed PLACE: what sandbox.txt says of it.
listed() {
	sed -n "s/^\\([a-z,]*,\\)\\?$1\\(,[a-z,]*\\)\\?: *\\([^#]*[^# ]\\) *\\(#.*\\)\\?\$/\\3/p" "$BATS_TEST_DIRNAME/sandbox.txt" | LC_ALL=C sort
}

@test "own runner: a process may do what sandbox.txt lists and explains, and nothing else" {
	probes
	start "$oci" --engine own --data data
	for user in 0 1000; do
		mkbench 0 run --exec "$name" /data/probe inside $user >found
		diff <(listed "$([ $user = 0 ] && echo root || echo user)") <(allowed found)
	done
}

@test "build step: the same list holds, as root and as the bench's user" {
	probes
	for user in 0 1000; do
		"$(dirname "$MKBENCH")/t/sandbox" $user "$PWD/data/probe" >found
		diff <(listed "step$([ $user = 0 ] && echo root || echo user)") <(allowed found)
	done
}

@test "docker: nothing is open in a container of ours, or in a step, that is closed in Docker's" {
	local lacks
	lacks=$(docker_lacks)
	[ -z "$lacks" ] || skip "$lacks"
	export BOOT=$BATS_TEST_TMPDIR NET=mkbench-probe-$$
	probes
	docker_up
	docker load -i "$tar"
	docker run -d --name "$name" -v "$PWD/data:/data" mkbench-sample:1.0
	for user in 0 1000; do
		docker exec "$name" /data/probe inside $user >found
		allowed found >docker.$user
		for place in "" step; do
			more=$(comm -13 docker.$user <(listed "$place$([ $user = 0 ] && echo root || echo user)") |
				grep -vxFf <(listed more) || true)
			[ -z "$more" ] || { echo "open here and closed in Docker: $more"; false; }
		done
	done
}

# without CALL ERROR: what a step says where that system call is refused.
without() {
	run -1 strace -f -qq -o /dev/null -e trace="$1" -e inject="$1:error=$2" "$(dirname "$MKBENCH")/t/sandbox" 0 "$PWD/data/probe"
	echo "$output"
}

@test "build step: what is refused in a container without rights says what to do" {
	probes
	without pivot_root EPERM
	[[ $output == *"pivot_root: Operation not permitted: "*"in a container, start that with --privileged"*"AppArmor"* ]]
	without ioctl EACCES
	[[ $output == *"raise the loopback interface: Permission denied: "*"--privileged"* ]]
	without mount_setattr ENOSYS
	[[ $output == *"Function not implemented: "*"Linux 5.12"* ]]
	run -1 setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin "$(dirname "$MKBENCH")/t/sandbox" 0 "$PWD/data/probe"
	[[ $output == *"Operation not permitted: "*"--privileged"* ]]
}

@test "build step: where the kernel refuses a new /proc, it says so, and nobody sees the machine's" {
	probes
	run -1 unshare --mount sh -c 'mount -t tmpfs none /proc/fs && exec unshare --user --map-root-user --mount "$1" 0 "$2"' sh \
		"$(dirname "$MKBENCH")/t/sandbox" "$PWD/data/probe"
	echo "$output"
	[[ $output == *"mount /proc: this system keeps ordinary users from a new one"*"run mkbench as root"* ]]
}

@test "own runner: a container ends with its keeper, and what a program inside prints to a pipe it can open again" {
	start "$oci" --engine own
	read -r first keeper <"$XDG_DATA_HOME/mkbench/$name/pids"
	echo words | "$MKBENCH" run --exec "$name" cat /dev/stdin | grep -x words
	kill -9 "$keeper"
	until_true 300 gone "$first"
}

@test "own runner: without id-mapped mounts it says that root inside is this machine's root" {
	[[ $(id -u) = 0 ]] || skip "an ordinary user's container has his own range"
	command -v bindfs >/dev/null && [[ -e /dev/fuse ]] || skip "needs bindfs and /dev/fuse"
	mkdir plain kept data
	start "$oci" --engine own --data plain
	[[ $output != *"this machine's root"* ]]
	mkbench 0 run --clean "$name"
	bindfs kept data
	start "$oci" --engine own --data data
	said=$output
	mkbench 0 run --clean "$name"
	umount data
	[[ $said == *"root inside is this machine's root, "* ]]
}

@test "build: without id-mapped mounts it says that a step's root is this machine's root" {
	cp -r "$BATS_TEST_DIRNAME/../../recipes/demo" .
	sed 's|^base:|&\n  mirrors: [http://127.0.0.1:9]|' "$BATS_TEST_DIRNAME/../../recipes/demo.yml" >demo.yml
	run -4 setarch "$(uname -m)" --uname-2.6 "$MKBENCH" build demo.yml
	[[ $output == *"a build step's root is this machine's root, "* ]]
	run -4 "$MKBENCH" build demo.yml
	[[ $output != *"this machine's root"* ]]
}
