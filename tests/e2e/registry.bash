# SPDX-License-Identifier: MIT
# Registries to push into: Debian's docker-registry, and one that misbehaves on demand (tests/registry/serve).

setup() {
	tools=$BATS_TEST_DIRNAME/../registry state=$BATS_TEST_TMPDIR/state
	mkdir "$state" "$BATS_TEST_TMPDIR/home"
	cd "$BATS_TEST_TMPDIR"
	export HOME=$BATS_TEST_TMPDIR/home MKBENCH_STORE=$BATS_TEST_TMPDIR/store
	unset DOCKER_CONFIG REGISTRY_AUTH_FILE XDG_RUNTIME_DIR CURL_CA_BUNDLE http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
	[[ $MKBENCH = /* ]] || MKBENCH=$OLDPWD/$MKBENCH
}

teardown() {
	[[ -z ${server:-} ]] || kill "$server" 2>/dev/null || true
}

# serve [CERTIFICATE KEY]: the misbehaving one; at is its host and port.
serve() {
	"$tools/serve" "$state" "$@" 3>&- &
	server=$!
	by=$server until_true 300 test -e "$state/port"
	at=127.0.0.1:$(<"$state/port")
}

# registry [YAML]: Debian's. Port 0 would not be told, so another is tried when this one is taken.
registry() {
	for port in $((20000 + RANDOM % 5000)) $((25000 + RANDOM % 5000)) $((15000 + RANDOM % 5000)); do
		printf 'version: 0.1\nlog: {level: warn}\nstorage: {filesystem: {rootdirectory: %s/data}}\nhttp: {addr: "127.0.0.1:%s"}\n%s\n' \
			"$BATS_TEST_TMPDIR" $port "${1:-}" >registry.yml
		docker-registry serve registry.yml >registry.log 2>&1 3>&- &
		server=$!
		at=127.0.0.1:$port
		by=$server until_true 300 eval "curl -s -o /dev/null http://$at/v2/ || ! kill -0 $server 2>/dev/null" || true
		kill -0 $server 2>/dev/null && return 0
	done
	cat registry.log
	return 1
}

options() { echo "$*" >"$state/options"; }
faults() { printf '%s\n' "$@" >"$state/faults"; }
requests() { grep -hcE "$1" "$state/log" || true; }
digest() { jq -r '.manifests[0].digest' "$1/index.json"; }
inspect() { skopeo inspect --tls-verify=false --raw "docker://$1" | sha256sum | cut -d' ' -f1; }
is_whole() { [ "sha256:$(inspect "$1")" = "$(digest "$2")" ]; } # REFERENCE LAYOUT
