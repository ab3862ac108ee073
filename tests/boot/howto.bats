#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The pages of recipes/howto, run as they are written: plain Docker, and nginx before it.
bats_require_minimum_version 1.5.0
load lacks
load docker

pages=recipes/howto

lacks() {
	docker_lacks
	command -v nginx >/dev/null || echo "nginx is not installed"
}

setup_file() {
	needs lacks || return 0
	export BOOT=$BATS_FILE_TMPDIR NET=mkbench-howto-$$ MKBENCH=${MKBENCH:-build/mkbench}
	cp -r recipes/demo "$BOOT"
	{ cat recipes/demo.yml; echo "  trusted_proxies: [172.16.0.0/12]"; } | sed '/^outputs:/d; /^  trusted_proxies/d; /^nginx:/a\  trusted_proxies: [172.16.0.0/12]' \
		>"$BOOT/demo.yml"
	timeout 900 "$MKBENCH" build --progress=plain -o "$BOOT" "$BOOT/demo.yml" >"$BOOT/build.log" 2>&1 ||
		{ tail -20 "$BOOT/build.log" >&2; return 1; }
	docker_up
}

teardown_file() {
	[[ -z ${NET:-} ]] || docker_down
}

# block PAGE LANGUAGE NUMBER: what is between the fences.
block() {
	awk -v want="$3" -v fence="\`\`\`$2" '$0 == fence { inside = ++n == want; next } /^```$/ { inside = 0 } inside' "$pages/$1.md"
}

# typed PAGE NUMBER: a block for the shell, in the folder of the outputs and the network of the containers; ends at the first failure.
typed() {
	block "$1" sh "$2" >"$BATS_TEST_TMPDIR/typed"
	[[ -s $BATS_TEST_TMPDIR/typed ]]
	cat "$BATS_TEST_TMPDIR/typed"
	inside env -C "$BOOT" timeout 1500 bash -e "$BATS_TEST_TMPDIR/typed"
}

@test "docker: load, run, wait, look" {
	typed docker 1
	typed docker 2
	[[ $(status_of two.localhost /api/method/ping) == 200 ]]
}

@test "nginx: a visitor's own address, TLS and host name arrive through it" {
	cd "$BOOT"
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=one.example.com -keyout privkey.pem -out fullchain.pem 2>/dev/null
	cd - >/dev/null
	{
		echo "pid $BOOT/nginx.pid; error_log $BOOT/nginx.log; events { } http { access_log off;"
		block nginx nginx 1 | sed "s#/etc/ssl/bench#$BOOT#; s/one.example.com two.example.com/one.localhost two.localhost/"
		echo "}"
	} >"$BOOT/nginx.conf"
	nginx -t -c "$BOOT/nginx.conf"
	inside nginx -c "$BOOT/nginx.conf" 3>&-
	through() { inside curl -ksS --max-time 30 --resolve "$1:443:127.0.0.1" "${@:3}" "https://$1$2"; }
	until_true 300 through one.localhost /api/method/ping
	[[ $(through one.localhost /api/state | jq -r .site) == one.localhost ]]
	[[ $(through two.localhost /api/state | jq -r .site) == two.localhost ]]
	through one.localhost / -D - -o /dev/null | tee /dev/stderr | grep -qi '^strict-transport-security'
	[[ $(through one.localhost '/socket.io/?EIO=4&transport=polling') == *'"upgrades":["websocket"]'* ]]
	kill "$(<"$BOOT/nginx.pid")"
}

@test "docker: a new version finds the data; a copy of them is whole" {
	before=$(docker exec demo cat /data/secrets/one.localhost/admin_password)
	typed docker 3
	ready demo
	[[ $(docker exec demo cat /data/secrets/one.localhost/admin_password) == "$before" ]]
	typed docker 4
	tar -tf "$BOOT/demo-data.tar" ./secrets/one.localhost/admin_password ./mariadb/ibdata1
	ready demo
}
