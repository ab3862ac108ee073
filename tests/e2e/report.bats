#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What is said of an image's contents, for images of any maker in each form that is read.
bats_require_minimum_version 1.5.0
load helpers

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	for word in old new hostile; do
		python3 "$BATS_TEST_DIRNAME/report-image.py" $word $word
	done
	tar -C old -cf old.tar .
	skopeo copy --quiet --insecure-policy oci:old:tiny:1 docker-archive:docker.tar:tiny:1
}

setup() {
	cd "$BATS_FILE_TMPDIR"
	export MKBENCH_STORE=$BATS_TEST_TMPDIR/store
}

# inspected IMAGE: the report as JSON.
inspected() {
	"$MKBENCH" inspect --json "$1"
}

@test "inspect says the settings, layers, packages, folders and files of an image" {
	mkbench 0 inspect old
	[[ $output == *"tiny:1"*"linux/amd64"*"debian 12"*"/bin/alpha --run"*8080/tcp*/data*/bin/ok*"every 10 s"* ]]
	[[ $output == *"packages: 2 of Debian, 1 of Python, 1 of Node, 1 app"* ]]
	inspected old >report.json
	jq -e '[.packages[] | select(.kind == "debian") | [.name, .version, .source, .size_bytes, .files]] | sort ==
		[["alpha", "1:1.0-1", "alpha-src", 1000, 2], ["libbeta", "2.0+b1", "libbeta", 5000, 1]]' report.json
	jq -e '[.packages[] | select(.kind == "python") | [.name, .version, .files]] == [["six", "1.16", 4]]' report.json
	jq -e '[.packages[] | select(.kind == "node") | [.name, .version, .files, .size_bytes]] == [["@a/b", "3.0.0", 3, 112]]' report.json
	jq -e '[.packages[] | select(.kind == "app") | .commit] == ["'"$(printf 'a%.0s' {1..40})"'"]' report.json
	jq -e '[.packages[] | .path | startswith("/")] | all' report.json
	jq -e '.largest_files[0] == {path: "/srv/plain", size_bytes: 9000}' report.json
	jq -e '[.layers[] | .name] == ["one", "two"] and .settings.User == "root"' report.json
}

@test "inspect says the same of a folder, of a tar of it and of a docker archive, at first and from the store" {
	what='del(.layers[].digest, .layers[].size_bytes, .manifest, .name)'
	inspected old | jq "$what" >first
	inspected old | jq "$what" >second
	inspected old.tar | jq "$what" >tar
	inspected docker.tar | jq "$what" >docker
	cmp first second
	cmp first tar
	diff <(jq 'del(.image_id)' first) <(jq 'del(.image_id)' docker)
}

@test "inspect lays layers over one another as an engine does" {
	mkbench 2 inspect --why /opt/old/x old
	[[ $output == *"the image has no /opt/old/x"* ]]
	mkbench 2 inspect --why /opt/deep/a/b old
	mkbench 0 inspect --why /opt/deep/kept old
	[[ $output == *"step: two"*"the step wrote it"* ]]
}

@test "inspect --why names layer, step, package and what needs that" {
	mkbench 0 inspect --why /bin/alpha old
	[[ $output == *"/usr/bin/alpha"*"step: one"*"alpha 1:1.0-1 (debian)"* ]]
	mkbench 0 inspect --why usr/lib/libbeta.so.2 old
	[[ $output == *"libbeta 2.0+b1"*"needed by alpha"* ]]
	mkbench 0 inspect --why /home/f/bench/apps/shop/code.py --json old
	[ "$(jq .format <<<"$output")" = 1 ]
	[ "$(jq -r '.package.commit' <<<"$output")" = "$(printf 'a%.0s' {1..40})" ]
	mkbench 0 inspect --why /srv/app/node_modules/@a/b/lib/i.js old
	[[ $output == *"@a/b 3.0.0 (node)"* ]]
}

