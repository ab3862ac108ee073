#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
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

# redis NAME: starts that instance on its socket alone, beside whatever runs here.
redis() {
	sed -i -e 's/^port .*/port 0/' -e "/^maxmemory /s/268435456/8388608/" "$config/redis_$1.conf"
	redis-server "$config/redis_$1.conf" > "$DIR/$1.log" 2>&1 3>&- &
	started+=($!)
	by=${started[-1]} until_true 300 redis-cli -s "$DIR/run/redis/$1.sock" ping
}

cli() { redis-cli -s "$DIR/run/redis/$1.sock" "${@:2}"; }

@test "redis: three servers, each with its own policy, on this machine only" {
	need redis-server redis-cli
	golden production "$DIR"
	config=$DIR/image/home/frappe/frappe-bench/config
	(( $(grep -l '^bind 127.0.0.1$' "$config"/redis_*.conf | wc -l) == 3 ))
	(( $(sed -n 's/^port //p' "$config"/redis_*.conf | sort -u | wc -l) == 3 ))
	for name in cache queue socketio; do
		redis $name
		[[ $(cli $name config get protected-mode | tail -1) == yes ]]
		[[ $(cli $name config get save | tail -1) == "" ]]
	done
	[[ $(cli cache config get maxmemory-policy | tail -1) == allkeys-lru ]]
	[[ $(cli queue config get maxmemory-policy | tail -1) == noeviction ]]
	[[ $(cli queue config get appendfsync | tail -1) == always ]]
	[[ $(cli cache config get appendonly | tail -1) == no ]]
	[[ $(cli socketio config get appendonly | tail -1) == no ]]
}

@test "redis: the queue has what it accepted after kill -9, the cache evicts rather than refuses" {
	need redis-server redis-cli
	golden production "$DIR"
	config=$DIR/image/home/frappe/frappe-bench/config
	redis queue
	for i in {1..50}; do
		cli queue rpush jobs "$i" > "$DIR/accepted"
	done
	[[ $(< "$DIR/accepted") == 50 ]]
	kill -9 "${started[0]}"
	wait "${started[0]}" || true
	started=()
	redis queue
	[[ $(cli queue llen jobs) == 50 ]]
	redis cache
	head -c 1000000 /dev/zero | tr '\0' x > "$DIR/value"
	for i in {1..20}; do
		[[ $(cli cache -x set "key$i" < "$DIR/value") == OK ]]
	done
	(( $(cli cache info stats | tr -d '\r' | sed -n 's/^evicted_keys://p') > 0 ))
}

@test "redis: an alias has neither a file nor a process" {
	golden development "$DIR"
	config=$DIR/image/home/frappe/frappe-bench/config
	[[ -e $config/redis_queue.conf && ! -e $config/redis_socketio.conf ]]
	run -1 grep -r redis-socketio "$DIR/image/etc"
	grep '^save 900 1 ' "$config/redis_queue.conf"
	python3 - "$DIR/image/usr/lib/mkbench/bench.json" <<-'END'
		import json, sys
		bench = json.load(open(sys.argv[1]))
		assert [one["role"] for one in bench["redis"]] == ["cache", "queue"]
		assert bench["framework"]["common_site_config"]["redis_socketio"] == "redis://127.0.0.1:11001"
	END
}

@test "mariadb: the server takes every setting, and the machine's file and the recipe's own win" {
	need mariadbd
	golden development "$DIR"
	printf '[mariadbd]\ninnodb_buffer_pool_size = 48M\n' > "$DIR/run/mkbench/mariadb.cnf"
	run -0 --separate-stderr mariadbd --defaults-file="$DIR/image/etc/mysql/mariadb.conf.d/90-bench.cnf" --user="$(id -un)" --help --verbose
	[[ ${stderr//loose-/} != *ERROR* ]]
	for pair in "innodb-buffer-pool-size 50331648" "long-query-time 2" "max-connections 50" "bind-address 127.0.0.1" \
		"innodb-flush-log-at-trx-commit 2" "character-set-client-handshake FALSE" "collation-server utf8mb4_unicode_ci"; do
		echo "$pair"
		grep -E "^${pair% *} +${pair#* }" <<< "$output"
	done
}

@test "mariadb: an empty folder becomes a server whose tables and connections are utf8mb4_unicode_ci" {
	need mariadbd mariadb-install-db mariadb python3
	golden production "$DIR"
	printf '[mariadbd]\ninnodb_buffer_pool_size = 32M\n' > "$DIR/run/mkbench/mariadb.cnf"
	local cnf=$DIR/image/etc/mysql/mariadb.conf.d/90-bench.cnf
	sed -i "s/^port = .*/skip-networking/" "$cnf"
	readarray -t install < <(python3 - "$DIR" <<-'END'
		import json, sys
		bench = json.load(open(sys.argv[1] + "/image/usr/lib/mkbench/bench.json"))
		print(*(word.replace("{data}", sys.argv[1] + "/data/mariadb") for word in bench["mariadb"]["install"][1:]), sep="\n")
	END
	)
	run -0 mariadb-install-db --defaults-file="$cnf" "${install[@]/--user=mysql/--user=$(id -un)}"
	mariadbd --defaults-file="$cnf" --user="$(id -un)" > "$DIR/log" 2>&1 3>&- &
	started+=($!)
	sql() { mariadb --no-defaults -S "$DIR/run/mysqld/mysqld.sock" -u root -N -e "$1"; }
	until_true 300 sql 'select 1'
	[[ $(sql "select @@collation_connection") == utf8mb4_unicode_ci ]]
	sql 'create database a; create table a.t (x varchar(10))'
	[[ $(sql "select distinct table_collation from information_schema.tables where table_schema = 'a'") == utf8mb4_unicode_ci ]]
	# Who may come in: root by its socket, and nobody by an empty password.
	[[ $(sql "select group_concat(user) from mysql.global_priv where json_value(priv, '$.account_locked') is null") == root ]]
	[[ $(sql "show create user root@localhost") == *"invalid"*unix_socket* ]]
	[[ $(sql "show databases like 'test'") == "" ]]
}
