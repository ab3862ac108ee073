#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Signatures: minisign checks ours, we check its.
bats_require_minimum_version 1.5.0
load helpers

setup() {
	[[ $MKBENCH = /* ]] || MKBENCH=$PWD/$MKBENCH
	cd "$BATS_TEST_TMPDIR"
	head -c 3000000 /dev/urandom >image
	: >empty
	echo 'a b' >'a name'
	echo pass-word >password
}

# A key of each program, with no password.
keys() {
	mkbench 0 sign --generate ours --no-password
	minisign -GW -s theirs -p theirs.pub >/dev/null
}

@test "sign: minisign takes our signatures by our key and by its own" {
	keys
	[ "$(stat -c %a ours)" = 600 ]
	for key in ours theirs; do
		mkbench 0 sign --key $key image empty 'a name'
		[ "$output" = $'$ mkbench sign --key '"$key"$' image empty a name\nimage.minisig\nempty.minisig\na name.minisig' ] ||
			[ "$output" = $'image.minisig\nempty.minisig\na name.minisig' ]
		for file in image empty 'a name'; do
			run -0 minisign -V -p $key.pub -m "$file"
			[[ $output == *"file:$file"*hashed* ]]
			mkbench 0 verify-signature --key $key.pub "$file"
			[[ $output == "$file: signed by this key: timestamp:"* ]]
		done
	done
	mkbench 0 sign --key ours --comment 'demo 1.0, of é' image
	run -0 minisign -VQ -p ours.pub -m image
	[ "$output" = 'demo 1.0, of é' ]
}

@test "sign: we take minisign's signatures, older ones too" {
	keys
	minisign -S -s theirs -m image -t 'by minisign' >/dev/null
	minisign -Sl -s theirs -m empty >/dev/null
	minisign -Sl -s theirs -m 'a name' >/dev/null
	mkbench 0 verify-signature image empty 'a name' --key theirs.pub
	[[ $output == *"image: signed by this key: by minisign"* && $output == *"a name: signed by this key: "* ]]
	mkbench 0 verify-signature image --key "$(tail -1 theirs.pub)"
}

@test "sign: keys with a password, of either program; wrong ones are refused, none is shown" {
	mkbench 0 sign --generate ours --password-file password
	mkbench 0 sign --key ours --password-file - image <password
	run -0 minisign -V -p ours.pub -m image
	run -0 bash -c 'minisign -S -s ours -m empty <password'
	mkbench 0 verify-signature empty --key ours.pub
	printf 'pass-word\npass-word\n' | minisign -G -s theirs -p theirs.pub >/dev/null 2>&1
	mkbench 0 sign --key theirs --password-file password image
	run -0 minisign -V -p theirs.pub -m image
	echo other >wrong
	mkbench 2 sign --key theirs --password-file wrong image
	[ "$output" = "mkbench: that is not the password of theirs" ]
	: >wrong
	mkbench 2 sign --key theirs --password-file wrong image
	[ "$output" = "mkbench: the first line of wrong holds no password" ]
	run -2 setsid -w "$MKBENCH" sign --key theirs image
	[ "$output" = "mkbench: a password is needed, but there is no terminal to ask for it: --password-file FILE has it" ]
	run -2 setsid -w "$MKBENCH" sign --generate new
	[ ! -e new ]
}

@test "sign: the terminal is asked for a password, and shows nothing of it" {
	cat >ask.py <<-'END'
		import os, pty, sys, time
		pid, fd = pty.fork()
		if not pid:
		    os.execv(sys.argv[1], sys.argv[1:])
		said = b""
		for answer in (b"pass-word\n", b"pass-word\n"):
		    while not said.endswith(b": "):
		        said += os.read(fd, 1000)
		    os.write(fd, answer)
		    said += b"|"
		try:
		    while True:
		        part = os.read(fd, 1000)
		        if not part:
		            break
		        said += part
		except OSError:
		    pass
		print(said.decode())
		sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	END
	run -0 python3 ask.py "$MKBENCH" sign --generate ours
	[[ $output == *"password of the new key: "*"once more: "*"is secret"* && $output != *pass-word* ]]
	mkbench 0 sign --key ours --password-file password image
}

@test "verify-signature: a changed file, signature, comment, another key, none at all: status 5, a line each" {
	keys
	mkbench 0 sign --key ours image empty
	cp image before
	cp image.minisig signature
	printf x | dd of=image conv=notrunc bs=1 seek=2000000 status=none
	mkbench 5 verify-signature image --key ours.pub
	[ "$output" = "mkbench: image: the signature is not over these bytes: the file was changed, or the key is not what it says" ]
	cp before image
	sed -i 's/file:image/file:imago/' image.minisig
	mkbench 5 verify-signature image --key ours.pub
	[ "$output" = "mkbench: image: the trusted comment of its signature was changed" ]
	cp signature image.minisig
	mkbench 5 verify-signature image --key theirs.pub
	[[ $output == "mkbench: image: signed by another key, "*", not by "* ]]
	# The other key by our key's number.
	python3 - <<-'END'
		import base64
		ours, theirs = (base64.b64decode(open(f).read().split("\n")[1]) for f in ("ours.pub", "theirs.pub"))
		open("mixed.pub", "w").write("untrusted comment: x\n" + base64.b64encode(ours[:10] + theirs[10:]).decode() + "\n")
	END
	mkbench 5 verify-signature image --key mixed.pub
	[[ $output == *"not over these bytes"* ]]
	mkbench 5 verify-signature 'a name' --key ours.pub
	[ "$output" = "mkbench: a name: there is no signature beside it, a name.minisig" ]
	for broken in "" "$(head -1 signature)" "$(head -2 signature)" "$(tr -d = <signature)" "$(head -3 signature)"; do
		echo "$broken" >image.minisig
		mkbench 5 verify-signature image --key ours.pub
		[ "$output" = "mkbench: image.minisig is no signature of minisign" ]
	done
	sed 's/$/\r/' signature >image.minisig
	mkbench 0 verify-signature image --key ours.pub
	mkbench 5 verify-signature image 'a name' empty --key ours.pub
	[[ $output == *"image: signed by this key"* && $output == *"empty: signed by this key"* && ${lines[-1]} == "mkbench: 1 of 3 files are not what was signed by this key" ]] ||
		[[ $output == *"1 of 3 files"* ]]
}

@test "sign: words that make no sense are refused, and no key is written over" {
	keys
	mkbench 2 sign --generate ours --no-password
	[ "$output" = "mkbench: ours.pub is there already, and a key is not written over" ]
	rm ours.pub
	mkbench 2 sign --generate ours --no-password
	[ "$output" = "mkbench: ours is there already, and a key is not written over" ]
	mkbench 2 sign image
	mkbench 2 sign --key ours
	[ "$output" = "mkbench: sign needs one word or more, FILE...: see 'mkbench help sign'" ]
	mkbench 2 sign --key theirs.pub image
	[[ $output == *"theirs.pub is no secret key of minisign"* ]]
	mkbench 2 sign --key theirs .
	[[ $output == *". is not a file"* ]]
	mkbench 2 verify-signature --key theirs.pub .
	[[ $output == *". is not a file"* ]]
	mkbench 2 verify-signature image
	mkbench 2 verify-signature --key theirs
	[ "$output" = "mkbench: verify-signature needs one word or more, FILE...: see 'mkbench help verify-signature'" ]
	mkbench 2 verify-signature image --key theirs
	[ "$output" = "mkbench: theirs is no public key of minisign" ]
	printf 'untrusted comment: x\n%s\n' "$(tail -1 theirs | tr 'A-M' 'B-N')" >damaged
	mkbench 2 sign --key damaged image
}

@test "sign and verify-signature --json: the key's number is minisign's, a row a file, and why one is not what was signed" {
	mkbench 0 sign --generate ours --password-file password --json
	minisign -R -s ours -p again.pub <password
	jq -e --arg key "$(sed -n '1s/.* //p' again.pub)" '. == {format: 1, key: $key, secret: "ours", public: "ours.pub"}' <<<"$output"
	key=$(jq -r .key <<<"$output")
	mkbench 0 sign --key ours --password-file password --json image 'a name'
	jq -e --arg key "$key" '. == {format: 1, key: $key, files: [{file: "image", signature: "image.minisig"}, {file: "a name", signature: "a name.minisig"}]}' <<<"$output"
	run -0 --separate-stderr "$MKBENCH" verify-signature --key ours.pub --json image 'a name'
	jq -e --arg said "$(minisign -VQ -p ours.pub -m image)" '.ok and .files[0] == {file: "image", ok: true, comment: $said, why: null} and .files[1].ok' <<<"$output"
	run -5 --separate-stderr "$MKBENCH" verify-signature --key ours.pub --json image empty
	jq -e '.ok == false and .files[0].ok and .files[1] == {file: "empty", ok: false, comment: null, why: "empty: there is no signature beside it, empty.minisig"}' <<<"$output"
	[ "$stderr" = "mkbench: 1 of 2 files are not what was signed by this key" ]
	mkbench 2 sign --pem ours.pub --json
}
