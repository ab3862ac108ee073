#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The demo recipe as a disk: written, judged by the tools of others, booted by both firmwares under emulation, told who it is by a
# seed and by credentials, reset, switched off, moved to a larger disk. One virtual machine at a time; each wait has a bound and shows
# the console. A boot takes two or three minutes here: those that MKBENCH_BOOT_DISK=1 asks for come last.
bats_require_minimum_version 1.5.0
load lacks

port=29780 ssh_port=29722

# Why nothing here can run, or nothing.
lacks() {
	local tool
	for tool in qemu-system-x86_64 qemu-img qemu-io sfdisk fsck.vfat fsck.erofs dump.erofs e2fsck curl mcopy bsdtar ssh ssh-keygen jq zstd veritysetup; do
		command -v "$tool" >/dev/null || { echo "$tool is not installed"; return; }
	done
	[[ -r /usr/share/OVMF/OVMF_CODE_4M.fd ]] || echo "ovmf is not installed"
}

setup_file() {
	needs lacks || return 0
	export BOOT=$BATS_FILE_TMPDIR MKBENCH=${MKBENCH:-build/mkbench}
	cp -r recipes/demo "$BOOT"
	sed 's/^outputs: .*/outputs: [oci, raw, qcow2, raw.zst]\ndisk: { size: 4G, ssh: true }/' recipes/demo.yml >"$BOOT/demo.yml"
	timeout 900 "$MKBENCH" build --progress=plain -o "$BOOT/out" "$BOOT/demo.yml" >"$BOOT/build.log" 2>&1 ||
		{ tail -20 "$BOOT/build.log" >&2; return 1; }
}

asked_for() {
	[[ -n ${MKBENCH_BOOT_DISK:-} ]] || skip "more boots: MKBENCH_BOOT_DISK=1 make test"
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

# start bios|uefi virtio|nvme|ahci [QEMU OPTION...]: emulated, because nobody knows whether the machine of a test may do more.
start() {
	local firmware=() device
	[[ $1 == bios ]] || firmware=(-drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd)
	case $2 in
		virtio) device=(-device virtio-blk-pci,drive=disk,bootindex=1) ;;
		nvme) device=(-device nvme,drive=disk,serial=1,bootindex=1) ;;
		ahci) device=(-device ahci,id=ahci -device ide-hd,drive=disk,bus=ahci.0,bootindex=1) ;;
	esac
	shift 2
	qemu-system-x86_64 -accel tcg,thread=multi -cpu max -m 1536 -smp 2 "${firmware[@]}" -display none -no-reboot \
		-drive "file=$BOOT/disk,format=qcow2,if=none,id=disk" "${device[@]}" \
		-serial "file:$BOOT/serial.log" -qmp "unix:$BOOT/qmp,server,nowait" -pidfile "$BOOT/qemu.pid" -daemonize "$@"
}

wired=(-nic "user,model=virtio,hostfwd=tcp:127.0.0.1:$port-:8080,hostfwd=tcp:127.0.0.1:$ssh_port-:22")

# credential NAME VALUE: QEMU's options for it; a comma within a value is written twice.
credential() { printf -- '-smbios\0type=11,value=io.systemd.credential:%s=%s\0' "$1" "${2//,/,,}"; }

# inside COMMAND: by SSH, with the host's key as it was shown at the first time.
inside() {
	ssh -F none -i "$BOOT/key" -p "$ssh_port" -o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=60 -o LogLevel=ERROR \
		-o StrictHostKeyChecking=accept-new -o "UserKnownHostsFile=$BOOT/known" root@127.0.0.1 "$@"
}

# Of a test that failed: the end of what the console said.
teardown() {
	[[ -n ${BATS_TEST_COMPLETED:-}${BATS_TEST_SKIPPED:-} || ! -e ${BOOT:-}/serial.log ]] || tail -40 "$BOOT/serial.log"
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
	until_true 900 ended
}

pull_the_plug() {
	tell quit
	until_true 300 ended
}

