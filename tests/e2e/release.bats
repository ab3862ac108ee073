#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What goes with the outputs of a build: what the image says of itself, the documents about it, the sums of all. The image is made of a
# few packages of a mirror of this test's own.
bats_require_minimum_version 1.5.0
load helpers
load packages

setup_file() {
	lacks_ids && return 0
	begin_packages
	offer_packages base-files base-passwd tools
	cd "$BATS_FILE_TMPDIR"
	mkdir -p share/{services/{frameworks,one},rootfs} a
	printf 'packages: { base: [base-files] }\nusers: [{ name: frappe, id: 1000, home: /home/frappe }]\n' >share/services/one/service.yml
	echo '# none' >share/rootfs/manifest
	echo '{}' >share/services/audit.yml
	printf 'title: our own\nservices: [one]\nprobe_path: /\nadmin_user: a\nmemory_per_worker: 1M\n' >own.yml
	touch a/some
	cat >plain.yml <<-END
		name: notes
		version: "1"
		base:
		  suite: trixie
		  mirrors: ["file://$made/debian"]
		  key: $made/key.gpg
		framework: ./own.yml
		apps: [{ name: a, path: ./a }]
		sites: [{ name: notes.localhost }]
	END
	cat plain.yml - >notes.yml <<-'END'
		release:
		  documents: [spdx, cyclonedx, provenance]
		  sums: true
		  title: Notes for all
		  description: "What one writes down: \"here\""
		  source: https://example.invalid/notes.git
		  revision: 0123abcd
		  licenses: MIT
		  vendor: Some
		  authors: Somebody <some@example.invalid>
		  url: https://example.invalid/
		  documentation: https://example.invalid/doc
	END
	export MKBENCH_STORE=$BATS_FILE_TMPDIR/store MKBENCH_SHARE=$BATS_FILE_TMPDIR/share
	"$MKBENCH" build --progress=plain -o out notes.yml
}

setup() {
	[[ -z ${LACKS:-} ]] || skip "$LACKS"
	MKBENCH=$(readlink -f "$MKBENCH")
	cd "$BATS_FILE_TMPDIR"
	export MKBENCH_STORE=$BATS_FILE_TMPDIR/store MKBENCH_SHARE=$BATS_FILE_TMPDIR/share
}

teardown_file() {
	[[ -n ${LACKS:-} ]] || MKBENCH_STORE=$BATS_FILE_TMPDIR/store "$MKBENCH" clean --all
}

# blob DIGEST: of the layout.
blob() {
	cat "out/notes-1.oci/blobs/sha256/${1#sha256:}"
}

image() {
	jq -r '.manifests[0].digest' out/notes-1.oci/index.json
}

@test "the image says of itself what the recipe says, as labels and as annotations, and when its lock was made" {
	skopeo inspect docker-archive:out/notes-1.tar | jq -S '.Labels | del(.["org.mkbench.build"])' >labels
	jq -n -S '{title: "Notes for all", version: "1", description: "What one writes down: \"here\"", source: "https://example.invalid/notes.git",
		revision: "0123abcd", licenses: "MIT", vendor: "Some", authors: "Somebody <some@example.invalid>", url: "https://example.invalid/",
		documentation: "https://example.invalid/doc"} | with_entries(.key |= "org.opencontainers.image." + .) + {"org.mkbench.data-format": "1"}' >want
	diff want labels
	created=$(date -u -d "@$(sed -n 's/^epoch: \([0-9]*\).*/\1/p' notes.lock)" +%FT%TZ)
	blob "$(image)" | jq -S '.annotations | del(.["org.mkbench.build"])' >annotations
	diff <(jq -S --arg at "$created" '. + {"org.opencontainers.image.created": $at}' want) annotations
}

@test "documents beside the outputs are those that are attached, and what mkbench sbom says of the image" {
	for row in spdx:application/spdx+json cyclonedx:application/vnd.cyclonedx+json; do
		format=${row%%:*}
		file=out/notes-1.${format/cyclonedx/cdx}.json
		for image in out/notes-1.oci out/notes-1.tar; do
			"$MKBENCH" sbom --format "$format" $image | cmp - "$file"
		done
		referrer=$(jq -r --arg type "${row#*:}" '.manifests[] | select(.artifactType == $type) | .digest' out/notes-1.oci/index.json)
		blob "$referrer" | jq -e --arg image "$(image)" --arg name "${file#out/}" \
			'.subject.digest == $image and .layers[0].annotations["org.opencontainers.image.title"] == $name'
		blob "$(blob "$referrer" | jq -r '.layers[0].digest')" | cmp - "$file"
	done
	MKBENCH_STORE=$BATS_TEST_TMPDIR/other "$MKBENCH" sbom out/notes-1.oci | cmp - out/notes-1.spdx.json # from its bytes alone
}

