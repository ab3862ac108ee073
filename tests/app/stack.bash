# SPDX-License-Identifier: MIT
# The demo application's parts on this machine, in $STACK: a bench without an image.
# stack_up makes two sites, one.localhost and two.localhost; stack_down ends what it started.
# shellcheck shell=bash

DEMO=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../recipes/demo" && pwd)

# Says what is missing, or nothing.
stack_lacks() {
	local tool
	for tool in mariadbd mariadb mariadb-install-db redis-server gunicorn node npm curl; do
		command -v "$tool" >/dev/null || { echo "$tool is not installed"; return; }
	done
	/usr/bin/python3 -c 'import werkzeug, pymysql, redis, rq' 2>&1 | tail -n 1
	stack_node_modules || echo "npm could not install the demo's packages"
}

# Kept between runs: the lock file decides what is in it.
stack_node_modules() {
	local cache=build/demo-node
	if [[ -d $cache/node_modules ]] && cmp -s "$DEMO/package-lock.json" "$cache/package-lock.json"; then return; fi
	rm -rf "$cache" && mkdir -p "$cache" && cp "$DEMO"/package*.json "$cache" &&
		(cd "$cache" && timeout 600 npm ci --omit=dev --ignore-scripts --no-audit --no-fund >npm.log 2>&1) ||
		{ rm -rf "$cache/node_modules"; return 1; }
}

# start NAME COMMAND...: in sites/, as supervisor would; its process id is in $STACK/NAME.pid.
start() {
	local name=$1
	shift
	(
		cd "$STACK/bench/sites" || exit
		PYTHONPATH="$STACK/bench/apps/demo" SITES_PATH="$STACK/bench/sites" PYTHONDONTWRITEBYTECODE=1 \
			setsid "$@" </dev/null >>"$STACK/$name.log" 2>&1 3>&- &
		echo $! >"$STACK/$name.pid"
	)
}

# stop NAME [SIGNAL]: and wait until it is gone.
stop() {
	local pid
	pid=$(<"$STACK/$1.pid")
	kill -"${2:-TERM}" "$pid" 2>/dev/null || return 0
	until_true 300 gone "$pid"
	rm -f "$STACK/$1.pid"
}

# answers NAME COMMAND...: waits until the one that was started does.
answers() { by=$(<"$STACK/$1.pid") until_true 300 "${@:2}"; }

start_mariadb() {
	start mariadb mariadbd --no-defaults --datadir="$STACK/mysql" --socket="$STACK/mysqld.sock" --skip-networking \
		--pid-file="$STACK/mysqld.pid" --innodb-buffer-pool-size=32M ${ROOT_USER:-}
	answers mariadb mariadb --no-defaults -S "$STACK/mysqld.sock" -e 'select 1'
}

start_redis() {
	local name=$1 port=$2
	start "redis-$name" redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$STACK"
	answers "redis-$name" redis-cli -p "$port" ping
}

start_web() {
	start web gunicorn -b "127.0.0.1:$WEB" -w 2 --threads 2 -k gthread demo.wsgi:application
	answers web curl -s -m 30 -o /dev/null "http://127.0.0.1:$WEB/"
}
start_worker() { start worker /usr/bin/python3 -m demo.manage worker --queue short,default,long; }
start_schedule() { start schedule /usr/bin/python3 -m demo.manage schedule --every 1; }
start_socketio() {
	start socketio node "$STACK/bench/apps/demo/socketio.js"
	answers socketio curl -sf -m 30 -o /dev/null "http://127.0.0.1:$SOCKETIO/socket.io/?EIO=4&transport=polling"
}

free_ports() {
	/usr/bin/python3 -c 'import socket,sys
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*[s.getsockname()[1] for s in held])' "$1"
}

stack_up() {
	local bench=$STACK/bench site
	mkdir -p "$bench/apps/demo" "$bench/sites" "$STACK/mysql"
	cp -a "$DEMO/." "$bench/apps/demo"
	cp -a build/demo-node/node_modules "$bench/apps/demo/"
	read -r WEB SOCKETIO CACHE QUEUE LIVE < <(free_ports 5)
	printf '{"redis_cache":"redis://127.0.0.1:%s","redis_queue":"redis://127.0.0.1:%s","redis_socketio":"redis://127.0.0.1:%s",
		"socketio_port":%s,"webserver_port":%s,"db_socket":"%s"}\n' "$CACHE" "$QUEUE" "$LIVE" "$SOCKETIO" "$WEB" "$STACK/mysqld.sock" \
		>"$bench/sites/common_site_config.json"
	ROOT_USER=$([[ $EUID != 0 ]] || echo --user=root)
	mariadb-install-db --no-defaults --datadir="$STACK/mysql" --auth-root-authentication-method=socket --skip-test-db \
		${ROOT_USER:-} >"$STACK/install-db.log" 2>&1
	start_mariadb
	start_redis cache "$CACHE"
	start_redis queue "$QUEUE"
	start_redis socketio "$LIVE"
	for site in one two; do
		new_site "$site"
	done
	start_web
	start_worker
	start_schedule
	start_socketio
}

new_site() {
	mariadb --no-defaults -S "$STACK/mysqld.sock" -e "create database if not exists $1 character set utf8mb4; create or replace user $1@localhost
		identified by 'db-$1'; grant all on $1.* to $1@localhost"
	MKBENCH_DB_PASSWORD=db-$1 MKBENCH_ADMIN_PASSWORD=admin-$1 manage create-site "$1.localhost" --db-name "$1"
}

manage() {
	(cd "$STACK/bench/sites" && PYTHONPATH=../apps/demo PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m demo.manage "$@")
}

stack_down() {
	local name
	for name in schedule worker socketio web redis-socketio redis-queue redis-cache mariadb; do
		[[ ! -e $STACK/$name.pid ]] || stop "$name"
	done
}
