#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The two outputs of a sample image, shown to the tools that people will use on them.
bats_require_minimum_version 1.5.0
load helpers

setup_file() {
	local sample
	sample=$(dirname "$(readlink -f "$MKBENCH")")/t/image
	cd "$BATS_FILE_TMPDIR"
	cat >hello.c <<-'END'
		#include <stdio.h>
		#include <unistd.h>
		int main(int argc, char **argv)
		{
			const char *paths[] = { "/gone/a", "/gone/b", "/d/old", "/d/new", "/d/kept" };
			for (int i = 1; i < argc; i++)
				printf("[%s]", argv[i]);
			for (int i = 0; i < 5; i++)
				printf(" %s:%s", paths[i], access(paths[i], F_OK) ? "no" : "yes");
			puts("");
			return 0;
		}
	END
	cc -static -o hello hello.c
	"$sample" out ./hello >log || { cat log; return 1; }
}

setup() {
	oci=$BATS_FILE_TMPDIR/out/mkbench-sample-1.0.oci
	tar=$BATS_FILE_TMPDIR/out/mkbench-sample-1.0.tar
	said="[one][two words] /gone/a:no /gone/b:yes /d/old:no /d/new:yes /d/kept:yes"
	cd "$BATS_TEST_TMPDIR"
}