both_answer() {
	until_true 1800 answers one
	until_true 1800 answers two
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
	part 4 "$BATS_TEST_TMPDIR/tree"
	hash=$(mcopy -n -i "$BATS_TEST_TMPDIR/esp" ::grub/grub.cfg - | sed -n 's/.* roothash=\([0-9a-f]*\) .*/\1/p')
	veritysetup verify "$BATS_TEST_TMPDIR/root" "$BATS_TEST_TMPDIR/tree" "$hash"
	[[ $(sfdisk --json "$BOOT/out/demo-1.0.raw" | jq -r '.partitiontable.partitions[2:4][].uuid' | tr -d '\n-' | tr A-F a-f) == "$hash" ]]
	printf x | dd of="$BATS_TEST_TMPDIR/root" bs=1 seek=100M conv=notrunc status=none
	run ! veritysetup verify "$BATS_TEST_TMPDIR/root" "$BATS_TEST_TMPDIR/tree" "$hash"
	qemu-img check "$BOOT/out/demo-1.0.qcow2"
	qemu-img compare -f raw -F qcow2 "$BOOT/out/demo-1.0.raw" "$BOOT/out/demo-1.0.qcow2"
	(($(du -m "$BOOT/out/demo-1.0.raw" | cut -f1) < 1000))
	zstd -qt "$BOOT/out/demo-1.0.raw.zst"
	zstd -qdc "$BOOT/out/demo-1.0.raw.zst" | cmp - "$BOOT/out/demo-1.0.raw"
	(($(du -m "$BOOT/out/demo-1.0.raw.zst" | cut -f1) < 300))
	# cut between two frames, which zstd takes for whole
	head -c 8M "$BOOT/out/demo-1.0.raw" | zstd -q >"$BATS_TEST_TMPDIR/cut.raw.zst"
	run -2 env XDG_DATA_HOME="$BATS_TEST_TMPDIR" "$MKBENCH" run --progress quiet "$BATS_TEST_TMPDIR/cut.raw.zst"
	[[ $output == *"ends early"* ]]
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

@test "BIOS: the first boot makes data, takes name, keys and password from a seed, answers for each site, stops in order" {
	qemu-img create -q -f qcow2 -b "$BOOT/out/demo-1.0.qcow2" -F qcow2 "$BOOT/disk"
	ssh-keygen -q -t ed25519 -N '' -f "$BOOT/key"
	mkdir "$BATS_TEST_TMPDIR/seed"
	printf 'instance-id: one\nlocal-hostname: by-meta\n' >"$BATS_TEST_TMPDIR/seed/meta-data"
	cat >"$BATS_TEST_TMPDIR/seed/user-data" <<-END
		#cloud-config
		hostname: by-seed
		ssh_authorized_keys:
		  - $(<"$BOOT/key.pub")
		mkbench:
		  MKBENCH_ADMIN_PASSWORD: "it's a secret: #1"
		packages: [vim]
	END
	(cd "$BATS_TEST_TMPDIR/seed" && bsdtar -cf ../seed.iso --format iso9660 --options volume-id=cidata meta-data user-data)
	start bios virtio "${wired[@]}" -cdrom "$BATS_TEST_TMPDIR/seed.iso"
	both_answer
	said 'making the data file system'
	until_true 900 said 'State +running'
	said 'Host +by-seed'
	said "Note +seed: user-data, line 7: 'packages' is not understood"
	run ! said 'Units +failed'
	run ! said 'secret: #1'
	until_true 900 inside true
	[[ $(inside 'cat /data/secrets/two.localhost/admin_password') == "it's a secret: #1" ]]
	[[ $(inside hostname) == by-seed ]]
	[[ $(inside getent hosts by-seed) == 127.0.1.1* ]]
	inside cat /etc/machine-id >"$BOOT/machine-id"
	[[ $(inside 'systemctl is-active systemd-timesyncd') == active ]]
	[[ $(inside benchctl verify) == *'ok   root '* ]]
	run -255 ssh -F none -p "$ssh_port" -o BatchMode=yes -o ConnectTimeout=60 -o "UserKnownHostsFile=$BOOT/known" -o IdentityFile=none \
		-o PubkeyAuthentication=no root@127.0.0.1 true
	[[ $output == *"Permission denied (publickey)"* ]]
	power_off
	said 'init: stopped in'
}

@test "UEFI: the same disk boots again, is told its name and keys by credentials, and nothing is made twice" {
	mapfile -d '' -t told < <(credential ssh.authorized_keys.root "$(<"$BOOT/key.pub")"
		credential passwd.hashed-password.root '$6$salt$hash')
	start uefi virtio "${wired[@]}" "${told[@]}" -fw_cfg name=opt/io.systemd.credentials/system.hostname,string=by-credential
	both_answer
	run ! said 'making the data file system'
	run ! said 'provision: (create|tables)/?.*done'
	until_true 900 inside true
	[[ $(inside hostname) == by-credential ]]
	[[ $(inside cat /etc/machine-id) == "$(<"$BOOT/machine-id")" ]]
	[[ $(inside grep ^root: /etc/shadow) == 'root:$6$salt$hash:'* ]]
	pull_the_plug
}

# fills_up MEMORY: what others take there costs the bench its workers and no more.
fills_up() {
	local mariadb
	mapfile -d '' -t told < <(credential ssh.authorized_keys.root "$(<"$BOOT/key.pub")")
	start bios virtio "${wired[@]}" "${told[@]}" -m "$1"
	both_answer
	until_true 900 inside true
	mariadb=$(inside pgrep -x mariadbd)
	inside 'echo -1000 >/proc/self/oom_score_adj; exec python3 -' <<-'END'
		held = []
		while "oom_kill 0\n" in open("/proc/vmstat").read():
		    held.append(b"x" * (32 << 20))
	END
	inside journalctl -k | grep "Killed process"
	until_true 900 inside /usr/lib/mkbench/health ready
	both_answer
	[[ $(inside pgrep -x mariadbd) == "$mariadb" ]]
	[[ $(inside benchctl status) == *"the kernel has ended "*" of our processes because memory was short"* ]]
	pull_the_plug
}

@test "in 1, 2 and 4 GiB that others fill the kernel ends workers, which come back; MariaDB stays, and status says it" {
	[[ -n ${MKBENCH_OOM:-} ]] || skip "fills a machine's memory: MKBENCH_OOM=1"
	for memory in 1G 2G 4G; do
		fills_up "$memory"
	done
}

@test "after a power cut, by NVMe, on a larger disk and without any network: data is there and grows, nobody is let in" {
	asked_for
	qemu-img resize -q "$BOOT/disk" 6G
	truncate -s 4M "$BATS_TEST_TMPDIR/seed"
	mkfs.vfat -n CIDATA "$BATS_TEST_TMPDIR/seed" >/dev/null
	printf '#!/bin/sh\nreboot\n' | mcopy -i "$BATS_TEST_TMPDIR/seed" - ::user-data
	start bios nvme -nic none -drive "file=$BATS_TEST_TMPDIR/seed,format=raw,if=virtio,readonly=on"
	until_true 1800 said 'State +running'
	said 'Host +demo'
	said 'Address +none: no network card here'
	said 'Note +seed: user-data does not begin with'
	said 'has become larger'
	run ! said 'SSH +root'
	run ! said 'making the data file system'
	run ! said 'Units +failed'
	power_off
	qemu-img convert -f qcow2 -O raw "$BOOT/disk" "$BATS_TEST_TMPDIR/raw"
	run -0 sfdisk --verify "$BATS_TEST_TMPDIR/raw"
	[[ $output == *"No errors detected"* ]]
	start=$(sfdisk --json "$BATS_TEST_TMPDIR/raw" | jq '.partitiontable.partitions[6].start')
	dd if="$BATS_TEST_TMPDIR/raw" of="$BATS_TEST_TMPDIR/data" bs=512 skip="$start" conv=sparse status=none
	e2fsck -fn "$BATS_TEST_TMPDIR/data"
	dumpe2fs -h "$BATS_TEST_TMPDIR/data" 2>/dev/null | grep -q 'mkbench-data'
}

@test "damage: a block of a file cannot be read and is told; with a damaged root nothing starts" {
	asked_for
	local file=/usr/share/common-licenses/GPL-3 first
	first=$(sfdisk --json "$BOOT/out/demo-1.0.raw" | jq '.partitiontable.partitions[2].start')
	part 3 "$BATS_TEST_TMPDIR/root"
	damage() { qemu-io -c "write -P 0 $((first * 512 + $1)) 512" "$BOOT/disk" >/dev/null; }
	damage "$(dump.erofs -e --path="$file" "$BATS_TEST_TMPDIR/root" | sed -n 's/^ *0:.*: *\([0-9]*\)\.\..*/\1/p')"
	mapfile -d '' -t told < <(credential ssh.authorized_keys.root "$(<"$BOOT/key.pub")")
	start bios virtio "${wired[@]}" "${told[@]}"
	both_answer
	until_true 900 inside true
	[[ $(inside benchctl verify) == *'ok   root '* ]]
	run -1 inside cat "$file"
	[[ $output == *"Input/output error"* ]]
	run -1 inside benchctl verify
	[[ $output == *"FAIL root"*"is damaged"* ]]
	until_true 900 said 'Root +the root is damaged'
	pull_the_plug
	damage 1024
	start uefi virtio
	until_true 1800 said 'THIS MACHINE CANNOT START: the root is damaged'
	until_true 900 ended
}

@test "data on a disk of their own: without it the machine does not begin again with nothing" {
	asked_for
	rm -f "$BOOT/disk"
	qemu-img create -q -f qcow2 -b "$BOOT/out/demo-1.0.qcow2" -F qcow2 "$BOOT/disk"
	truncate -s 2G "$BATS_TEST_TMPDIR/own"
	# A SCSI disk, as Proxmox has them: its serial number stands elsewhere than virtio's, which `mkbench run --data` uses.
	local own=(-device virtio-scsi-pci -drive "file=$BATS_TEST_TMPDIR/own,format=raw,if=none,id=own" -device scsi-hd,drive=own,serial=mkbench-data)
	start bios virtio "${own[@]}"
	until_true 900 said 'data is on /dev/sd., a disk of its own'
	until_true 900 said 'provision: tables: done'
	pull_the_plug
	start uefi virtio
	until_true 900 said 'THIS MACHINE CANNOT START: the data disk is missing'
	until_true 900 ended
	start uefi virtio -drive "file=$BATS_TEST_TMPDIR/own,format=raw,if=virtio" # known by its label now
	until_true 900 said 'data is on /dev/vd., a disk of its own'
	until_true 900 said 'State +(starting|running)'
	run -1 said 'making the data file system'
	pull_the_plug
}

@test "AHCI: with Debian's general kernel the first boot comes to answer, and a promised seed on USB is waited for" {
	asked_for
	sed 's/^disk: .*/disk: { size: 4G, kernel: linux-image-amd64 }/; s/^outputs: .*/outputs: [qcow2]/' "$BOOT/demo.yml" >"$BOOT/general.yml"
	timeout 900 "$MKBENCH" build --progress=quiet -o "$BATS_TEST_TMPDIR" "$BOOT/general.yml" >/dev/null
	rm -f "$BOOT/disk"
	qemu-img create -q -f qcow2 -b "$BATS_TEST_TMPDIR/demo-1.0.qcow2" -F qcow2 "$BOOT/disk"
	truncate -s 4M "$BATS_TEST_TMPDIR/seed"
	mkfs.vfat -n cidata "$BATS_TEST_TMPDIR/seed" >/dev/null
	printf 'local-hostname: by-usb\n' | mcopy -i "$BATS_TEST_TMPDIR/seed" - ::meta-data
	start uefi ahci "${wired[@]}" -smbios type=1,serial=ds=nocloud -device qemu-xhci \
		-drive "file=$BATS_TEST_TMPDIR/seed,format=raw,if=none,id=seed,readonly=on" -device usb-storage,drive=seed
	both_answer
	said 'Host +by-usb'
	pull_the_plug
}
