# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# For tests of apps' sources from git: a repository app in the folder $here, a store, and servers that end with the test.

setup() {
	programs=$(dirname "$(readlink -f "$MKBENCH")")/t
	here=$BATS_TEST_TMPDIR
	servers=()
	export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
	unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY GIT_SSH_COMMAND GIT_SSH
	cd "$here"
	git init -qb main app
	echo one >app/file
	commit app one
}

teardown() {
	for server in "${servers[@]}"; do kill "$server" || true; done
}

commit() { git -C "$1" add -A && git -C "$1" commit -qm "$2"; } # REPOSITORY SUBJECT

# get STATUS GIT REF [KEY...]: the source of one app, in the store $store.
get() {
	cat >"$here/r.yml" <<-END
		name: small
		base: {suite: bookworm}
		apps: [{name: demo, git: "$2", ref: "$3"${4:+, $4}}]
		sites: [{name: a.example}]
	END
	run -"$1" timeout --kill-after=5 300 "$programs/source" "${store:-$here/store}" "$here/r.yml"
	echo "$output"
}

serve() { # COMMAND...: a server, whose port is then in $port
	local ready=$here/port-${#servers[@]}
	"$@" "$ready" 3>&- &
	servers+=($!)
	by=$! until_true 300 test -s "$ready"
	port=$(<"$ready")
}

# Plain files over HTTP.
files='import http.server, sys
class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args): pass
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), lambda *a: Quiet(*a, directory=sys.argv[1]))
open(sys.argv[2], "w").write(str(s.server_address[1]))
s.serve_forever()'
