#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The demo's disks in the virtual hardware of other products' machines, as recipes/howto/virtual-machine.md tells to make them: QEMU has
# the same controllers and network cards. Each machine boots, finds its data, gets its network and answers for both sites. A boot takes
# two or three minutes without KVM, so MKBENCH_BOOT_DISK=1 asks for them.
bats_require_minimum_version 1.5.0
load lacks

port=29786 ssh_port=29728

lacks() {
	local tool
	[[ -n ${MKBENCH_BOOT_DISK:-} ]] || { echo "boots disks in the hardware of others: MKBENCH_BOOT_DISK=1"; return; }
	for tool in qemu-system-x86_64 qemu-img mkfs.ext4 dumpe2fs curl python3 ssh ssh-keygen; do
		command -v "$tool" >/dev/null || { echo "$tool is not installed"; return; }
	done
	[[ -r /usr/share/OVMF/OVMF_CODE_4M.fd && -r /usr/share/OVMF/OVMF_VARS_4M.fd ]] || echo "ovmf is not installed"
}

# Only what somebody has to ask for: never a failure where skips are.
setup() {
	[[ -z $LACKS ]] || skip "$LACKS"
}

setup_file() {
	needs lacks || return 0
	export BOOT=$BATS_FILE_TMPDIR MKBENCH=${MKBENCH:-build/mkbench}
	cp -r recipes/demo "$BOOT"
	ssh-keygen -q -t ed25519 -N '' -f "$BOOT/key"
	made usual 'outputs: [qcow2, vmdk]' 'disk: { size: 4G, ssh: true }'
}

# made NAME LINE...: the demo with these lines as a disk $BOOT/NAME/demo-1.0.*
made() {
	{ sed '/^outputs:/d' recipes/demo.yml; printf '%s\n' "${@:2}"; } >"$BOOT/$1.yml"
	timeout 1800 "$MKBENCH" build --progress=plain -o "$BOOT/$1" "$BOOT/$1.yml" >"$BOOT/build.log" 2>&1 || { tail -20 "$BOOT/build.log" >&2; return 1; }
}

running() { [[ -s ${BOOT:-/nowhere}/qemu.pid ]] && kill -0 "$(<"$BOOT/qemu.pid")" 2>/dev/null; }
ended() { ! running; }

# Of a test that failed: the end of what the console said; and no machine stays for the next one.
teardown() {
	[[ -n ${BATS_TEST_COMPLETED:-}${BATS_TEST_SKIPPED:-} || ! -e ${BOOT:-}/serial.log ]] || tail -40 "$BOOT/serial.log"
	! running || { kill "$(<"$BOOT/qemu.pid")" && until_true 300 ended; }
}

# start bios|uefi CPU CARD OPTION...: a machine with that network card and those devices; $BOOT/vars is what its UEFI firmware keeps.
start() {
	local firmware=() cpu=$2 card=$3 key
	[[ $1 == bios ]] || firmware=(-drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd
		-drive "if=pflash,format=raw,file=$BOOT/vars")
	key=$(<"$BOOT/key.pub")
	shift 3
	rm -f "$BOOT/serial.log"
	qemu-system-x86_64 -accel tcg,thread=multi -cpu "$cpu" -m 2G -smp 2 "${firmware[@]}" -display none -no-reboot -vga std "$@" \
		-nic "user,model=$card,hostfwd=tcp:127.0.0.1:$port-:8080,hostfwd=tcp:127.0.0.1:$ssh_port-:22" \
		-smbios "type=11,value=io.systemd.credential:ssh.authorized_keys.root=${key//,/,,}" \
		-monitor "unix:$BOOT/monitor,server,nowait" -pidfile "$BOOT/qemu.pid" -daemonize
}

# drive NAME FILE FORMAT: the bytes of a disk, for a device that names it.
drive() { printf -- '-drive\0file=%s,format=%s,if=none,id=%s\0' "$2" "$3" "$1"; }

# A serial port as `--serial0 socket` makes it; what it says is kept.
socket() { printf -- '-chardev\0socket,id=serial0,path=%s,server=on,wait=off,logfile=%s\0-device\0isa-serial,chardev=serial0\0' "$BOOT/serial0" "$BOOT/serial.log"; }

# talk SOCKET LINE SECONDS: types a line there, and prints what comes meanwhile.
talk() {
	python3 - "$BOOT/$1" "$2" "$3" <<-'END'
		import socket, sys, time
		s = socket.socket(socket.AF_UNIX)
		s.connect(sys.argv[1])
		s.sendall(sys.argv[2].encode() + b"\n")
		s.settimeout(1)
		end = time.monotonic() + float(sys.argv[3])
		while time.monotonic() < end:
		    try:
		        sys.stdout.write(s.recv(4096).decode("utf-8", "replace"))
		    except TimeoutError:
		        pass
	END
}

inside() {
	ssh -F none -i "$BOOT/key" -p "$ssh_port" -o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=60 -o LogLevel=ERROR \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@127.0.0.1 "$@"
}

answers() { [[ $(curl -s -o /dev/null -m 10 -w '%{http_code}' -H "Host: $1.localhost" "http://127.0.0.1:$port/") == 200 ]]; }
said() { tr -d '\r' <"$BOOT/serial.log" | grep -qE "$1"; }
drives() { [[ -n $(inside ls "/sys/bus/pci/drivers/$1" | grep '^0000:') ]]; } # DRIVER

all_is_well() {
	by=$(<"$BOOT/qemu.pid") until_true 1800 answers one
	by=$(<"$BOOT/qemu.pid") until_true 1800 answers two
	until_true 900 inside /usr/lib/mkbench/health ready
	[[ -z $(inside systemctl list-units --failed --no-legend) ]]
}

