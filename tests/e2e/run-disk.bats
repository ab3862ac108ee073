#!/usr/bin/env bats
# mkbench run and verify: what the options of a disk take and refuse, before anything is started.
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
