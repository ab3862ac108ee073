#!/usr/bin/env bats
# The demo recipe as a disk: written, judged by the tools of others, booted by both firmwares under emulation, reset,
# switched off, moved to a larger disk. One virtual machine at a time; each wait has a bound and shows the console.
bats_require_minimum_version 1.5.0

port=29780

# Why nothing here can run, or nothing.
lacks() {
	local tool
	[[ -n ${MKBENCH_BOOT_DISK:-} ]] || { echo "many boots under emulation take a quarter of an hour: MKBENCH_BOOT_DISK=1 make test"; return; }
	for tool in qemu-system-x86_64 qemu-img sfdisk fsck.vfat fsck.erofs e2fsck curl mcopy jq zstd; do
		command -v "$tool" >/dev/null || { echo "$tool is not installed"; return; }
	done
	[[ -r /usr/share/OVMF/OVMF_CODE.fd ]] || echo "ovmf is not installed"
}

setup_file() {
	LACKS=$(lacks)
	export LACKS
	[[ -z $LACKS ]] || return 0
	export BOOT=$BATS_FILE_TMPDIR MKBENCH=${MKBENCH:-build/mkbench}
	cp -r recipes/demo "$BOOT"
	sed 's/^outputs: .*/outputs: [oci, raw, qcow2, raw.zst]\ndisk: { size: 4G }/' recipes/demo.yml >"$BOOT/demo.yml"
	timeout 900 "$MKBENCH" build --progress=plain -o "$BOOT/out" "$BOOT/demo.yml" >"$BOOT/build.log" 2>&1 ||
		{ tail -20 "$BOOT/build.log" >&2; return 1; }
}

# Bats 1.8 counts a skip of the whole file as a failure, so each test says it.
setup() {
	[[ -z $LACKS ]] || skip "$LACKS"
}

teardown_file() {
	[[ -n $LACKS || ! -s $BOOT/qemu.pid ]] || kill "$(<"$BOOT/qemu.pid")" 2>/dev/null || true
}

# part NUMBER FILE: a partition of the raw disk as a file of its own.
part() {
	local start size
	read -r start size < <(sfdisk --json "$BOOT/out/demo-1.0.raw" | jq -r ".partitiontable.partitions[$1-1] | \"\(.start) \(.size)\"")
	dd if="$BOOT/out/demo-1.0.raw" of="$2" bs=512 skip="$start" count="$size" conv=sparse status=none iflag=fullblock
}

# start DISK bios|uefi [QEMU OPTION...]: emulated, because nobody knows whether the machine of a test may do more.
start() {
	local disk=$1 firmware=()
	[[ $2 == bios ]] || firmware=(-drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE.fd)
	shift 2
	qemu-system-x86_64 -accel tcg,thread=multi -cpu max -m 1536 -smp 2 "${firmware[@]}" -display none -no-reboot \
		-drive "file=$disk,format=qcow2,if=virtio" -nic "user,model=virtio,hostfwd=tcp:127.0.0.1:$port-:8080" \
		-serial "file:$BOOT/serial.log" -qmp "unix:$BOOT/qmp,server,nowait" -pidfile "$BOOT/qemu.pid" -daemonize "$@"
}

# until_true SECONDS COMMAND...: or the end of what the console said.
until_true() {
	local limit=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS < limit)) || { tail -40 "$BOOT/serial.log"; return 1; }
		sleep 1
	done
}

answers() { [[ $(curl -s -o /dev/null -m 10 -w '%{http_code}' -H "Host: $1.localhost" "http://127.0.0.1:$port/") == 200 ]]; }
said() { tr -d '\r' <"$BOOT/serial.log" | grep -qE "$1"; }
# QEMU takes the file away when it ends.
ended() { [[ ! -s $BOOT/qemu.pid ]] || ! kill -0 "$(<"$BOOT/qemu.pid")" 2>/dev/null; }

# tell COMMAND: QEMU's machine protocol.
tell() {
	python3 - "$BOOT/qmp" "$1" <<-'END'
		import json, socket, sys
		s = socket.socket(socket.AF_UNIX)
		s.connect(sys.argv[1])
		f = s.makefile("rw")
		f.readline()
		for c in ("qmp_capabilities", sys.argv[2]):
		    f.write(json.dumps({"execute": c}) + "\n")
		    f.flush()
		    f.readline()
	END
}