@test "a name in an image commands no terminal and makes no line of its own" {
	mkbench 0 inspect hostile
	[[ $output == *"/srv/line?break ?[31m"* ]]
	[[ $output != *$'\e'* ]]
}

@test "what is no image, is damaged or leads out is refused" {
	echo hello >file
	mkbench 2 inspect file
	[[ $output == *"cannot be inspected: name an OCI image layout"* ]]
	mkbench 2 inspect missing
	gzip -k docker.tar
	mkbench 2 inspect docker.tar.gz
	[[ $output == *"cannot be inspected: name an OCI image layout"*": it is compressed, 'gunzip' makes a .tar of it"* ]]
	skopeo copy --quiet --insecure-policy oci:old:tiny:1 dir:plain
	for word in inspect sbom; do
		mkbench 2 $word plain
		[[ $output == *"cannot be inspected: name an OCI image layout"* ]]
	done
	mkbench 2 push plain r.example/a
	[[ $output == *"cannot be pushed: name an OCI image layout"* ]]
	cp -r old broken
	largest=$(ls -S broken/blobs/sha256/* | head -1)
	printf 'x' | dd of="$largest" bs=1 seek=100 conv=notrunc status=none
	mkbench 5 inspect broken
	[[ $output == *"broken is damaged: layer"* ]]
	mkdir out
	jq '.manifests[0].digest = "sha256:../../../../etc/passwd"' old/index.json >out/index.json
	mkbench 5 inspect out
	[[ $output == *"its index names no image"* ]]
	tar -C old -cf whole.tar index.json oci-layout blobs
	head -c 4000 whole.tar >short.tar
	mkbench 5 inspect short.tar
	for size in 4000 40000 60000; do # the documents of a docker archive are its last members
		head -c $size docker.tar >short.tar
		for words in "inspect" "sbom" "diff old" "push --plain-http"; do
			mkbench 5 $words short.tar $([[ $words != push* ]] || echo r.example/a)
			[[ $output == *"/short.tar is damaged: it ends early, copy it again" ]]
		done
	done
}

@test "layers of any number, without files, without bytes, plain or packed by zstd are read; what else packs one is named" {
	cat >layers.py <<-'END'
		import gzip, hashlib, io, json, lzma, os, sys, tarfile
		def put(data):
		    name = hashlib.sha256(data).hexdigest()
		    open(f"{sys.argv[1]}/blobs/sha256/{name}", "wb").write(data)
		    return {"digest": "sha256:" + name, "size": len(data)}
		def tar(number):
		    out = io.BytesIO()
		    with tarfile.open(fileobj=out, mode="w") as t:
		        info = tarfile.TarInfo(f"/file{number}")
		        info.size = 4
		        t.addfile(info, io.BytesIO(b"text"))
		    return out.getvalue()
		os.makedirs(sys.argv[1] + "/blobs/sha256")
		layers = {"none": [], "many": [gzip.compress(tar(i)) for i in range(300)], "plain": [tar(1)], "xz": [lzma.compress(tar(1))],
		          "empty": [b"", gzip.compress(b""), bytes(1024), gzip.compress(bytes(1024)), tar(1)]}[sys.argv[1]]
		config = put(json.dumps({"architecture": "amd64", "os": "linux", "config": {"Env": None, "ExposedPorts": [], "Healthcheck": 7}, "history": [None],
		                         "rootfs": {"type": "layers", "diff_ids": []}}).encode())
		manifest = put(json.dumps({"schemaVersion": 2, "config": config, "layers": [put(layer) for layer in layers]}).encode())
		json.dump({"schemaVersion": 2, "manifests": [manifest]}, open(sys.argv[1] + "/index.json", "w"))
	END
	for row in none:0 many:300 plain:1 empty:1; do
		python3 layers.py "${row%:*}"
		for word in inspect sbom "diff old"; do "$MKBENCH" $word "${row%:*}" >said; done
		"$MKBENCH" inspect --json "${row%:*}" | jq -e --argjson files "${row#*:}" '[.layers[].files] | add // 0 | . == $files'
	done
	python3 layers.py xz
	mkbench 5 inspect xz
	[[ $output == *"/xz is damaged: layer 1: it is no tar, nor one that gzip or zstd has packed" ]]
	skopeo copy --quiet --insecure-policy --dest-compress-format zstd oci:old:tiny:1 oci:packed:tiny:1
	[[ $(for blob in packed/blobs/sha256/*; do head -c 4 "$blob" | od -An -tx4; done) == *fd2fb528*fd2fb528* ]]
	mkbench 0 diff old packed
	[[ $output == *"the same packages, settings and files" ]]
	"$MKBENCH" sbom packed | jq -e '[.packages[] | select(.name == "six")] | length == 1'
}

@test "of several images the one that FOLDER:TAG names is looked into; without it they are named" {
	cp -r new several
	skopeo copy --quiet --insecure-policy oci:old:tiny:1 oci:several:first
	mkbench 2 inspect several
	[[ $output == *"/several holds several images: name one of them, as "*"/several:tiny:2 or :first" ]]
	mkbench 2 sbom several:none
	[[ $output == *"/several has no image that is called none" ]]
	for form in several several.tar; do
		mkbench 0 diff $form:first old
		[[ $output == *"the same packages, settings and files"* ]]
		mkbench 0 diff $form:tiny:2 new
		[[ $output == *"the same packages, settings and files"* ]]
		tar -C several -cf several.tar .
	done
	mkbench 0 inspect docker.tar:tiny:1
	mkbench 2 inspect docker.tar:2
	cp -r old 'with:colon'
	mkbench 0 inspect with:colon
	mkbench 0 inspect with:colon:tiny:1
}

@test "diff names packages with versions, apps with commits, settings and files" {
	mkbench 0 diff old new
	[[ $output == *"~ alpha 1:1.0-1 -> 1:1.1-1"*"~ shop (app) aaaa"*" -> bbbb"*'~ ExposedPorts {"8080/tcp":{}} -> {"9000/tcp":{}}'* ]]
	[[ $output == *"+ /etc/added 1 B"* ]]
	[[ $output != *libbeta* && $output != *plain* ]]
	mkbench 0 diff new old
	[[ $output == *"- /etc/added 1 B"* ]]
	"$MKBENCH" diff --json old new >report.json
	jq -e '[.packages[] | [.change, .kind, .name, .old[:8], .new[:8]]] ==
		[["changed", "debian", "alpha", "1:1.0-1", "1:1.1-1"], ["changed", "app", "shop", "aaaaaaaa", "bbbbbbbb"]]' report.json
	jq -e '[.settings[].name] == ["ExposedPorts"]' report.json
	jq -e '[.files[] | select(.change == "added") | [.path, .old_bytes, .new_bytes]] == [["/etc/added", null, 1]]' report.json
}

@test "diff of an image and itself in another form is empty" {
	mkbench 0 diff old old.tar
	[[ $output == *"the same packages, settings and files"* ]]
	mkbench 0 diff docker.tar old
	[[ $output == *"the same packages, settings and files"* ]]
	"$MKBENCH" diff --json old docker.tar | jq -e '.packages == [] and .settings == [] and .files == []'
}

@test "diff's Markdown is tables in which names of others are no markup" {
	mkbench 0 diff --markdown old hostile
	[[ $output == *"| file | old | new |"* ]]
	[[ $output == *'/srv/line?break ?\[31m'* ]]
	[[ $output != *$'\e'* ]]
	mkbench 2 diff --markdown --json old new
	mkbench 0 diff --json --json old old
	mkbench 2 diff old
	[[ $output == *"diff needs two words, OLD NEW"* ]]
	mkbench 2 diff old new more
}