@test "the provenance names recipe, lock, materials and each output by digest" {
	file=out/notes-1.provenance.json
	sum() { sha256sum <"$1" | cut -d' ' -f1; }
	jq -e '._type == "https://in-toto.io/Statement/v1" and .predicateType == "https://slsa.dev/provenance/v1"' $file
	jq -e --arg oci "$(image)" --arg tar "$(sum out/notes-1.tar)" '[.subject[] | [.name, .digest.sha256]] ==
		[["notes-1.oci", $oci[7:]], ["notes-1.tar", $tar]]' $file
	jq -e --arg recipe "$(sum notes.yml)" --arg lock "$(sum notes.lock)" '.predicate.buildDefinition | .externalParameters.recipe ==
		{name: "notes.yml", digest: {sha256: $recipe}} and .internalParameters.lock.digest.sha256 == $lock' $file
	base=$(sum made/debian/pool/base-files.deb)
	jq -e --arg base "$base" '.predicate.buildDefinition.resolvedDependencies[] | select(.name == "base-files") | .digest.sha256 == $base' $file
	jq -e '.predicate.buildDefinition.resolvedDependencies[] | select(.name == "a") | .digest.sha256 | length == 64' $file
	jq -e '.predicate.runDetails.builder.id == "urn:mkbench:builder" and (.predicate.runDetails.builder.version.mkbench | length > 0)' $file
	referrer=$(jq -r '.manifests[] | select(.artifactType == "application/vnd.in-toto+json") | .digest' out/notes-1.oci/index.json)
	blob "$(blob "$referrer" | jq -r '.layers[0].digest')" | jq -e --arg image "$(image)" '.subject == [{name: "notes:1", digest: {sha256: $image[7:]}}]'
}

@test "the lock names mkbench's own programs: another compiler's give way to the store's, or it is said that those are missed" {
	local own other=$BATS_TEST_TMPDIR/tool
	own=$(dirname "$MKBENCH")/guest
	sum=$(sha256sum <"$own/guest" | cut -d' ' -f1)
	grep -F "sha256: \"$sum\"" notes.lock
	jq -e --arg sum "$sum" '.predicate.buildDefinition.resolvedDependencies[] | select(.name == "mkbench-guest") | .digest.sha256 == $sum' out/notes-1.provenance.json
	mkdir -p "$other/guest"
	cp "$MKBENCH" "$other/mkbench"
	cp "$own/guest" "$other/guest/guest"
	printf 'another linker' >>"$other/guest/guest"
	jq -c --arg sum "$(sha256sum <"$other/guest/guest" | cut -d' ' -f1)" '.sha256 = $sum' "$own/libraries.json" >"$other/guest/libraries.json"
	MKBENCH=$other/mkbench mkbench 0 build --progress=plain -o "$BATS_TEST_TMPDIR/out" notes.yml
	cmp out/notes-1.tar "$BATS_TEST_TMPDIR/out/notes-1.tar"
	export MKBENCH_STORE=$BATS_TEST_TMPDIR/other
	MKBENCH=$other/mkbench mkbench 0 build --progress=plain -o "$BATS_TEST_TMPDIR/out" notes.yml
	[[ $output == *"compiled by another machine for notes.lock"* ]]
	run ! cmp -s out/notes-1.tar "$BATS_TEST_TMPDIR/out/notes-1.tar"
	jq -c '.source = .sha256' "$own/libraries.json" >"$other/guest/libraries.json" # of a program that is not beside it
	MKBENCH=$other/mkbench mkbench 0 build --progress=plain -o "$BATS_TEST_TMPDIR/out" notes.yml
	"$MKBENCH" clean --all
}

