#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
bats_require_minimum_version 1.5.0
load helpers
load service-helpers

# listening ADDRESS: where a server that names only a port listens, when that address is asked for.
listening() {
	BENCH_LISTEN=$1 node --require "$PWD/rootfs/usr/share/mkbench/listen.js" -e "
		const server = require('http').createServer();
		server.listen($2 () => { console.log(server.address().address); server.close(); })"
}

@test "a server that names only a port gets the address of BENCH_LISTEN, any other gets what it asked for" {
	need node
	[[ $(listening 127.0.0.1 0,) == 127.0.0.1 ]]
	[[ $(listening 127.0.0.1 "'0',") == 127.0.0.1 ]]
	[[ $(listening 127.0.0.1 "0, 511,") == 127.0.0.1 ]]
	[[ $(listening 127.0.0.1 "0, '0.0.0.0',") == 0.0.0.0 ]]
	[[ $(listening 127.0.0.1 "{ port: 0, host: '0.0.0.0' },") == 0.0.0.0 ]]
	[[ $(listening "" 0,) =~ ^(::|0.0.0.0)$ ]]
}
