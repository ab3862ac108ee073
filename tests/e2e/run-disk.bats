#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# mkbench run and verify of a disk: what is refused before anything is started, and a machine that nothing starts in.
bats_require_minimum_version 1.5.0
load helpers
load appliance

@test "a disk's --data is not a file of something else" {
	truncate -s 1M demo-1.0.raw
	echo precious >notes
	mkbench 2 run --name "$name" demo-1.0.raw --data notes
	[[ $output == *"--data notes is no disk"* ]]
	[[ $output != *--clean* ]]
	[ "$(cat notes)" = precious ]
	mkbench 2 run --name "$name" demo-1.0.raw --data /dev/null
	mkdir bin
	printf '#!/bin/sh\necho qemu-img: no room\nexit 1\n' >bin/qemu-img
	chmod +x bin/qemu-img
	PATH=$PWD/bin:$PATH mkbench 6 run --name "$name" demo-1.0.raw --data new.raw
	[[ $output == *"make new.raw: qemu-img: no room"* ]]
	mkbench 2 run --name "$name" demo-1.0.raw --data ""
	[ ! -e "$XDG_DATA_HOME/mkbench/$name" ]
}

begun() { qemu=$(cat "$XDG_DATA_HOME"/mkbench/*/qemu.pid) && [[ -n $qemu ]]; }
locked() { grep -q ":$(stat -c %i "$1") " /proc/locks; }

# disk_of FILE: a disk with a partition table of 2048 sectors, and nothing on it that starts.
disk_of() {
	truncate -s 1M "$1"
	printf 'EFI PART' | dd of="$1" bs=1 seek=512 conv=notrunc status=none
	printf '\xff\x07' | dd of="$1" bs=1 seek=544 conv=notrunc status=none
}

@test "what is no disk of ours, or not all of it, is refused before a machine starts, and leaves nothing" {
	command -v qemu-img >/dev/null || skip "qemu-img is not installed"
	disk_of whole.raw
	head -c 1000K whole.raw >cut.raw
	truncate -s 1M empty.raw
	touch nothing.raw
	cp /etc/passwd text.qcow2
	qemu-img create -q -f qcow2 -b gone.raw -F raw -u alone.qcow2 1M
	qemu-img convert -O qcow2 whole.raw full.qcow2
	head -c 300000 full.qcow2 >cut.qcow2
	cp /etc/passwd text.vmdk
	qemu-img convert -O vmdk -o subformat=streamOptimized whole.raw full.vmdk
	head -c 1000 full.vmdk >cut.vmdk
	while read -r file why; do
		mkbench 2 run --name "$name" $file
		[[ $output == *"$file: $why"* ]]
		[[ $output != *--clean* ]]
		mkbench 2 run --name "$name" $file --data data
	done <<-END
		cut.raw the disk image ends early
		empty.raw this is no disk that mkbench built
		nothing.raw this is no disk that mkbench built
		text.qcow2 this is no qcow2
		alone.qcow2 the disk image is damaged, or was not copied whole: Could not open
		cut.qcow2 the disk image is damaged, or was not copied whole: ERROR
		text.vmdk this is no vmdk
		cut.vmdk the disk image is damaged, or was not copied whole: Could not open
	END
	mv whole.raw whole.img
	mkbench 2 run whole.img
	[[ $output == *"a .tar, or a disk)"* ]]
	[ -z "$(ls "$XDG_DATA_HOME/mkbench")" ]
}

@test "a disk that does not come up: Ctrl-C switches it off" {
	command -v qemu-system-x86_64 >/dev/null || skip "qemu-system-x86_64 is not installed"
	disk_of whole.raw
	for words in "run --name $name" "run --name $name --detach" verify; do
		# shellcheck disable=SC2086 # words
		env --default-signal=INT "$MKBENCH" $words --accel tcg whole.raw >said 2>err 3>&- &
		pid=$!
		by=$pid until_true 300 begun
		strike INT 130
		gone "$qemu"
		[ "$words" != verify ] || [ ! -e "$XDG_DATA_HOME"/mkbench/mkbench-verify* ]
	done
	qemu-img create -q -f qcow2 data.qcow2 1M
	qemu-io -c 'sleep 300000' data.qcow2 3>&- &
	pid=$!
	by=$pid until_true 300 locked data.qcow2
	mkbench 6 run --name "$name" --accel tcg whole.raw --data data.qcow2
	kill $pid
	[[ $output == *"data.qcow2: Failed to get \"write\" lock: another machine uses it"* ]]
}

@test "a disk without space for its data is reported as paused, and not waited for" {
	command -v qemu-system-x86_64 >/dev/null || skip "qemu-system-x86_64 is not installed"
	disk_of whole.raw
	# its first sector writes one sector to each head's first track, round and round
	printf '\x31\xc0\x8e\xc0\xbb\x00\x7c\xba\x80\x00\xb8\x01\x03\xb9\x04\x00\xcd\x13\xfe\xc6\x80\xe6\x0f\xeb\xf1' |
		dd of=whole.raw conv=notrunc status=none
	printf '\x55\xaa' | dd of=whole.raw bs=1 seek=510 conv=notrunc status=none
	printf '#!/bin/sh\nmount -t tmpfs -o size=300K tmpfs %s && exec %s "$@"\n' "$XDG_DATA_HOME" "$MKBENCH" >cramped
	chmod +x cramped
	mkdir "$XDG_DATA_HOME"
	run -6 unshare --mount ./cramped run --name "$name" --accel tcg whole.raw
	[[ $output == *"$name is paused: there is no space for its data (in $XDG_DATA_HOME/mkbench/$name/disk"* ]]
}

@test "usage: a disk's options are for disks, and take what a disk can have" {
	mkbench 2 verify "$oci" --accel tcg
	[[ $output == *"--accel is for disks"* ]]
	mkbench 2 verify "$oci" --firmware uefi
	[[ $output == *"--firmware is for disks"* ]]
	touch demo-1.0.raw
	mkbench 2 verify demo-1.0.raw --engine own
	mkbench 2 verify demo-1.0.raw --accel xen
	mkbench 2 verify "$oci" --cpus 2
	for bad in 0 -1 1.5G 2T 100M 4GB G 99999999999G; do
		mkbench 2 run --memory="$bad" demo-1.0.raw
		[[ $output == *"--memory takes a size from 512M, such as 4G, not '$bad'"* ]]
	done
	for bad in 0 -1 256 2x 99999999999999999999; do
		mkbench 2 run --cpus="$bad" demo-1.0.raw
		[[ $output == *"--cpus takes a number from 1 to 255, not '$bad'"* ]]
	done
	mkbench 2 verify demo-1.0.raw --firmware coreboot
	[[ $output == *"--firmware takes bios or uefi, not 'coreboot'"* ]]
	[ -z "$(ls "$XDG_DATA_HOME/mkbench" 2>/dev/null)" ]
}