@test "sha256sum takes the sums of all that was written, and finds a byte that is another" {
	cp -r out "$BATS_TEST_TMPDIR/out"
	cd "$BATS_TEST_TMPDIR/out"
	run -0 sha256sum --check --strict --quiet notes-1.SHA256SUMS
	diff <(cut -c67- notes-1.SHA256SUMS | sort) <(find . -type f ! -name '*SUMS' -printf '%P\n' | sort)
	rm notes-1.oci/index.json
	echo '{}' >notes-1.oci/index.json
	run -1 sha256sum --check --quiet notes-1.SHA256SUMS
}

@test "a second build changes nothing, and one without a release has the same image and nothing beside it" {
	cp -r out before
	mkbench 0 build --progress=json -o out notes.yml
	diff -r before out
	cp notes.lock plain.lock
	mkbench 0 build -o plain plain.yml
	[[ $(ls plain) == $'notes-1.oci\nnotes-1.tar' ]]
	jq -e '.manifests | length == 1' plain/notes-1.oci/index.json
	diff <(blob "$(image)" | jq .layers) <(jq .layers "plain/notes-1.oci/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' plain/notes-1.oci/index.json)")
}

@test "sbom of a recipe: what its lock says where nothing is built, else the image, unless that is of another lock" {
	mkdir -p "$BATS_TEST_TMPDIR/here"
	cd "$BATS_TEST_TMPDIR/here"
	run -0 --separate-stderr "$MKBENCH" sbom "$BATS_FILE_TMPDIR/notes.yml"
	[[ $stderr == *"notes-1.oci or .tar is not here: this lists only what is in "*"notes.lock; name an image"* ]]
	jq -e '.packages[] | select(.name == "base-files") | .checksums[0].checksumValue | length == 64' <<<"$output"
	jq -e '.comment | startswith("Made of the recipe")' <<<"$output"
	cp "$BATS_FILE_TMPDIR/out/notes-1.tar" .
	run -0 --separate-stderr "$MKBENCH" sbom "$BATS_FILE_TMPDIR/notes.yml"
	[[ -z $stderr ]]
	diff - "$BATS_FILE_TMPDIR/out/notes-1.spdx.json" <<<"$output"
	python3 "$BATS_TEST_DIRNAME/report-image.py" notes-1.oci
	rm notes-1.tar
	run -0 --separate-stderr "$MKBENCH" sbom "$BATS_FILE_TMPDIR/notes.yml"
	[[ $stderr == *"was built from another lock"* ]]
}

@test "inspect of a recipe: what each of its lines brings, all of the image together; without an image it says so" {
	cd out
	"$MKBENCH" inspect --json ../notes.yml >"$BATS_TEST_TMPDIR/json"
	jq -e '([.lines[].size_bytes] | add) == ([.folders[].size_bytes] | add)' "$BATS_TEST_TMPDIR/json"
	jq -e '.lines[] | select(.key == "base") | .line == 3 and .text == "base:" and (.largest | index("tools"))' "$BATS_TEST_TMPDIR/json"
	jq -e '.lines[] | select(.key == "framework") | .line == 7 and .text == "framework: ./own.yml" and .size_bytes > 1000000' "$BATS_TEST_TMPDIR/json"
	mkbench 0 inspect ../notes.yml
	[[ $output == *"by line of ../notes.yml"*"framework: ./own.yml"* ]]
	cd "$BATS_TEST_TMPDIR"
	mkbench 2 inspect "$BATS_FILE_TMPDIR/notes.yml"
	[[ $output == *"notes-1.oci or .tar is not in this folder: 'mkbench build "* ]]
}

