#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Who pushes, and to whom: logins and certificates, and what a registry that refuses is quoted with.
bats_require_minimum_version 1.5.0
load helpers
load registry

# login PASSWORD: docker's own file for $at.
login() {
	mkdir -p "$HOME/.docker"
	jq -n --arg at "${2:-$at}" --arg pair "$(printf %s "$1" | base64 -w0)" '{auths: {($at): {auth: $pair}}}' >"$HOME/.docker/config.json"
}

@test "push: logins of docker's file, of podman's, of a helper, of a password's file; by name and by token" {
	"$tools/layout" one
	serve
	for auth in basic token; do
		options auth=$auth
		mkbench 4 push one "$at/$auth/none"
		[[ $output == *"$at "*"(401)"* ]]
		login ann:s3cret-word
		mkbench 0 push one "$at/$auth/docker"
		login ann:s3cret-word "https://$at/v1/"
		mkbench 0 push one "$at/$auth/old"
		login ann:s3cret-word "$at/$auth/part"
		mkbench 0 push one "$at/$auth/part/of"
		mkbench 4 push one "$at/$auth/other"
		login ann:wrong-word
		mkbench 4 push one "$at/$auth/wrong"
		[[ $output == *"refuses the login of ann from $HOME/.docker/config.json (401)"* ]]
		rm -r "$HOME/.docker"
		echo s3cret-word >password
		mkbench 0 push --user ann --password-file password one "$at/$auth/file"
		mkbench 0 push --user ann --password-file - one "$at/$auth/input" <password
		XDG_RUNTIME_DIR=$PWD/run
		mkdir -p run/containers
		jq -n --arg at "$at" '{auths: {($at): {auth: "YW5uOnMzY3JldC13b3Jk"}}}' >run/containers/auth.json
		XDG_RUNTIME_DIR=$PWD/run mkbench 0 push one "$at/$auth/podman"
		unset XDG_RUNTIME_DIR
	done
	# A push asks to read what it mounts from, too.
	tail -1 "$state/tokens" | jq -e '.scope | index("repository:token/podman:pull,push") != null and any(endswith(":pull"))'
	run ! grep -rqE 's3cret|YW5u' "$state/log"
}

@test "push: a credential helper is asked, and what it says of a failure stays with it" {
	"$tools/layout" one
	serve
	options auth=token
	mkdir -p bin "$HOME/.docker"
	PATH=$PWD/bin:$PATH
	helper() { printf '#!/bin/sh\ncat >%s/asked\n%s\n' "$PWD" "$1" >bin/docker-credential-test && chmod +x bin/docker-credential-test; }
	jq -n --arg at "$at" '{auths: {($at): {}}, credsStore: "test"}' >"$HOME/.docker/config.json"
	helper 'echo "{\"ServerURL\":\"x\",\"Username\":\"ann\",\"Secret\":\"s3cret-word\"}"'
	mkbench 0 push one "$at/store"
	[ "$(<asked)" = "$at" ]
	helper 'echo "credentials not found in native keychain"; exit 1'
	mkbench 4 push one "$at/none"
	[[ $output == *"refuses"* || $output == *"none is known for it"* ]]
	helper 'echo "the vault said s3cret-word"; exit 3'
	mkbench 2 push one "$at/broken"
	[[ $output == *"docker-credential-test get has failed with status 3"* && $output != *s3cret* ]]
	helper 'echo nonsense'
	mkbench 2 push one "$at/broken"
	jq -n --arg at "$at" '{credHelpers: {($at): "absent"}}' >"$HOME/.docker/config.json"
	mkbench 2 push one "$at/absent"
	[[ $output == *"docker-credential-absent"* ]]
	# An identity token goes by OAuth.
	options auth=oauth
	jq -n --arg at "$at" '{credHelpers: {($at): "test"}}' >"$HOME/.docker/config.json"
	helper 'echo "{\"Username\":\"<token>\",\"Secret\":\"refresh-t0ken\"}"'
	mkbench 0 push one "$at/oauth"
	echo '{"auths": [' >"$HOME/.docker/config.json"
	mkbench 2 push one "$at/oauth"
	[[ $output == *"config.json is not JSON"* ]]
}

@test "push: each refusal is one line, and no secret is in any" {
	"$tools/layout" one
	serve
	options auth=basic
	login ann:s3cret-word
	says() { # PATTERN FAULT
		faults "$2"
		mkbench 4 push --progress=plain one "$at/demo"
		[[ ${lines[-1]} == $1 ]]
		[[ $output != *s3cret-word* && $output != *YW5uOnMzY3JldC13b3Jk* ]]
	}
	says "mkbench: $at does not let ann push to demo (403): you said Basic *[*][*] *[*]" 'POST uploads 1 echo'
	says "mkbench: $at: cannot push the blob sha256:*: it has no demo, or does not show it to ann (404): because of 404" 'POST uploads 1 status=404'
	says "mkbench: $at: cannot push the blob sha256:*: it takes no pushes, as a mirror or one that is read-only (405): *" 'POST uploads 1 status=405'
	says "mkbench: $at: cannot push the blob sha256:*: its disk is full (500): unknown error: *no space left on device*" 'PUT uploads 1 full'
	says "mkbench: $at: cannot push the manifest sha256:*: it answers 400: because of 400" 'PUT manifests 1 status=400'
	says "mkbench: $at: cannot push the manifest sha256:*: it answers 502: because of 502" 'PUT manifests 9 status=502'
	says "mkbench: $at: cannot push the blob sha256:*" 'HEAD blobs 99 cut=0'
}

@test "push: a certificate that nobody vouches for is refused, a known one is taken; loopback speaks either" {
	"$tools/layout" one
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>/dev/null
	serve cert key
	mkbench 4 push one "$at/demo"
	[[ ${lines[-1]} == *"its certificate is not trusted here: name its CA's file in CURL_CA_BUNDLE" ]]
	export SSL_CERT_FILE=$PWD/cert
	mkbench 0 push one "$at/demo"
	mkbench 4 push --plain-http one "$at/demo"
	unset SSL_CERT_FILE
	kill "$server"
	# Another machine is spoken to by https alone.
	rm "$state/port" "$state/log"
	serve
	export http_proxy=http://$at https_proxy=http://$at
	mkbench 4 push one "other.example:80/demo"
	[[ ${lines[-1]} == "mkbench: other.example:80: cannot reach the registry: "* ]]
	run ! grep -s '^GET' "$state/log"
}
