#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every value of a recipe that a server could refuse later, at both ends of its range, with the servers themselves.
bats_require_minimum_version 1.5.0
load helpers
load service-helpers

setup() {
	export DIR=$BATS_TEST_TMPDIR
	started=()
}

teardown() {
	for pid in "${started[@]}"; do
		if kill "$pid"; then until_true 300 gone "$pid"; fi
	done
}

label() { printf "%0$1d" 0 | tr 0 "$2"; } # LENGTH LETTER

recipe() { # low | high
	if [[ $1 == low ]]; then
		cat <<-END
			name: a
			version: "1"
			base: { suite: bookworm }
			framework: wsgi
			apps: [ { name: d, path: $PWD/recipes/demo } ]
			sites: [ { name: a, hosts: [] } ]
			mariadb: { buffer_pool: 32M, max_connections: 10, port: 1024, durability: relaxed }
			redis:
			  cache: { port: 1025, maxmemory: 16M, policy: volatile-ttl, persistence: snapshot }
			  queue: { port: 1026, maxmemory: 16M, policy: noeviction, persistence: none }
			  socketio: { port: 1027, maxmemory: 16M, policy: volatile-random, persistence: append_only }
			web: { port: 1028, workers: 1, threads: 1, timeout: 1, max_requests: 1, max_body: 1K }
			workers: [ { queues: [a], count: 1, timeout: 1 } ]
			nginx: { port: 1, connections_per_address: 10, requests_per_second: 10, trusted_proxies: [] }
			socketio: { port: 1029 }
		END
	else
		local name letter
		cat <<-END
			name: $(label 63 n)
			version: "$(label 63 9)"
			base: { suite: bookworm }
			framework: wsgi
			apps: [ { name: $(label 60 d), path: $PWD/recipes/demo } ]
			mariadb: { buffer_pool: 4T, max_connections: 100000, port: 65535, durability: full }
			redis:
			  cache: { port: 65534, maxmemory: 1T, policy: allkeys-lfu, persistence: none }
			  queue: { port: 65533, maxmemory: 1T, policy: noeviction, persistence: append_only }
			  socketio: { port: 65532, maxmemory: unlimited, policy: volatile-lfu, persistence: snapshot }
			web: { port: 65531, workers: 256, threads: 256, timeout: 86400, max_requests: 1000000000, max_body: 1T }
			nginx: { port: 15530, connections_per_address: 65535, requests_per_second: 1000000, trusted_proxies: [$(printf '10.0.0.%d, ' {1..63})"::1"] }
			socketio: { port: 65529 }
			workers:
		END
		for letter in {a..z}; do
			printf '  - { queues: [%s], count: 256, timeout: 86400 }\n' "$(label 63 "$letter")"
		done
		echo 'sites:'
		name=$(label 63 s).$(label 63 t)
		echo "  - { name: $name.abcdefghijkl, hosts: [$(label 63 a).$(label 63 b).$(label 63 c).$(label 61 d), default, include, hostnames, volatile] }"
		printf '  - { name: default%d.localhost }\n' {1..400}
	fi
}

sites() { # the map of that recipe's sites
	echo 'default "";'
	jq -r '.sites[] | .name as $n | (.name, .hosts[]) | "\"\(if IN("default", "include", "hostnames", "volatile") then "\\\\" else "" end)\(.)\" \"\($n)\";"' \
		"$DIR/image/usr/lib/mkbench/bench.json"
}

# What no program of the image reads from its configuration, or what is tried elsewhere: the others are at both ends here.
elsewhere='framework mode resolve base runtime apps.git apps.ref apps.submodules apps.lfs apps.archive apps.sha256 apps.options
	overrides tests source_maps keep_node_modules templates prebake logs upgrade pdf fonts outputs disk release audit
	sites.apps sites.time_zone sites.language sites.developer_mode sites.admin_password
	backup mariadb.settings mariadb.character_set mariadb.collation nginx.unknown_host redis.socketio.alias'
# backup: guest-backup.bats; character set, collation and settings: tests/boot/settings.bats; unknown_host, alias: the goldens.

