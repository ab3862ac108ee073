#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Pushes: into Debian's docker-registry, judged by skopeo, and into one that misbehaves on demand (tests/registry/serve).
bats_require_minimum_version 1.5.0
load helpers
load registry

@test "push: skopeo finds the same image in Debian's registry, and a second push sends nothing" {
	"$tools/layout" one
	registry
	mkbench 0 push one "$at/team/demo"
	[[ $output == *"$at/team/demo:7.1@$(digest one)" ]]
	is_whole "$at/team/demo:7.1" one
	skopeo copy -q --src-tls-verify=false "docker://$at/team/demo:7.1" dir:back
	for blob in one/blobs/sha256/*; do cmp "$blob" "back/${blob##*/}" || cmp "$blob" back/manifest.json; done
	mkbench 0 push --progress=json one "$at/team/demo"
	tail -n 1 <<<"$output" | jq -e --arg digest "$(digest one)" '.event == "result" and .digest == $digest'
	[[ $output == *'"blobs":{"sent":0,"mounted":0,"present":3},"sent_bytes":0,"attached":0,"unchanged":true}'* ]]
	mkbench 0 push one "$at/team/demo:other"
	is_whole "$at/team/demo:other" one
	# Another repository of the registry has them.
	mkbench 0 push --progress=json one "$at/demo"
	[[ $output == *'"blobs":{"sent":0,"mounted":3,"present":0}'* ]]
	is_whole "$at/demo:7.1" one
}