@test "base.snapshot: Debian as it was on a day, by a mirror that keeps all, whose lists are past their time" {
	cd "$BATS_TEST_TMPDIR"
	for archive in debian debian-security; do
		mkdir -p "kept/$archive"
		cp -r "$BATS_FILE_TMPDIR/made/$archive" "kept/$archive/20261101T000000Z"
	done
	cp -r "$BATS_FILE_TMPDIR/made/gnupg" kept
	"$BATS_TEST_DIRNAME/../mirror/sign" kept debian/20261101T000000Z trixie "$BATS_FILE_TMPDIR/made/packages" '2020-01-01' '2020-01-08'
	cp -r kept/debian/20261101T000000Z kept/debian/20261102T123000Z
	cp -r kept/debian-security/20261101T000000Z kept/debian-security/20261102T123000Z
	rm kept/debian/20261102T123000Z/pool/tools.deb
	cp -r "$BATS_FILE_TMPDIR"/{own.yml,a} .
	at() { sed "s|mirrors: .*|mirrors: [\"file://$PWD/kept/debian/\"]\n  snapshot: $1|" "$BATS_FILE_TMPDIR/plain.yml" >notes.yml; }
	at 2026-11-01
	export MKBENCH_STORE=$BATS_TEST_TMPDIR/store
	mkbench 0 build -o then --progress=plain notes.yml
	[[ $output == *"trixie was valid until "*": taken all the same, as the recipe's base says"* ]]
	diff <(sed -n '/^packages:/,/^[a-oq-z]/p' notes.lock) <(sed -n '/^packages:/,/^[a-oq-z]/p' "$BATS_FILE_TMPDIR/notes.lock")
	"$MKBENCH" clean --all
	rm notes.lock
	at 20261102T123000Z
	mkbench 4 build -o then notes.yml
	[[ $output == *"/kept/debian/20261102T123000Z/pool/tools.deb"* ]]
	at 2026-11-03
	mkbench 4 lock notes.yml
	[[ $output == *"/kept/debian/20261103T000000Z/"* ]]
	"$MKBENCH" clean --all
}

@test "a disk that is full is one line that names the file, status 6, and leaves nothing" {
	[[ $(id -u) == 0 ]] || skip "a small file system is mounted by root"
	rm -rf small # of a run before
	mkdir small
	"$MKBENCH" sign --generate "$BATS_TEST_TMPDIR/key" --no-password
	full() { # FILE WORDS...: one file system a time; FILE is what cannot be written
		run -6 unshare --mount sh -c 'mount -t tmpfs -o size=8k none small && head -c ${ROOM:-4096} /dev/zero >small/fill && "$@" 2>said
			status=$?; tail -n 1 said; rm small/fill; find small -mindepth 1 | sort >left; exit $status' sh "$@"
		echo "$output"
		[[ $output == *"write "*"$file"*": No space left on device" ]]
		[[ ! -s left ]] || { cat left; return 1; }
	}
	file=small/ full "$MKBENCH" build --progress=plain -o small notes.yml
	file=small/out.tar full "$MKBENCH" store export --progress=quiet notes.yml -o small/out.tar
	file=small/all full "$MKBENCH" lock --vendor small/all notes.yml
	file=small/sbom.json full "$MKBENCH" sbom out/notes-1.oci -o small/sbom.json
	ROOM=8192 file=small/key full "$MKBENCH" sign --generate small/key --no-password
	file=small/key.pub full "$MKBENCH" sign --generate small/key --no-password
}

@test "root of a container without rights hears of it before anything is fetched, and may look and clean all the same" {
	[[ $(id -u) == 0 ]] || skip "an ordinary user needs a namespace first, and hears of that"
	sed "s|file://$made/debian|file://$BATS_TEST_TMPDIR/nowhere|" notes.yml >bare.yml
	cp notes.lock bare.lock
	export MKBENCH_STORE=$BATS_TEST_TMPDIR/store
	without_rights() { setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin "$MKBENCH" "$@"; }
	for words in "build --progress=plain -o bare" "store export --progress=plain -o bare.tar" "lock --progress=plain --vendor bare" "verify --progress=plain" "verify --reproducible"; do
		# shellcheck disable=SC2086 # words
		run -6 without_rights $words bare.yml
		echo "$output"
		[[ ${lines[0]} == "mkbench: "*"root cannot mount here: "*"in a container, start that with --privileged"*": Operation not permitted" && ${#lines[@]} == 1 ]]
	done
	run -0 without_rights sbom out/notes-1.oci -o "$BATS_TEST_TMPDIR/sbom"
	run -0 without_rights plan notes.yml
	run -0 without_rights clean --all
}

@test "release: what is no line, a document that there is not, and one twice are refused where they stand" {
	for row in 'title: "a\nb"' 'title: "a\e[31m"' 'documents: [spdx, spdx]' 'documents: [pdf]' 'documents: []' 'sums: 7'; do
		cat plain.yml - >bad.yml <<<"release: { $row }"
		mkbench 3 check bad.yml
		[[ $output == *"bad.yml:10:"* ]]
	done
}