power_off() {
	tell system_powerdown
	until_true 180 ended
}

pull_the_plug() {
	tell quit
	until_true 30 ended
}

both_answer() {
	until_true 600 answers one
	until_true 600 answers two
}

@test "the table, every file system and both formats are what other tools expect" {
	run -0 sfdisk --verify "$BOOT/out/demo-1.0.raw"
	[[ $output == *"No errors detected"* ]]
	part 2 "$BATS_TEST_TMPDIR/esp"
	fsck.vfat -n "$BATS_TEST_TMPDIR/esp"
	mcopy -n -i "$BATS_TEST_TMPDIR/esp" ::EFI/BOOT/BOOTX64.EFI "$BATS_TEST_TMPDIR/loader"
	[[ $(head -c 2 "$BATS_TEST_TMPDIR/loader") == MZ ]]
	part 3 "$BATS_TEST_TMPDIR/root"
	fsck.erofs "$BATS_TEST_TMPDIR/root"
	qemu-img check "$BOOT/out/demo-1.0.qcow2"
	qemu-img compare -f raw -F qcow2 "$BOOT/out/demo-1.0.raw" "$BOOT/out/demo-1.0.qcow2"
	(($(du -m "$BOOT/out/demo-1.0.raw" | cut -f1) < 1000))
	zstd -qt "$BOOT/out/demo-1.0.raw.zst"
	zstd -qdc "$BOOT/out/demo-1.0.raw.zst" | cmp - "$BOOT/out/demo-1.0.raw"
	(($(du -m "$BOOT/out/demo-1.0.raw.zst" | cut -f1) < 300))
}

@test "nothing is written when nothing has changed, and the same bytes when it is" {
	before=$(stat -c '%i %Y' "$BOOT"/out/demo-1.0.{raw,qcow2,raw.zst})
	timeout 300 "$MKBENCH" build --progress=quiet -o "$BOOT/out" "$BOOT/demo.yml" >/dev/null
	[[ $(stat -c '%i %Y' "$BOOT"/out/demo-1.0.{raw,qcow2,raw.zst}) == "$before" ]]
	timeout 300 "$MKBENCH" build --progress=quiet -o "$BATS_TEST_TMPDIR" "$BOOT/demo.yml" >/dev/null
	cmp "$BOOT/out/demo-1.0.raw" "$BATS_TEST_TMPDIR/demo-1.0.raw"
	cmp "$BOOT/out/demo-1.0.qcow2" "$BATS_TEST_TMPDIR/demo-1.0.qcow2"
	cmp "$BOOT/out/demo-1.0.raw.zst" "$BATS_TEST_TMPDIR/demo-1.0.raw.zst"
}

@test "BIOS: boots from its image, makes its data, answers for each site, stops in order" {
	qemu-img create -q -f qcow2 -b "$BOOT/out/demo-1.0.qcow2" -F qcow2 "$BOOT/disk"
	start "$BOOT/disk" bios
	both_answer
	said 'making the data file system'
	until_true 60 said 'State +running'
	run ! said 'Units +failed'
	power_off
	said 'init: stopped in'
}

@test "UEFI: the same disk boots again, and nothing is provisioned twice" {
	start "$BOOT/disk" uefi
	both_answer
	run ! said 'making the data file system'
	run ! said 'provision: (create|tables)/?.*done'
	pull_the_plug
}

@test "after a power cut and on a larger disk: data is there and grows" {
	qemu-img resize -q "$BOOT/disk" 6G
	start "$BOOT/disk" bios
	both_answer
	said 'has become larger'
	run ! said 'making the data file system'
	power_off
	qemu-img convert -f qcow2 -O raw "$BOOT/disk" "$BATS_TEST_TMPDIR/raw"
	run -0 sfdisk --verify "$BATS_TEST_TMPDIR/raw"
	[[ $output == *"No errors detected"* ]]
	start=$(sfdisk --json "$BATS_TEST_TMPDIR/raw" | jq '.partitiontable.partitions[4].start')
	dd if="$BATS_TEST_TMPDIR/raw" of="$BATS_TEST_TMPDIR/data" bs=512 skip="$start" conv=sparse status=none
	e2fsck -fn "$BATS_TEST_TMPDIR/data"
	dumpe2fs -h "$BATS_TEST_TMPDIR/data" 2>/dev/null | grep -q 'mkbench-data'
}