data_are_on() { [[ $(inside findmnt -no SOURCE /data) == $1 ]]; } # PATTERN

power_off() {
	talk monitor system_powerdown 1 >/dev/null
	until_true 900 ended
}

# "virtio-scsi-single": each disk has a controller of its own. An import makes a raw disk.
proxmox_disks() {
	mapfile -d '' -t devices < <(drive drive-scsi0 "$BOOT/scsi0.raw" raw; drive drive-scsi1 "$BOOT/scsi1.raw" raw; socket)
	devices+=(-device virtio-scsi-pci,id=virtioscsi0 -device scsi-hd,bus=virtioscsi0.0,channel=0,scsi-id=0,lun=0,drive=drive-scsi0,bootindex=100
		-device virtio-scsi-pci,id=virtioscsi1 -device scsi-hd,bus=virtioscsi1.0,channel=0,scsi-id=0,lun=1,drive=drive-scsi1,serial=mkbench-data
		-device virtio-balloon-pci)
}

# VMware makes a disk of its own of what it imports. There is no serial port, and disks have no serial number.
vmware_disks() {
	mapfile -d '' -t devices < <(drive disk "$BOOT/vmware.qcow2" qcow2; drive own "$BOOT/own.raw" raw)
	devices+=(-serial none -device pvscsi,id=scsi -device scsi-hd,bus=scsi.0,scsi-id=1,drive=own)
}

# The text on the screen of a machine that BIOS has booted.
screen() {
	talk monitor "pmemsave 0xb8000 4000 \"$BOOT/screen\"" 1 >/dev/null
	python3 -c 'import sys; print(open(sys.argv[1], "rb").read()[::2].decode("cp437"))' "$BOOT/screen"
}
shows() { [[ $(screen) == *"$1"* ]]; }
asks_for_login() { [[ $(talk serial0 '' 5) == *login:* ]]; }

@test "Proxmox: i440fx, SeaBIOS and its plainest processor: an imported disk, a blank one for the data, its terminal" {
	local devices
	qemu-img convert -f qcow2 -O raw "$BOOT/usual/demo-1.0.qcow2" "$BOOT/scsi0.raw"
	truncate -s 4G "$BOOT/scsi1.raw"
	proxmox_disks
	start bios kvm64 virtio-net-pci -machine pc "${devices[@]}" -device piix3-usb-uhci -device usb-tablet
	all_is_well
	said 'making the data file system on /dev/sd'
	data_are_on '/dev/sd?'
	until_true 900 said 'State +running'
	said 'Address +http://10\.0\.2\.'
	run ! said 'warning: module'
	until_true 300 asks_for_login
	inside benchctl verify
	power_off
}

@test "VMware: BIOS, pvscsi, vmxnet3, no serial port: the vmdk, a disk that mkfs.ext4 has labelled, and what the screen shows" {
	local devices
	qemu-img create -q -f qcow2 -b "$BOOT/usual/demo-1.0.vmdk" -F vmdk "$BOOT/vmware.qcow2"
	truncate -s 4G "$BOOT/own.raw"
	mkfs.ext4 -q -L mkbench-data "$BOOT/own.raw"
	vmware_disks
	start bios max vmxnet3 -machine pc "${devices[@]}" -device scsi-hd,bus=scsi.0,scsi-id=0,drive=disk,bootindex=1
	all_is_well
	data_are_on '/dev/sd?'
	drives vmw_pvscsi
	drives vmxnet3
	until_true 300 shows one.localhost
	inside benchctl verify
	power_off
}

@test "VirtualBox: AHCI and e1000 by Debian's general kernel" {
	local devices
	made general 'outputs: [vmdk]' 'disk: { size: 4G, ssh: true, kernel: linux-image-amd64 }'
	qemu-img convert -O vdi "$BOOT/general/demo-1.0.vmdk" "$BOOT/virtualbox.vdi"
	mapfile -d '' -t devices < <(drive disk "$BOOT/virtualbox.vdi" vdi; socket)
	devices+=(-device ahci,id=sata -device ide-hd,drive=disk,bus=sata.0,bootindex=1)
	start bios max e1000 -machine pc "${devices[@]}"
	all_is_well
	data_are_on /dev/sda7
	until_true 900 said 'Address +http://10\.0\.2\.'
	drives ahci
	drives e1000
	power_off
}

@test "Proxmox: q35 and UEFI: the same disks boot on, and nothing is made twice" {
	local devices
	cp /usr/share/OVMF/OVMF_VARS_4M.fd "$BOOT/vars"
	proxmox_disks
	start uefi max virtio-net-pci -machine q35 "${devices[@]}"
	all_is_well
	run ! said 'making the data file system'
	data_are_on '/dev/sd?'
	power_off
}

@test "VMware: UEFI: the same disks boot on, the first by NVMe" {
	local devices before
	before=$(dumpe2fs -h "$BOOT/own.raw" 2>/dev/null | grep UUID)
	cp /usr/share/OVMF/OVMF_VARS_4M.fd "$BOOT/vars"
	vmware_disks
	start uefi max vmxnet3 -machine q35 "${devices[@]}" -device nvme,drive=disk,serial=1,bootindex=1 # Debian's OVMF cannot start from pvscsi
	all_is_well
	data_are_on '/dev/sd?'
	power_off
	[[ $(dumpe2fs -h "$BOOT/own.raw" 2>/dev/null | grep UUID) == "$before" ]]
}