@test "push: a tar of a layout, a docker archive, an index of platforms and a layout of several images" {
	"$tools/layout" one
	"$tools/layout" many platforms=3
	"$tools/layout" flat platforms=2 flat
	tar -C one -cf one.tar .
	skopeo copy -q oci:one:7.1 docker-archive:docker.tar:some/demo:5
	registry
	mkbench 0 push one.tar "$at/tar"
	is_whole "$at/tar:7.1" one
	mkbench 0 push docker.tar "$at/docker"
	skopeo copy -q --src-tls-verify=false "docker://$at/docker:5" oci:back:5
	diff <(jq -S .rootfs one/blobs/sha256/$(jq -r '.config.digest[7:]' one/blobs/sha256/"$(digest one | cut -c8-)")) \
		<(skopeo inspect --config oci:back:5 --raw | jq -S .rootfs)
	mkbench 0 push many "$at/many:1"
	is_whole "$at/many:1" many
	for architecture in amd64 arm64 riscv64; do
		[ "$(skopeo inspect --tls-verify=false --override-arch $architecture "docker://$at/many:1" | jq -r .Architecture)" = $architecture ]
	done
	mkbench 0 push flat "$at/flat"
	[ "$(skopeo inspect --tls-verify=false --raw "docker://$at/flat:7.1" | jq -c '[.manifests[].platform.architecture]')" = '["amd64","arm64"]' ]
}

# No machine here builds for another architecture: the second layout only says that it is for one.
@test "push: builds for several platforms become one name, of which each machine pulls its own; two for one are refused" {
	"$tools/layout" amd only=amd64 attach=1
	"$tools/layout" arm only=arm64
	"$tools/layout" both platforms=2
	skopeo copy -q oci:arm:7.1 docker-archive:arm.tar:some/demo:7.1
	registry
	mkbench 0 push --progress=json amd arm "$at/demo"
	[[ $output == *'/demo:7.1","digest"'*'"media_type":"application/vnd.oci.image.index.v1+json"'*'"sent":6,'*'"attached":1'* ]]
	index() { skopeo inspect --tls-verify=false --raw "docker://$at/$1" | jq -c '[.manifests[] | [.platform.architecture, .digest]]'; }
	[ "$(index demo:7.1)" = "[[\"amd64\",\"$(digest amd)\"],[\"arm64\",\"$(digest arm)\"]]" ]
	for architecture in amd64 arm64; do
		skopeo copy -q --src-tls-verify=false --override-arch $architecture "docker://$at/demo:7.1" "oci:$architecture:1"
		[ "$(skopeo inspect "oci:$architecture:1" | jq -r .Architecture)" = $architecture ]
	done
	skopeo inspect --tls-verify=false --raw "docker://$at/demo:$(digest amd | tr : -)" | jq -e '.manifests | length == 1'
	mkbench 0 push amd arm "$at/demo"
	[[ $output == *" unchanged" ]]
	# A docker archive beside a layout; one of a layout's images by its tag.
	mkbench 0 push amd arm.tar "$at/mixed:2"
	[[ $(index mixed:2) == '[["amd64",'*'],["arm64",'* ]]
	skopeo copy -q oci:arm:7.1 oci:amd:arm
	mkbench 0 push --progress=json amd:arm "$at/chosen"
	[[ $output == *'"mounted":3,"present":0}'*'"attached":0'* ]]
	[ "sha256:$(inspect "$at/chosen:arm")" = "$(digest arm)" ]
	mkbench 0 push amd "$at/two"
	[ "$(index two:7.1)" = "$(index demo:7.1)" ]
	mkbench 2 push amd:7.1 both "$at/x"
	[[ $output == *"/amd and "*"/both are both for linux/amd64: "* ]]
	mkbench 2 push amd:no "$at/x"
	[[ $output == *"/amd has no image that is called no" ]]
	mkbench 2 push amd
	[[ $output == *"push needs two words or more, IMAGE..."* ]]
}

@test "push: what is attached to an image goes along, and is listed where the registry keeps no list" {
	"$tools/layout" one attach=2
	registry
	mkbench 0 push --progress=json one "$at/demo"
	[[ $output == *'"attached":2'* ]]
	list() { skopeo inspect --tls-verify=false --raw "docker://$at/demo:$(digest one | tr : -)"; }
	[ "$(list | jq -c '[.manifests[] | [.artifactType, .annotations.number]]')" = '[["application/example","0"],["application/example","1"]]' ]
	[ "$(list | jq -c '[.manifests[].digest]')" = "$(jq -c '[.manifests[1:][].digest]' one/index.json)" ]
	before=$(list)
	mkbench 0 push one "$at/demo"
	[ "$(list)" = "$before" ]
	# One that keeps the list says so.
	kill "$server"
	serve
	options subjects
	mkbench 0 push one "$at/demo"
	[ "$(requests 'sha256-')" = 0 ]
}

@test "push: addresses of uploads that are relative, or have a query, or lead elsewhere" {
	"$tools/layout" one
	serve
	for words in relative query "relative query"; do
		options "$words"
		mkbench 0 push one "$at/${words/ /-}"
		is_whole "$at/${words/ /-}:7.1" one
	done
	options away auth=basic
	echo s3cret-word >password
	mkbench 0 push --user ann --password-file password one "$at/relative:2"
	[ "$(sort -u "$state/away")" = "HEAD None" ]
	faults 'POST uploads 1 plain'
	options ''
	mkbench 4 push one "$at/insecure"
	[[ $output == *"continues the upload at http://upload.example/v2/x, which is not https"* ]]
}

@test "push: a registry without mounts, one that takes no pieces, one that takes small ones alone" {
	"$tools/layout" one size=70000000
	serve
	mkbench 0 push one "$at/first"
	[ "$(requests '^PATCH .* 202 67108864$')" = 1 ]
	options nomount
	mkbench 0 push --progress=json one "$at/second"
	[[ $output == *'"sent":3,"mounted":0'* ]]
	options nomount pieces=no
	mkbench 0 push one "$at/third"
	is_whole "$at/third:7.1" one
	[ "$(requests '^PUT .* 201 70000000$')" = 1 ]
	options nomount limit=5000000
	mkbench 0 push one "$at/fourth"
	is_whole "$at/fourth:7.1" one
	[ "$(requests '^PATCH .*fourth.* 202 4194304$')" = 16 ]
	options nomount limit=5000
	mkbench 4 push one "$at/fifth"
	[[ $output == *"that is larger than it, or a proxy before it, takes (413): too large" ]]
}

@test "push: a connection that is cut in a big blob goes on where it stopped" {
	"$tools/layout" one size=70000000
	serve
	faults 'PATCH . 1 cut=20000000' 'PATCH . 1 cut=30000000'
	mkbench 0 push one "$at/demo"
	is_whole "$at/demo:7.1" one
	[ "$(requests '^PATCH .* 202 20000000$')" = 1 ] # 70 - 20 - 30
	[ "$(requests '^POST .*')" = 3 ]
	# One that does not tell how far it got, or has lost the last answer.
	options forget nomount
	faults 'PATCH . 1 cut=20000000' 'PUT .*uploads 1 lost'
	mkbench 0 push one "$at/anew"
	is_whole "$at/anew:7.1" one
	# Nothing of it is kept, and all is well: that is no answer.
	faults 'PATCH . 9 lie'
	options nomount
	mkbench 4 push one "$at/lie"
}

@test "push: Debian's registry is killed in the middle of a blob, comes again, and the push ends well" {
	"$tools/layout" one size=200000000
	registry
	"$MKBENCH" push --progress=plain one "$at/demo" >said 2>&1 3>&- &
	push=$!
	by=$push until_true 300 eval 'find data -name data -path "*_uploads*" -size +20M | grep -q .'
	kill -9 $server
	until_true 300 eval "! kill -0 $server 2>/dev/null"
	docker-registry serve registry.yml >registry.log 2>&1 3>&- &
	server=$!
	wait $push || { cat said; false; }
	is_whole "$at/demo:7.1" one
	# Nobody starts it again.
	kill -9 $server
	until_true 300 eval "! kill -0 $server 2>/dev/null"
	mkbench 4 push one "$at/demo:2"
	[[ ${lines[-1]} == "mkbench: $at: cannot reach the registry: "*": nothing answers there, or it was stopped" ]]
}

@test "push: a busy registry is asked again when it says, another not for ever" {
	"$tools/layout" one
	serve
	faults 'POST uploads 1 busy=2' 'PUT manifests 1 status=503' 'HEAD blobs 1 status=500'
	mkbench 0 push --progress=plain one "$at/demo"
	[[ $output == *"answers 429: again in 2.0 s"*"answers 503: again in 0.5 s"* ]]
	is_whole "$at/demo:7.1" one
	faults 'PUT manifests 9 busy=1'
	mkbench 4 push one "$at/demo:2"
	[[ ${lines[-1]} == *"too many requests, try later (429): slower" ]]
	[ "$(requests '^PUT .*manifests/2 429')" = 5 ]
	faults 'PUT manifests 9 busy=900'
	mkbench 4 push one "$at/demo:2"
	[ "$(requests '^PUT .*manifests/2 429')" = 6 ]
}

@test "push: words that are no address, and files that are no image, are refused before anybody is asked" {
	"$tools/layout" one
	says() { # MESSAGE WORDS...
		mkbench "$status_wanted" push "${@:2}"
		[[ ${lines[-1]} == "mkbench: "$1 ]]
	}
	status_wanted=2
	says "'demo' is no HOST*" one demo
	says "'team/demo' names no registry*" one team/demo
	says "'Demo' is no name of a repository*" one r.example/Demo:1
	says "'a..b' is no name*" one r.example/a..b
	says "'-x' is no tag*" one r.example/a:-x
	says "'https://r.example/a': write it without https://" one https://r.example/a
	says "a registry's address holds no name and no password*" one ann:s3cret-word@r.example/a
	[[ $output != *s3cret* ]]
	says "*the digest is what it finds" one "r.example/a@sha256:$(printf '0%.0s' {1..64})"
	says "'r.example:99999' is no host*" one r.example:99999/a
	says "--user and --password-file go together" --user ann one r.example/a
	says "nowhere: there is no such file" nowhere r.example/a
	echo no >file
	says "*file cannot be pushed: name an OCI*" file r.example/a
	"$tools/layout" twins platforms=2 flat
	jq '.manifests[1].platform = .manifests[0].platform' twins/index.json >index && mv index twins/index.json
	"$tools/layout" one.twin size=1001
	skopeo copy -q oci:one.twin:7.1 oci:one.twin:other
	says "*/one.twin:7.1 and */one.twin:other are both for linux/amd64*" one.twin r.example/a
	status_wanted=5
	blob=one/blobs/sha256/$(printf 'B%.0s' {1..1000} | sha256sum | cut -d' ' -f1)
	truncate -s 999 "$blob"
	says "*is damaged: a blob does not have the size*" one r.example/a
	printf 'C%.0s' {1..1000} >"$blob"
	serve
	says "*is damaged: a blob's SHA-256 does not match" one "$at/a"
	rm "$blob"
	says "*lacks blobs/sha256/*" one r.example/a
}

# Debian's skopeo is made without sigstore: openssl is the judge of what cosign reads.
@test "push --sign-key: the signature lies where cosign looks, is of the manifest, and openssl takes it by the public key as PEM" {
	"$tools/layout" one
	registry
	echo secret >password
	mkbench 0 sign --generate one.key --password-file password
	mkbench 0 sign --generate other.key --no-password
	"$MKBENCH" sign --pem one.key.pub >one.pem
	"$MKBENCH" sign --pem other.key.pub >other.pem
	mkbench 0 push --sign-key one.key --sign-password-file password one "$at/team/demo"
	tag=$(digest one)
	skopeo inspect --raw --tls-verify=false "docker://$at/team/demo:${tag/:/-}.sig" >manifest
	mkbench 0 push --sign-key one.key --sign-password-file password one "$at/team/demo" # again: nothing more
	skopeo inspect --raw --tls-verify=false "docker://$at/team/demo:${tag/:/-}.sig" | cmp - manifest
	curl -sf "http://$at/v2/team/demo/blobs/$(jq -r '.layers[0].digest' manifest)" >payload
	jq -e --arg tag "$tag" --arg at "$at/team/demo" '.critical == {"identity": {"docker-reference": $at}, "image": {"docker-manifest-digest": $tag}, "type": "cosign container image signature"}' payload
	jq -r '.layers[0].annotations["dev.cosignproject.cosign/signature"]' manifest | base64 -d >signature
	run -0 openssl pkeyutl -verify -pubin -inkey one.pem -rawin -in payload -sigfile signature
	run -1 openssl pkeyutl -verify -pubin -inkey other.pem -rawin -in payload -sigfile signature
	mkbench 0 push --sign-key other.key one "$at/team/demo" # both stay
	skopeo inspect --raw --tls-verify=false "docker://$at/team/demo:${tag/:/-}.sig" >both
	jq -e --slurpfile before manifest '(.layers | length) == 2 and .layers[0] == $before[0].layers[0]' both
	skopeo copy -q --src-tls-verify=false "docker://$at/team/demo:${tag/:/-}.sig" dir:whole
	mkbench 2 push --sign-key one.key --sign-password-file manifest one "$at/team/demo"
	[[ $output == *"not the password"* ]]
	mkbench 2 push --sign-password-file password one "$at/team/demo"
}