@test "each key of a recipe that a program reads has both ends of its range here" {
	local end
	for end in low high; do recipe $end >"$DIR/$end.yml"; done
	"$MKBENCH" schema --json >"$DIR/schema.json"
	run -0 /usr/bin/python3 - "$DIR" "$elsewhere" <<-'END'
		import json, sys, yaml
		folder, elsewhere = sys.argv[1], set(sys.argv[2].split())
		def of_schema(s, at):
		    s = s.get("items", s)
		    for name, below in s.get("properties", {}).items():
		        path = at + name
		        if path in elsewhere:
		            continue
		        inner = below.get("items", below)
		        if inner.get("properties"):
		            yield from of_schema(inner, path + ".")
		        else:
		            yield path
		def of_recipe(node, at=""):
		    if node == []:
		        yield at[:-1]
		    for n in node if isinstance(node, list) else [node]:
		        if isinstance(n, dict):
		            for name, below in n.items():
		                yield from of_recipe(below, at + name + ".")
		        else:
		            yield at[:-1]
		wanted = set(of_schema(json.load(open(folder + "/schema.json")), ""))
		for end in ("low", "high"):
		    for path in sorted(wanted - set(of_recipe(yaml.safe_load(open(folder + "/" + end + ".yml"))))):
		        print(f"{path} is not in the recipe of the {end} end, and nothing says why")
	END
	echo "$output"
	[ -z "$output" ]
}

load_end() { # low | high
	recipe "$1" > "$DIR/recipe.yml"
	# the demo's package is named as the recipe's first app wants it
	golden "$DIR/recipe.yml" "$DIR"
}

@test "nginx, Redis and Supervisor run with every value of a recipe at the low end of its range" {
	need nginx redis-server jq supervisord
	load_end low
	servers_run
}

@test "nginx, Redis and Supervisor run with every value of a recipe at the high end of its range" {
	need nginx redis-server jq supervisord
	load_end high
	servers_run
}

# What a bench of thirty workers, whose connections alone take memory, writes is taken.
crowd() { # SOCKET
	run -0 python3 -c 'import socket, sys
def ask(s, words):
    s.sendall(words)
    return s.recv(200)
crowd = []
for i in range(100):
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    crowd.append(s)
    ask(s, b"PING\r\n")
    print(ask(s, b"SET k%d %s\r\n" % (i, b"x" * 5000)).decode().strip())' "$1"
	[[ $(sort -u <<<"$output") == +OK ]] || { echo "$output" | sort | uniq -c; return 1; }
}

servers_run() {
	local conf
	sites > "$DIR/run/mkbench/nginx-sites.conf"
	sed -i "s/^user .*/user $(id -un) $(id -gn);/" "$DIR/image/etc/nginx/nginx.conf"
	run -0 nginx -t -c "$DIR/image/etc/nginx/nginx.conf"
	[[ ! $output =~ emerg|could\ not\ build ]]
	for conf in "$DIR"/image/home/frappe/frappe-bench/config/redis_*.conf; do
		sed -i 's/^port .*/port 0/' "$conf"
		mkdir -p "$(sed -n 's/^dir //p' "$conf")"
		redis-server "$conf" > "$conf.log" 2>&1 3>&- &
		started+=($!)
		until_true 300 redis-cli -s "$(sed -n 's/^unixsocket //p' "$conf")" ping
		crowd "$(sed -n 's/^unixsocket //p' "$conf")"
	done
	cp --remove-destination "$DIR/image/home/frappe/frappe-bench/config/supervisor.conf" "$DIR/image/etc/supervisor/conf.d/bench.conf"
	sed -i -e "s/^user=.*/user=$(id -un)/" -e "s/^chown=.*/chown=$(id -un):$(id -gn)/" "$DIR"/image/etc/supervisor/{*.conf,conf.d/*.conf}
	run -0 /usr/bin/python3 -c 'import sys
from supervisor.options import ServerOptions
options = ServerOptions()
options.realize(["-n", "-c", sys.argv[1]])
print(sum(len(g.process_configs) for g in options.process_group_configs))' "$DIR/image/etc/supervisor/supervisord.conf"
	(( output >= 8 ))
}

@test "MariaDB runs with its values at both ends" {
	need mariadbd mariadb-install-db mariadb
	local end cnf as=()
	[[ $(id -u) != 0 ]] || as=(--user=root)
	mariadb-install-db --no-defaults --datadir="$DIR/tables" --auth-root-authentication-method=socket --skip-test-db "${as[@]}" > "$DIR/install.log" 2>&1
	for end in low high; do
		rm -rf "$DIR/image"
		load_end $end
		cnf=$DIR/image/etc/mysql/mariadb.conf.d/90-bench.cnf
		printf '[mariadbd]\ninnodb_buffer_pool_size = 32M\n' > "$DIR/run/mkbench/mariadb.cnf"
		mariadbd --defaults-file="$cnf" --datadir="$DIR/tables" --skip-networking "${as[@]}" > "$DIR/$end.log" 2>&1 3>&- &
		started=($!)
		until_true 300 mariadb --no-defaults -S "$DIR/run/mysqld/mysqld.sock" -e 'SELECT 1'
		kill "${started[0]}"
		until_true 300 gone "${started[0]}"
		started=()
	done
}