needs() {
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

# The layers of the layout, lowest first.
layers() {
	python3 - "$oci" <<-'END'
		import json, sys
		oci = sys.argv[1]
		blob = lambda d: oci + "/blobs/" + d["digest"].replace(":", "/")
		index = json.load(open(oci + "/index.json"))
		for layer in json.load(open(blob(index["manifests"][0])))["layers"]:
		    print(blob(layer))
	END
}

@test "every blob has the digest that names it, every diff_id that of the plain tar" {
	(cd "$oci/blobs/sha256" && sha256sum -- * | awk '$1 != $2 { print; bad = 1 } END { exit bad }')
	for layer in $(layers); do
		zcat "$layer" | sha256sum | cut -d' ' -f1
	done >plain
	config=$(grep -l diff_ids "$oci"/blobs/sha256/*)
	python3 -c 'import json, sys
for d in json.load(open(sys.argv[1]))["rootfs"]["diff_ids"]: print(d.removeprefix("sha256:"))' "$config" >declared
	diff plain declared
}

@test "GNU tar and bsdtar read the many-member layers and list the same names" {
	needs bsdtar
	export LC_ALL=C.UTF-8
	for layer in $(layers); do
		run -0 --separate-stderr tar --quoting-style=literal -tzf "$layer"
		[ -z "$stderr" ]
		echo "$output" >gnu
		run -0 --separate-stderr bsdtar -tf "$layer"
		[ -z "$stderr" ]
		diff gnu - <<<"$output"
	done
}

@test "the archive holds the very blobs of the layout" {
	mkdir unpacked
	tar -xf "$tar" -C unpacked
	rm unpacked/manifest.json
	diff -r unpacked "$oci"
}

@test "skopeo reads layout, OCI archive and docker archive, and agrees on their digests" {
	needs skopeo
	skopeo inspect --format '{{.Digest}}' "oci:$oci:1.0" >a
	skopeo inspect --format '{{.Digest}}' "oci-archive:$tar:1.0" >b
	diff a b
	skopeo copy -q "oci:$oci:1.0" dir:from-oci
	skopeo copy -q "docker-archive:$tar:mkbench-sample:1.0" dir:from-docker
	skopeo inspect --config --format '{{.RootFS.DiffIDs}}' dir:from-oci >a
	skopeo inspect --config --format '{{.RootFS.DiffIDs}}' dir:from-docker >b
	diff a b
}

@test "what is attached to the image names it as its subject, and its bytes are in both outputs" {
	blob() {
		cat "$oci/blobs/sha256/${1#sha256:}"
	}
	image=$(jq -r '.manifests[0].digest' "$oci/index.json")
	referrer=$(jq -r '.manifests[] | select(.artifactType == "application/spdx+json") | .digest' "$oci/index.json")
	blob "$referrer" | jq -e --arg image "$image" '.subject.digest == $image and .artifactType == "application/spdx+json"'
	blob "$(blob "$referrer" | jq -r '.layers[0].digest')" | jq -e '.spdxVersion == "SPDX-2.3"'
	[ "$(blob "$(blob "$referrer" | jq -r .config.digest)")" = "{}" ]
	tar -xf "$tar" -C "$BATS_TEST_TMPDIR"
	cmp "blobs/sha256/${referrer#sha256:}" "$oci/blobs/sha256/${referrer#sha256:}"
	cmp index.json "$oci/index.json"
	blob "$image" | jq -e '.annotations["org.opencontainers.image.created"] == "2023-11-14T22:13:20Z"'
}

@test "umoci unpacks modes, owners, times, links, devices and whiteouts" {
	needs umoci
	[ "$(id -u)" = 0 ] || skip "devices need root"
	umoci unpack --image "$oci:1.0" bundle
	cd bundle/rootfs
	diff - <(TZ=UTC stat -c '%n %A %u:%g %s %Y' d d/kept d/new packed pipe tmp) <<-END
		d drwxr-xr-x 0:0 $(stat -c %s d) 1700000000
		d/kept -rw-r--r-- 0:0 5 5
		d/new -rw-r--r-- 0:0 4 5
		packed -rwsr-xr-x 1000:1000 3000000 0
		pipe prw------- 0:0 0 0
		tmp drwxr-xr-x 0:0 $(stat -c %s tmp) 1700000000
	END
	[ hello -ef alias ]
	[ "$(readlink link)" = d/kept ]
	[ "$(stat -c '%F %t:%T' dev/zero)" = "character special file 1:5" ]
	[ "$(cat etc/fő)" = utf-8 ]
	[[ ! -e d/old && ! -e gone/a && $(cat gone/b) = b ]]
	[ -z "$(find . -name '.wh.*')" ]
}

# A daemon of our own: what runs on the machine stays untouched.
start_docker() {
	needs dockerd
	needs docker
	[ "$(id -u)" = 0 ] || skip "dockerd needs root"
	export DOCKER_HOST=unix://$BATS_TEST_TMPDIR/docker.sock
	dockerd -H "$DOCKER_HOST" --data-root "$PWD/docker" --exec-root "$PWD/exec" --pidfile "$PWD/docker.pid" --bridge none \
		--iptables=false >docker.log 2>&1 3>&- &
	echo $! >docker.child
	by=$! until_true 300 docker version || { tail -5 docker.log; skip "dockerd does not start here"; }
}

teardown() {
	if [ -e "$BATS_TEST_TMPDIR/docker.child" ]; then
		kill "$(cat "$BATS_TEST_TMPDIR/docker.child")" || true
		until_true 300 gone "$(cat "$BATS_TEST_TMPDIR/docker.child")"
		umount "$BATS_TEST_TMPDIR/docker" 2>/dev/null || true # in a changed root it forgets to
	fi
}

@test "docker loads the archive under its name, knows its health check, and runs it" {
	start_docker
	run -0 docker load -i "$tar"
	[ "$output" = "Loaded image: mkbench-sample:1.0" ]
	run -0 docker image inspect --format '{{.Config.Healthcheck.Test}} {{.Config.StopSignal}} {{.Config.Volumes}}' mkbench-sample:1.0
	[ "$output" = "[CMD /hello healthy] SIGTERM map[/data:{}]" ]
	run -0 docker run --rm --network none mkbench-sample:1.0
	[ "$output" = "$said" ]
}

@test "podman loads archive and layout" {
	needs podman
	podman=(podman --root "$PWD/root" --runroot "$PWD/run" --storage-driver vfs)
	run -0 "${podman[@]}" load -q -i "$tar"
	[[ $output == *mkbench-sample:1.0 ]]
	cp -r "$oci" layout # podman makes a name of the path, and insists on lower case
	run -0 "${podman[@]}" pull -q oci:layout:1.0
	run -0 --separate-stderr "${podman[@]}" image inspect --format '{{.Config.StopSignal}}' mkbench-sample:1.0 # it warns of old cgroups
	[ "$output" = SIGTERM ]
}
